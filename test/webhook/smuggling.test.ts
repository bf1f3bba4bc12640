import { describe, expect, it } from 'vitest';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import { messageEvent, now, OTHER_SECRET, SECRET, sign } from '../support/deliveries.ts';
import { hosts, PATH } from '../support/hosts.ts';
import { chunk, connectRaw, LAST_CHUNK } from '../support/raw-socket.ts';
import { errorBody, serve } from '../support/server.ts';
import { recordingStore } from '../support/stores.ts';

const SIGNATURE = 'X-WhatsApp-Gateway-Signature';
const TIMESTAMP = 'X-WhatsApp-Gateway-Timestamp';
const { headers, rawBody } = sign();
const signature = headers['x-whatsapp-gateway-signature'] ?? '';
const timestamp = headers['x-whatsapp-gateway-timestamp'] ?? '';
const forged = `sha256=${'0'.repeat(64)}`;
const body = rawBody.toString('latin1');
const length = `Content-Length: ${rawBody.length}`;
const good = [`${SIGNATURE}: ${signature}`, `${TIMESTAMP}: ${timestamp}`, length];
const chunked = Buffer.concat([chunk(rawBody), Buffer.from(LAST_CHUNK)]).toString('latin1');
const other = sign({ ...messageEvent, from: '+966507654321' }, { secret: OTHER_SECRET });
const STATUS = /HTTP\/1\.1 (\d{3}) /gu;

function request(lines: readonly string[], after = body): string {
  const all = ['Host: localhost', 'Content-Type: application/json', ...lines];
  return `POST ${PATH} HTTP/1.1\r\n${all.map((line) => `${line}\r\n`).join('')}\r\n${after}`;
}

/** What a server that trusts the wrong length would take for a second request. */
const hidden = request(good);

/** Refused by the middleware: its signature does not hold. */
const refused: readonly [name: string, code: string, bytes: string][] = [
  [
    'a forged signature before the good one',
    'invalid_signature',
    request([`${SIGNATURE}: ${forged}`, ...good]),
  ],
  [
    'a forged signature behind the good one',
    'invalid_signature',
    request([...good, `${SIGNATURE}: ${forged}`]),
  ],
  ['the good signature twice', 'invalid_signature', request([...good, `${SIGNATURE}: ${signature}`])],
  [
    'the good signature twice, in other capitals',
    'invalid_signature',
    request([...good, `${SIGNATURE.toUpperCase()}: ${signature}`]),
  ],
  [
    'two signatures in one header',
    'invalid_signature',
    request([`${SIGNATURE}: ${signature}, ${forged}`, ...good.slice(1)]),
  ],
  ['an empty signature before the good one', 'invalid_signature', request([`${SIGNATURE}:`, ...good])],
  [
    'an old timestamp before the good one',
    'invalid_signature',
    request([`${TIMESTAMP}: 2020-01-01T00:00:00Z`, ...good]),
  ],
  [
    'a new timestamp behind the good one',
    'invalid_signature',
    request([...good, `${TIMESTAMP}: ${timestamp}`]),
  ],
  [
    'two timestamps in one header',
    'invalid_signature',
    request([good[0] ?? '', `${TIMESTAMP}: ${timestamp}, ${timestamp}`, length]),
  ],
  [
    'the headers spelt with underscores',
    'missing_header',
    request(good.map((line) => line.replaceAll('-Gateway-', '_Gateway_'))),
  ],
  [
    'the headers in the trailers',
    'missing_header',
    request(
      ['Transfer-Encoding: chunked', `Trailer: ${SIGNATURE}, ${TIMESTAMP}`],
      chunked.replace('0\r\n\r\n', `0\r\n${good[0]}\r\n${good[1]}\r\n\r\n`),
    ),
  ],
  [
    'an encoding beside it',
    'unsupported_content_encoding',
    request([...good, 'Content-Encoding: identity', 'Content-Encoding: gzip']),
  ],
  [
    'another method in a header, for what it is worth',
    'invalid_signature',
    request([`${SIGNATURE}: ${forged}`, ...good.slice(1), 'X-HTTP-Method-Override: GET']),
  ],
];

