import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { isWebhookError } from '../../../src/index.ts';
import { type Campaign, checking } from '../campaign.ts';
import { assertNothingPolluted } from '../expectations.ts';
import { type Factory, factoriesOf } from '../factories.ts';
import { anyText } from '../texts.ts';

const HIDDEN = 'hidden';

/** Thrown by functions that are passed: the caller's own fault, which may come back as it is. */
class CallersError extends Error {
  override readonly name = 'CallersError';
}

const functions: readonly unknown[] = [
  () => undefined,
  () => 'x',
  () => Number.NaN,
  async () => 'claimed',
  () => {
    throw new CallersError();
  },
];
const plain = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    0,
    -0,
    -1,
    1,
    1.5,
    7,
    300,
    2 ** 31,
    2 ** 53,
    Infinity,
    -Infinity,
    Number.NaN,
    '',
    ' ',
    '7',
    'x',
    10n,
    Symbol('s'),
    [],
    [undefined],
    {},
    Object.create(null),
    new Date(0),
    /x/u,
    new Map(),
    Buffer.from('x'),
    new URL('https://example.com'),
  ),
  fc.constantFrom(...functions),
  fc.double(),
  anyText(90),
  fc.anything({ maxDepth: 2, withNullPrototype: true, withBigInt: true }),
);
const shaped = fc.oneof(
  fc.constantFrom<unknown>(
    { claim: () => undefined, complete: () => undefined, release: () => undefined },
    {
      claim: async () => 'claimed',
      complete: () => Promise.reject(new CallersError()),
      release: async () => undefined,
    },
    { claim: 7, complete: 7, release: 7 },
    { unsent: 10n },
    { unsent: 1, minDelayMs: 9, maxDelayMs: 3 },
    { maxDelayMs: 7n },
    { maxDelayMs: Symbol('s') },
    { unsnet: 1 },
    { dispatch: () => true },
    { dispatch: 7 },
    { limit: 1, perSeconds: 1 },
    { limit: 1n, perSeconds: 1 },
    { url: 'http://10.0.0.1' },
    { url: 'http://127.0.0.1:1/x', secret: 'emu_secret_hidden' },
    { max: 1, perMs: 7n },
    { apiKey: 'wg_live_hidden\n' },
  ),
);
/** Addresses that hold a secret, or go where none may. */
const addresses = fc.constantFrom(
  'https://user:hidden@example.com',
  'user:hidden@example.com',
  'http://user:hidden@',
  'https://example.com/?key=hidden',
  'https://example.com/#hidden',
  'http://10.1.2.3',
  'ftp://user:hidden@example.com',
  'http://u:hidden%@example.com',
  'javascript:alert(1)',
);
/** Secrets with something wrong about them, or nothing. */
const secrets = fc.constantFrom<unknown>(
  ' hidden',
  'hidden\n',
  'hidden hidden',
  'hiddenسر',
  '',
  'hidden',
  ['hidden', ''],
  ['hidden', 7],
  ['hidden\t'],
  [['hidden']],
  [undefined, 'hidden'],
  { secret: 'hidden' },
  Object.assign(() => 'hidden', { hidden: true }),
  Buffer.from('hidden'),
  new Map([['hidden', 'hidden']]),
  7,
  null,
  Symbol('s'),
);
const misspelt = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'secrets',
    'onmessage',
    'tolerance',
    'apikey',
    '',
    'x'.repeat(300),
    'a\nb',
  ),
  anyText(30),
);

interface Change {
  readonly name: string;
  readonly value: unknown;
}

function changesOf({ owner, valid, names, secret }: Factory): fc.Arbitrary<readonly Change[]> {
  const open = [...names, ...Object.keys(valid)].filter((name) => !secret.includes(name));
  const change = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ name: fc.constantFrom(...open, 'now'), value: fc.oneof(plain, shaped) }),
    },
    ...(secret.length > 0
      ? [{ weight: 2, arbitrary: fc.record({ name: fc.constantFrom(...secret), value: secrets }) }]
      : []),
    ...(owner === 'createSender'
      ? [fc.record({ name: fc.constantFrom('baseUrl', 'proxy'), value: addresses })]
      : []),
    fc.record({ name: misspelt, value: fc.constantFrom<unknown>(HIDDEN, 7) }),
  );
  return fc.array(change, { maxLength: 3 });
}

function withChanges(factory: Factory, changes: readonly Change[]): unknown {
  const options = { ...factory.valid };
  for (const { name, value } of changes) {
    if (factory.owner.startsWith('create') && name === 'connection' && typeof value === 'object') continue;
    Object.defineProperty(options, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return options;
}

function assertRefusal(error: unknown, { owner }: Factory): void {
  if (error instanceof CallersError) return;
  if (owner === 'verifyWebhook' && isWebhookError(error)) return;
  assert.ok(error instanceof TypeError, `it threw ${inspect(error)}`);
  assert.ok(
    error.message.startsWith(owner) || error.message.includes('createSender'),
    `it does not say who: ${error.message}`,
  );
  assert.ok(!inspect(error, { depth: 9 }).includes(HIDDEN), `it shows a secret: ${error.message}`);
  assert.ok(error.message.length < 1_000, 'it is too long to read');
}

/** Every factory with options that are wrong: made, or refused by a TypeError that names it and shows no secret. */
export const options: Campaign = {
  name: 'options',
  shortRuns: 400,
  batchRuns: 500,
  async start({ subject, settleMs }) {
    const factories = factoriesOf(subject);
    const cases = fc.oneof(
      ...factories.map((factory) =>
        fc
          .oneof(
            { weight: 9, arbitrary: changesOf(factory).map((changes) => withChanges(factory, changes)) },
            plain,
          )
          .map((given) => ({ owner: factory.owner, given })),
      ),
    );
    const property = fc.asyncProperty(cases, async ({ owner, given }) => {
      const factory = factories.find((each) => each.owner === owner);
      assert.ok(factory !== undefined);
      try {
        await factory.use(given, settleMs);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        assertRefusal(error, factory);
      }
      assertNothingPolluted();
    });
    return { check: checking(property) };
  },
};
