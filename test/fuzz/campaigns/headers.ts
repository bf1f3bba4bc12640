import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { WebhookHeaders } from '../../../src/index.ts';
import { now, SECRET, sign } from '../../support/deliveries.ts';
import { type Campaign, checking } from '../campaign.ts';
import { countingStore } from '../deliveries.ts';
import { assertDocumented, assertNothingPolluted, assertWebhookError, settles } from '../expectations.ts';
import { anyText } from '../texts.ts';

const SIGNATURE = 'x-whatsapp-gateway-signature';
const TIMESTAMP = 'x-whatsapp-gateway-timestamp';
const good = sign();
const goodSignature = good.headers[SIGNATURE] ?? '';
const goodTimestamp = good.headers[TIMESTAMP] ?? '';
const EXPECTED: readonly string[] = [
  'invalid_signature',
  'missing_header',
  'invalid_timestamp',
  'timestamp_out_of_range',
];

type Value = string | number | null | undefined | readonly string[];
type Entry = readonly [name: string, value: Value];

const cased = (name: string) =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) => [...name].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join(''));
const hostileNames = fc.constantFrom(
  '__proto__',
  'constructor',
  'get',
  'toString',
  'hasOwnProperty',
  'length',
  '',
  `${SIGNATURE} `,
  `${SIGNATURE}:`,
  SIGNATURE.replaceAll('-', '_'),
  `x-forwarded-${SIGNATURE}`,
  'x-whatsapp-gateway-event',
  'content-length',
);
const names = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(SIGNATURE, TIMESTAMP).chain(cased) },
  { weight: 2, arbitrary: fc.constantFrom('content-type', 'content-encoding').chain(cased) },
  hostileNames,
  fc.string({ maxLength: 30 }),
);
const texts = fc.oneof(
  fc.constantFrom(
    goodSignature,
    goodTimestamp,
    `${goodSignature}, ${goodSignature}`,
    goodSignature.toUpperCase(),
    `${goodSignature} `,
    ` ${goodTimestamp}`,
    '',
    'application/json',
    'gzip',
    'identity',
    '1778234460',
  ),
  anyText(80),
);
const values: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: texts },
  fc.array(texts, { maxLength: 3 }),
  fc.constantFrom(undefined, null, 7),
);
const hostile: fc.Arbitrary<Entry> = fc.tuple(names, values);
const genuine: fc.Arbitrary<Entry[]> = fc
  .tuple(cased(SIGNATURE), cased(TIMESTAMP))
  .map(([signature, timestamp]) => [
    [signature, goodSignature],
    [timestamp, goodTimestamp],
  ]);
const entries: fc.Arbitrary<Entry[]> = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: genuine }, fc.constant<Entry[]>([])),
    fc.array(hostile, { maxLength: 4 }),
  )
  .map(([first, others]) => [...first, ...others]);

/** Own properties, `__proto__` too, as a hostile serverless adapter may pass them. */
function asObject(list: readonly Entry[], prototype: object | null): Record<string, Value> {
  const object = Object.create(prototype) as Record<string, Value>;
  for (const [name, value] of list) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

function asFetch(list: readonly Entry[]): Headers {
  const headers = new Headers();
  for (const [name, value] of list) {
    for (const text of [value].flat()) {
      try {
        headers.append(name, String(text));
      } catch {
        // No name or value that HTTP could carry.
      }
    }
  }
  return headers;
}

/** Every value that the header came with, in our own reading. */
function valuesOf(headers: Record<string, Value> | Headers, wanted: string): readonly unknown[] {
  if (headers instanceof Headers) return headers.has(wanted) ? [headers.get(wanted)] : [];
  return Object.keys(headers)
    .filter((name) => name.toLowerCase() === wanted)
    .flatMap((name) => headers[name])
    .filter((value) => value !== undefined);
}

function isGenuine(headers: Record<string, Value> | Headers): boolean {
  const [signatures, timestamps] = [valuesOf(headers, SIGNATURE), valuesOf(headers, TIMESTAMP)];
  return (
    signatures.length === 1 &&
    signatures[0] === goodSignature &&
    timestamps.length === 1 &&
    timestamps[0] === goodTimestamp
  );
}

/** Any headers round a good body: only the two good ones, each once, in any capitals, may get in. */
export const headers: Campaign = {
  name: 'headers',
  shortRuns: 400,
  batchRuns: 500,
  async start({ subject, settleMs }) {
    const store = countingStore();
    const receiver = subject.createWebhookReceiver({
      secret: SECRET,
      now,
      deliveries: store,
      onEvent: () => undefined,
    });
    const shapes = fc.constantFrom<'object' | 'bare' | 'fetch'>('object', 'bare', 'fetch');

    const property = fc.asyncProperty(entries, shapes, async (list, shape) => {
      const made =
        shape === 'fetch' ? asFetch(list) : asObject(list, shape === 'object' ? Object.prototype : null);
      const given = made as WebhookHeaders;
      // An object with a function called get would count as Fetch headers; there is none among these.
      const expected = isGenuine(made);
      let accepted = true;
      try {
        subject.verifyWebhook({ rawBody: good.rawBody, headers: given, secret: SECRET, now });
      } catch (error) {
        assertWebhookError(error);
        assert.ok(EXPECTED.includes(error.code), `the headers were refused as ${error.code}`);
        accepted = false;
      }
      assert.equal(accepted, expected);

      const before = store.claims;
      const answer = await settles(
        receiver.receive({ headers: given, rawBody: good.rawBody }),
        settleMs,
        'receive',
      );
      assertDocumented(answer);
      assert.equal(store.claims - before, answer.status === 200 ? 1 : 0);
      if (answer.status === 200) assert.ok(expected);
      else assert.ok(!expected || answer.status === 415, `good headers were answered ${answer.status}`);
      assertNothingPolluted();
    });
    return { check: checking(property) };
  },
};
