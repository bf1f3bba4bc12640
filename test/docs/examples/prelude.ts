/**
 * What an app has beside this package, as far as examples speak of it: its tables, its log, its secret. The types are
 * as strict as an app's own would be.
 */
export const prelude = `
import type makeApp from 'express';
import type { Express, ErrorRequestHandler as ExpressErrorHandler } from 'express';
import type { Redis as IoRedis, Cluster } from 'ioredis';
import type { createClient as createRedisClient, RedisClusterType } from 'redis';
import type * as gateway from 'express-whatsapp-gateway';
import type * as testing from 'express-whatsapp-gateway/testing';
import type * as queues from 'express-whatsapp-gateway/bullmq';

declare global {
  const express: typeof makeApp;
  type ErrorRequestHandler = ExpressErrorHandler;
  const app: Express;
  const appUrl: string;
  const path: string;
  const secret: string;
  const newSecret: string;
  const oldSecret: string;

  const inbox: {
    add(phone: string, text: string): Promise<void>;
    addOnce(deliveryKey: string, phone: string, text: string): Promise<void>;
  };
  const users: {
    optOut(phone: string, at?: Date): Promise<void>;
    hasOptedOut(phone: string): Promise<boolean>;
  };
  const db: { isOptedOut(phone: string): boolean };
  const log: { error(entry: unknown): void; warn(entry: unknown): void };
  const order: { id: number };
  const orderId: number;
  function later(delayMs: number | undefined): Promise<void>;
  function retryLater(id: string | undefined): void;
  function markForReview(id: number, code: string): Promise<void>;

  type Context = Pick<gateway.WebhookContext, 'phone' | 'deliveryKey' | 'timestamp' | 'signal'>;
  const onMessage: (event: gateway.MessageReceivedEvent, context: Context) => Promise<void>;
  const onOptOut: (event: gateway.RecipientOptedOutEvent, context: Context) => Promise<void>;
  const receiver: gateway.WebhookReceiver;
  const sender: gateway.Sender;
  const sent: gateway.SendResult;
  const phone: string;
  const message: string;
  const error: unknown;
  const event: gateway.MessageReceivedEvent;
  const request: Request;
  const queue: { add(message: string, options: { delay: number }): void };

  const redisUrl: string;
  const Redis: typeof IoRedis;
  const createClient: typeof createRedisClient;
  const cluster: RedisClusterType;
  const gateway: testing.GatewayEmulator;
  const sends: queues.SendQueue;
  const events: queues.EventQueue;
  interface Client {
    query(text: string, values: readonly unknown[]): Promise<unknown>;
  }
  const store: gateway.DeliveryStore & {
    inTransaction<Event, Context extends { readonly deliveryKey: string }>(
      handle: (event: Event, context: Context, client: Client) => unknown,
    ): (event: Event, context: Context) => Promise<void>;
  };
  const locks: Client;
  function lockedSender(sender: Pick<gateway.Sender, 'send'>, locks: Client): Pick<gateway.Sender, 'send'>;
  const id: string;
  const connection: { url: string };
}
`;
