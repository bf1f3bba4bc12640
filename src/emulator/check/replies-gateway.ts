import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { normalizePhone } from '../../phone.ts';
import { gatewayErrorStatuses, SEND_PATH } from '../../protocol.ts';
import { EMULATOR_BODY_LIMIT_BYTES } from '../limits.ts';
import { CHECK_FAILING_PHONE, CHECK_REPLY_DELAY_MS } from './limits.ts';

/** A gateway that only counts: whatever key and instance the app has, each of its sends is taken. */
export interface RepliesGateway {
  /** The sender's base URL for the app under test. */
  readonly url: string;
  /** How many sends came for a phone: what `countEffects` wants. */
  countEffects(phone: string): number;
  close(): Promise<void>;
}

/** Where {@link startRepliesGateway} listens. */
export interface RepliesGatewayOptions {
  /** The port on 127.0.0.1. @default 0, a free one */
  port?: number;
  /** For whom sends are refused as throttled, so that a handler that needs its reply fails. @default CHECK_FAILING_PHONE */
  failingPhone?: string;
}

const HOST = '127.0.0.1';

async function readPhone(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= EMULATOR_BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
  const phone = typeof body === 'object' && body !== null && 'phone' in body ? body.phone : undefined;
  return typeof phone === 'string' ? normalizePhone(phone) : undefined;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/**
 * Starts a small gateway that counts what the app under test replies, for `countEffects`. It takes a moment for each
 * answer, so that a handler that waits for its reply is still at work when a copy comes.
 *
 * @example
 * const replies = await startRepliesGateway({ port: 4020 });
 * const report = await runCheck({ url, secret, countEffects: replies.countEffects });
 * await replies.close();
 */
export async function startRepliesGateway({
  port = 0,
  failingPhone = CHECK_FAILING_PHONE,
}: Readonly<RepliesGatewayOptions> = {}): Promise<RepliesGateway> {
  const counts = new Map<string, number>();
  const failing = normalizePhone(failingPhone);
  const closed = new AbortController();
  let sends = 0;

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const phone = await readPhone(request);
    if (request.method !== 'POST' || request.url !== SEND_PATH || phone === undefined) {
      answer(response, gatewayErrorStatuses.validation_error, { success: false, error: 'validation_error' });
      return;
    }
    counts.set(phone, (counts.get(phone) ?? 0) + 1);
    sends += 1;
    const log_id = sends;
    await wait(CHECK_REPLY_DELAY_MS, undefined, { signal: closed.signal });
    if (phone === failing) {
      answer(response, gatewayErrorStatuses.sending_throttled, {
        success: false,
        error: 'sending_throttled',
      });
      return;
    }
    answer(response, 200, { success: true, status: 'sent', message_id: `emu_check_${log_id}`, log_id });
  }

  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  server.listen(port, HOST);
  await once(server, 'listening');
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    countEffects: (phone) => counts.get(normalizePhone(phone) ?? phone) ?? 0,
    async close() {
      closed.abort();
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
