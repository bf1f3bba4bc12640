import fc from 'fast-check';
import { anyText } from './texts.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const eventNames = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('message.received', 'recipient.opted_out', 'message.status_updated'),
  },
  fc.constantFrom(
    'constructor',
    '__proto__',
    'toString',
    'Message.Received',
    'message.received ',
    '',
    'onMessage',
  ),
  anyText(20),
);
const fieldNames = fc.oneof(
  fc.constantFrom(
    'event',
    'from',
    'message_text',
    'message_type',
    'instance_id',
    'instance_name',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'then',
    'toJSON',
    'exFoo',
  ),
  anyText(12),
);
/** JSON texts of values, some of which no JavaScript value gives. */
const valueTexts = fc.oneof(
  { weight: 3, arbitrary: anyText(30).map((text) => JSON.stringify(text)) },
  { weight: 3, arbitrary: fc.json({ maxDepth: 3 }) },
  fc.constantFrom(
    '1e400',
    '-1e400',
    '9007199254740993',
    '-0',
    '1e-400',
    '0.1e1',
    `1${'0'.repeat(400)}`,
    '"\\ud800"',
    '"\\u0000"',
    '"\\/"',
    'true',
    'null',
    '""',
    '"+966501234567"',
    '{"__proto__":{"event":"x"}}',
    '{"constructor":{"prototype":{}}}',
    'NaN',
    'undefined',
    "'x'",
    '01',
    '+1',
    '[1,]',
    '//',
    '\u2028',
  ),
  fc.integer({ min: 1, max: 1_500 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.integer({ min: 1, max: 500 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
);
const fields = fc
  .tuple(
    fieldNames.map((name) => JSON.stringify(name)),
    valueTexts,
  )
  .map((pair) => pair.join(':'));
/** Objects as text, so that a name may stand there twice and `__proto__` is a field. */
const objectTexts = fc
  .tuple(
    eventNames,
    fc.constantFrom('"966501234567"', '"x"', '7', 'null'),
    fc.array(fields, { maxLength: 5 }),
    fc.boolean(),
  )
  .map(([event, from, others, last]) => {
    const first = [`"event":${JSON.stringify(event)}`, `"from":${from}`, '"message_text":"نعم"'];
    return `{${(last ? [...others, ...first] : [...first, ...others]).join(',')}}`;
  });

type Change = (bytes: Buffer, at: number) => Buffer;

const changes: readonly Change[] = [
  (bytes) => Buffer.concat([BYTE_ORDER_MARK, bytes]),
  (bytes) => Buffer.concat([BYTE_ORDER_MARK, BYTE_ORDER_MARK, bytes]),
  (bytes) => Buffer.concat([bytes, BYTE_ORDER_MARK]),
  (bytes, at) => bytes.subarray(0, at % (bytes.length + 1)),
  (bytes, at) =>
    Buffer.concat([
      bytes.subarray(0, at % (bytes.length + 1)),
      Buffer.of(0x80 | at),
      bytes.subarray(at % (bytes.length + 1)),
    ]),
  (bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le'),
  (bytes) => Buffer.from(bytes.toString('utf8'), 'latin1'),
  (bytes) => Buffer.concat([bytes, Buffer.from('\0')]),
  (bytes) => Buffer.concat([bytes, bytes]),
  (bytes) => Buffer.from(` \t\r\n${bytes.toString('utf8')}\n`),
  (bytes, at) => Buffer.concat([bytes, Buffer.alloc(at, ' ')]),
  // An overlong encoding of a slash, and half a surrogate pair: no UTF-8.
  (bytes) =>
    Buffer.concat([bytes.subarray(0, -1), Buffer.of(0xc0, 0xaf, 0xed, 0xa0, 0x80), bytes.subarray(-1)]),
];

/** Bytes of every kind, some about as long as the limit. */
export function bodies(limitBytes: number): fc.Arbitrary<Buffer> {
  const texts = fc
    .oneof({ weight: 5, arbitrary: objectTexts }, fc.json(), valueTexts)
    .map((text) => Buffer.from(text));
  const changed = fc
    .tuple(texts, fc.constantFrom(...changes), fc.nat(5_000))
    .map(([bytes, change, at]) => change(bytes, at));
  const sized = fc.integer({ min: limitBytes - 2, max: limitBytes + 2 }).map((length) => {
    const text = '{"event":"x"}';
    return Buffer.from(text + ' '.repeat(length - text.length));
  });
  const any = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ weight: 5, arbitrary: texts }, { weight: 4, arbitrary: changed }, any, sized);
}
