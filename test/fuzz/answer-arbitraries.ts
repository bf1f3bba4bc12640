import fc from 'fast-check';
import { gatewayErrorStatuses } from '../../src/protocol.ts';
import { anyText } from './texts.ts';
import type { Rhythm } from './wire.ts';

/** What the gateway does when it has read the request. */
export interface Answer {
  readonly bytes: Buffer;
  /** The value that its body holds, where it is JSON in a whole answer. */
  readonly json: unknown;
  /** Whether it is HTTP with a right length and a final status: then what it means is beyond doubt. */
  readonly isWhole: boolean;
  /** Whether nothing is known of what the bytes say. */
  readonly isRaw: boolean;
  readonly rhythm: Rhythm;
  /** What it does after its bytes. `refuses` never reads at all. */
  readonly ending: 'stays' | 'ends' | 'resets' | 'refuses';
}

/** What must show in no error; answers echo it. */
export interface Echoed {
  readonly key: string;
  readonly phone: string;
  readonly text: string;
}

const rhythm: fc.Arbitrary<Rhythm> = fc.record({
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
  pauses: fc.constant([0]),
});
const codes = fc.oneof(
  fc.constantFrom(
    ...Object.keys(gatewayErrorStatuses),
    'brand_new',
    'two words',
    '',
    '__proto__',
    'constructor',
  ),
  fc.string({ maxLength: 120 }),
);

function bodies({ key, phone, text }: Echoed): fc.Arbitrary<unknown> {
  const words = fc.oneof(
    fc.constantFrom(
      `key ${key}`,
      `to ${phone}`,
      `no: ${text}!`,
      phone.slice(1),
      `\u001b[31m${text}\n2026 INFO ok`,
      'x'.repeat(1_500),
    ),
    anyText(40),
  );
  const anything = fc.oneof(words, fc.jsonValue({ maxDepth: 1 }));
  const details = fc.oneof(
    fc.record(
      { action: anything, risk_score: anything, limit: anything, used: anything, other: anything },
      { requiredKeys: [] },
    ),
    anything,
  );
  const success = fc.oneof(
    { weight: 3, arbitrary: fc.boolean() },
    fc.constantFrom('true', 'false', 1, 0, null),
  );
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ success, error: codes, message: words, details }, { requiredKeys: [] }),
    },
    fc.record(
      { success, status: anything, message_id: anything, log_id: anything },
      { requiredKeys: ['success'] },
    ),
    anything,
  );
}

const statuses = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(200, 201, 301, 307, 400, 401, 403, 404, 408, 413, 422, 429, 500, 502, 503),
  },
  fc.integer({ min: 200, max: 599 }),
);
const noBodyStatuses: readonly number[] = [204, 205, 304];
const extraHeaders = fc.subarray([
  'retry-after: 7',
  'retry-after: Wed, 21 Oct 2026 07:28:00 GMT',
  'retry-after: -1',
  'location: http://127.0.0.1:1/steal',
  'content-encoding: gzip',
  'set-cookie: a=b',
  'x-long: '.padEnd(900, 'y'),
  'content-type: text/html',
  'connection: close',
]);

function head(status: number, lines: readonly string[]): string {
  return `HTTP/1.1 ${status} Whatever\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
}

function wholeAnswer(
  status: number,
  lines: readonly string[],
  value: unknown,
): { bytes: Buffer; json: unknown } {
  const body = Buffer.from(JSON.stringify(value));
  const bytes = Buffer.concat([
    Buffer.from(head(status, [...lines, `content-length: ${body.length}`]), 'latin1'),
    body,
  ]);
  return { bytes, json: JSON.parse(body.toString('utf8')) };
}

/** Answers: whole ones, spoiled ones, and bytes. */
export function answers(echoed: Echoed): fc.Arbitrary<Answer> {
  const ends = fc.constantFrom<Answer['ending']>('ends', 'resets');
  const whole = fc
    .tuple(statuses, extraHeaders, bodies(echoed), rhythm)
    .map(([status, lines, value, pace]): Answer => {
      const made = wholeAnswer(status, lines, value);
      const isWhole = !noBodyStatuses.includes(status);
      return { ...made, isWhole, isRaw: !isWhole, rhythm: pace, ending: 'stays' };
    });
  const spoiled = fc
    .tuple(
      whole,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(4),
      fc.uint8Array({ maxLength: 20 }),
      ends,
    )
    .map(([answer, place, way, bytes, ending]): Answer => {
      const at = Math.floor(place * answer.bytes.length);
      const [before, after] = [answer.bytes.subarray(0, at), answer.bytes.subarray(at)];
      const changed = [
        before,
        Buffer.concat([before, bytes, after]),
        Buffer.concat([Buffer.from('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n'), answer.bytes]),
        Buffer.concat([answer.bytes, answer.bytes]),
        Buffer.from(
          answer.bytes.toString('latin1').replace('content-length', 'transfer-encoding: chunked\r\nx-was'),
          'latin1',
        ),
      ][way];
      return { ...answer, bytes: changed ?? before, isWhole: false, isRaw: true, ending };
    });
  const raw = fc
    .tuple(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(
          'HTTP/1.1 200',
          'HTTP/1.1 101 Switch\r\n\r\n',
          'HTTP/9.9 200 OK\r\n\r\n',
          'SSH-2.0-x\r\n',
          head(200, []),
        ),
      ),
      rhythm,
      ends,
    )
    .map(([bytes, pace, ending]): Answer => {
      return {
        bytes: Buffer.from(bytes),
        json: undefined,
        isWhole: false,
        isRaw: true,
        rhythm: pace,
        ending,
      };
    });
  const silent = fc.constantFrom<Answer['ending']>('stays', 'refuses').map((ending): Answer => {
    return {
      bytes: Buffer.alloc(0),
      json: undefined,
      isWhole: false,
      isRaw: false,
      rhythm: { cuts: [], pauses: [0] },
      ending,
    };
  });
  return fc.oneof(
    { weight: 30, arbitrary: whole },
    { weight: 20, arbitrary: spoiled },
    { weight: 10, arbitrary: raw },
    silent,
  );
}