/** Refused by Node's parser before any app sees it. */
const malformed: readonly [name: string, bytes: string][] = [
  ['both Content-Length and Transfer-Encoding', request([...good, 'Transfer-Encoding: chunked'], chunked)],
  [
    'Transfer-Encoding before Content-Length',
    request(['Transfer-Encoding: chunked', ...good], `0\r\n\r\n${hidden}`),
  ],
  ['two lengths', request([...good, `Content-Length: ${rawBody.length - 1}`])],
  ['two equal lengths in one header', request([...good.slice(0, 2), `${length}, ${rawBody.length}`])],
  ['a length with a sign', request([...good.slice(0, 2), `Content-Length: +${rawBody.length}`])],
  [
    'a length in hexadecimal',
    request([...good.slice(0, 2), `Content-Length: 0x${rawBody.length.toString(16)}`]),
  ],
  ['a space before the colon', request([...good.slice(0, 2), `Content-Length : ${rawBody.length}`])],
  [
    'an encoding that is not the last',
    request([...good.slice(0, 2), 'Transfer-Encoding: chunked, identity'], chunked),
  ],
  ['an encoding in disguise', request([...good.slice(0, 2), 'Transfer-Encoding: xchunked'], chunked)],
  ['a signature folded onto the next line', request([`${SIGNATURE}:\r\n ${signature}`, ...good.slice(1)])],
  [
    'a length folded onto the next line',
    request([...good.slice(0, 2), `Content-Length:\r\n ${rawBody.length}`]),
  ],
  ['a header with no colon', request([...good, 'X-Broken'])],
  ['a null byte in the signature', request([`${SIGNATURE}: ${signature}\0`, ...good.slice(1)])],
  ['a bare line feed in a header', request([`X-A: b\nX-C: d\r`, ...good])],
  ['no Host', `POST ${PATH} HTTP/1.1\r\n${good.join('\r\n')}\r\n\r\n${body}`],
  [
    'a chunk longer than it says',
    request(
      [...good.slice(0, 2), 'Transfer-Encoding: chunked'],
      `${(rawBody.length - 1).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ),
  ],
  [
    'a chunk size that overflows',
    request(
      [...good.slice(0, 2), 'Transfer-Encoding: chunked'],
      `10000000000000000${rawBody.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ),
  ],
  [
    'a chunk size with a sign',
    request(
      [...good.slice(0, 2), 'Transfer-Encoding: chunked'],
      `+${rawBody.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ),
  ],
];

describe.each(hosts)('in $name', ({ mount }) => {
  async function attack(bytes: string) {
    const deliveries = recordingStore();
    const handled: unknown[] = [];
    const webhook = whatsappGatewayWebhook({
      secret: SECRET,
      now,
      deliveries,
      onEvent: ({ from }) => {
        handled.push(from);
      },
    });
    const client = await connectRaw(await serve(mount(webhook)));
    client.socket.write(Buffer.from(bytes, 'latin1'));
    client.socket.end();
    await client.closed;
    const statuses = [...client.received().matchAll(STATUS)].map(([, status]) => Number(status));
    return { deliveries, handled, statuses, text: client.received() };
  }

  it.each(refused)('%s: %s, and nothing is claimed', async (_name, code, bytes) => {
    const { deliveries, handled, text } = await attack(bytes);
    expect(text).toContain(errorBody(code));
    expect(deliveries.steps).toEqual([]);
    expect(handled).toEqual([]);
  });

  it.each(malformed)('%s: no HTTP, and nothing is claimed', async (_name, bytes) => {
    const { deliveries, handled, statuses } = await attack(bytes);
    expect(statuses).toEqual([400]);
    expect(deliveries.steps).toEqual([]);
    expect(handled).toEqual([]);
  });

  it('a delivery hidden in the body of a forged one is body, and not handled', async () => {
    const outer = request(
      [`${SIGNATURE}: ${forged}`, `${TIMESTAMP}: ${timestamp}`, `Content-Length: ${hidden.length}`],
      hidden,
    );
    const { deliveries, handled, statuses } = await attack(outer);
    expect(statuses).toEqual([401]);
    expect(deliveries.steps).toEqual([]);
    expect(handled).toEqual([]);
  });

  it('a good signature lets nothing in that comes behind it on the connection', async () => {
    const second = request(
      [
        `${SIGNATURE}: ${other.headers['x-whatsapp-gateway-signature']}`,
        `${TIMESTAMP}: ${timestamp}`,
        `Content-Length: ${other.rawBody.length}`,
      ],
      other.rawBody.toString('latin1'),
    );
    const { handled, statuses } = await attack(hidden + second);
    expect(statuses).toEqual([200, 401]);
    expect(handled).toEqual([messageEvent.from]);
  });

  it('the good delivery that all of these are made of is handled', async () => {
    const { deliveries, handled, statuses } = await attack(request(good));
    expect(statuses).toEqual([200]);
    expect(deliveries.steps).toEqual(['claim', 'complete']);
    expect(handled).toEqual([messageEvent.from]);
  });
});
