import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** One send as it came. */
export interface Post {
  readonly phone: string;
  readonly message: string;
  readonly instanceId: string;
}

/** What is answered: a status with a body and headers, or whatever the test does with the response itself. */
export type Answering = (post: Post, response: ServerResponse, count: number) => void | Promise<void>;

/** A gateway that counts what it is asked to send. */
export interface CountingGateway {
  readonly url: string;
  /** Every POST that was read to its end. */
  readonly posts: readonly Post[];
  /** How many POSTs there were for each text. */
  countsByText(): Map<string, number>;
  /** Settles when there were so many POSTs. */
  untilPosts(count: number): Promise<void>;
}

export function reply(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export const answerSent: Answering = (_post, response, count) =>
  reply(response, 200, { success: true, status: 'sent', message_id: `msg-${count}`, log_id: count });

export function answerRefused(status: number, error: string, more: object = {}, headers = {}): Answering {
  return (_post, response) =>
    reply(response, status, { success: false, error, message: 'No.', ...more }, headers);
}

/** Listens on loopback until the test ends. */
export async function startCountingGateway(answering: Answering = answerSent): Promise<CountingGateway> {
  const posts: Post[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const { phone, message, instance_id: instanceId } = JSON.parse(text);
    const post = { phone, message, instanceId };
    posts.push(post);
    for (const wake of waiting) wake();
    await answering(post, response, posts.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    countsByText: () => {
      const counts = new Map<string, number>();
      for (const { message } of posts) counts.set(message, (counts.get(message) ?? 0) + 1);
      return counts;
    },
    untilPosts: (count) =>
      new Promise((resolve) => {
        const wake = () => {
          if (posts.length < count) return;
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
        wake();
      }),
  };
}
