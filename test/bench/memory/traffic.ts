import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { messageBody, signedHeaders } from '../support/delivery.ts';

const BODY_BYTES = 300;
const OVER_THE_LIMIT_BYTES = 1_100_000;
const agent = new Agent({ keepAlive: true, maxSockets: 50 });

interface Sent {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

function post(port: number, { headers, body }: Sent): Promise<void> {
  return new Promise((resolve) => {
    const outgoing = request({ port, host: '127.0.0.1', method: 'POST', agent, headers }, (response) => {
      response.resume().on('close', resolve);
    });
    // The server may close under a body that is too large.
    outgoing.on('error', () => resolve()).end(body);
  });
}

/** Sends half of a body and goes away. */
function abandon(port: number, { headers, body }: Sent): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n${lines.join('')}\r\n`);
    socket.write(body.subarray(0, body.length / 2), () => socket.destroy());
    socket.on('error', () => undefined).on('close', () => resolve());
  });
}

function signed(timestamp: string, body: Buffer): Sent {
  return { headers: signedHeaders(body, timestamp), body };
}

function failing(): Buffer {
  const event: object = JSON.parse(messageBody(BODY_BYTES).toString('utf8'));
  return Buffer.from(JSON.stringify({ ...event, message_text: 'fail' }));
}

let last: Sent | undefined;

/** One request of what a receiver meets in an hour: of a hundred, so many of each kind. */
export function sendOne(port: number, timestamp: string): Promise<void> {
  const body = messageBody(BODY_BYTES);
  const kind = Math.random() * 100;
  if (kind < 8 && last !== undefined) return post(port, last);
  if (kind < 12) return post(port, { ...signed(timestamp, body), body: messageBody(BODY_BYTES) });
  if (kind < 15) return post(port, signed(timestamp, failing()));
  if (kind < 17) return post(port, signed(timestamp, Buffer.from('{"event":')));
  if (kind < 19) return abandon(port, signed(timestamp, body));
  if (kind < 19.2) return post(port, signed(timestamp, Buffer.alloc(OVER_THE_LIMIT_BYTES, 'x')));
  last = signed(timestamp, body);
  return post(port, last);
}

/** Lets the connections go. */
export function endTraffic(): void {
  agent.destroy();
}
