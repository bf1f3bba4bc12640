import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Express } from 'express';

/** An event as a receiver with no types of its own sees it. */
export interface Event {
  event: string;
  from?: string;
}

/** What a receiver is built with: the secret, and the work that it does for an event. */
export interface ReceiverOptions {
  secret: string;
  handle(event: Event): Promise<void>;
}

export type BuildReceiver = (options: ReceiverOptions) => Express;

const TOLERANCE_MS = 300_000;

export function headersOf(request: IncomingMessage): { timestamp: string; signature: string } {
  const { 'x-whatsapp-gateway-timestamp': timestamp = '', 'x-whatsapp-gateway-signature': signature = '' } =
    request.headers;
  return { timestamp: String(timestamp), signature: String(signature) };
}

export function sign(secret: string, timestamp: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
}

export function isFresh(timestamp: string): boolean {
  const digits = Number(timestamp);
  const time = Number.isNaN(digits) ? Date.parse(timestamp) : timestamp.length > 10 ? digits : digits * 1_000;
  return Math.abs(Date.now() - time) <= TOLERANCE_MS;
}

/** Runs the work once for each key, and again only where it failed. */
export function createOnce(): (key: string, work: () => Promise<void>) => Promise<200 | 503> {
  const states = new Map<string, 'busy' | 'done'>();
  return async (key, work) => {
    const state = states.get(key);
    if (state !== undefined) return state === 'done' ? 200 : 503;
    states.set(key, 'busy');
    try {
      await work();
    } catch (error) {
      states.delete(key);
      throw error;
    }
    states.set(key, 'done');
    return 200;
  };
}
