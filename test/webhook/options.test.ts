import { inspect } from 'node:util';
import type { ErrorRequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { memoryDeliveryStore } from '../../src/deliveries/memory.ts';
import { whatsappGatewayWebhook } from '../../src/webhook/middleware.ts';
import { resolveWebhookOptions, type WebhookOptions } from '../../src/webhook/options.ts';
import { createWebhookReceiver } from '../../src/webhook/receiver.ts';
import { now, SECRET, sign } from '../support/deliveries.ts';
import { expressVersions, PATH } from '../support/hosts.ts';
import { send, serve } from '../support/server.ts';

const DAY_MS = 86_400_000;
const COPY = 'Copy it from the dashboard of the gateway.';
const MISSING =
  "secret is missing. Pass the signing secret of the gateway's dashboard; if you pass an environment variable, it is " +
  'not set in this process.';

const factories = [
  {
    name: 'whatsappGatewayWebhook',
    build: (options: unknown) => whatsappGatewayWebhook(options as WebhookOptions),
  },
  {
    name: 'createWebhookReceiver',
    build: (options: unknown) => createWebhookReceiver(options as WebhookOptions),
  },
];

function resolve(options: Partial<WebhookOptions> = {}) {
  return resolveWebhookOptions('factory', { secret: SECRET, ...options });
}

describe.each(factories)('$name', ({ name, build }) => {
  function refusal(options: unknown): TypeError {
    try {
      build(options);
    } catch (error) {
      if (error instanceof TypeError) return error;
      throw error;
    }
    throw new Error('it was not refused');
  }

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['whsec_x', 'a text'],
    [() => undefined, 'a function'],
    [[], 'an array'],
  ])('explains what it takes when given %s', (options, shown) => {
    expect(refusal(options).message).toBe(
      `${name}: the options are ${shown}. Pass an object: ${name}({ secret: … }).`,
    );
  });

  it.each([
    ['secrets', 'secret'],
    ['onMesage', 'onMessage'],
    ['onOptedOut', 'onOptOut'],
    ['onoptout', 'onOptOut'],
    ['tolerance', 'toleranceSeconds'],
    ['timeoutMs', 'handlerTimeoutMs'],
    ['bodyLimit', 'bodyLimitBytes'],
    ['onOutcomes', 'onOutcome'],
  ])('refuses option %s and names %s', (option, nearest) => {
    expect(refusal({ secret: SECRET, [option]: undefined }).message).toBe(
      `${name}: there is no option "${option}". Did you mean ${nearest}?`,
    );
  });

  it.each(['headers', 'method'])('takes an object for no request by its %s alone', (option) => {
    expect(refusal({ secret: SECRET, [option]: 'POST' }).message).toContain(
      `there is no option "${option}".`,
    );
  });

  it.each([
    ['not passed', {}, MISSING],
    ['undefined', { secret: undefined }, MISSING],
    ['an empty list', { secret: [] }, MISSING],
    ['a list of variables that are not set', { secret: [undefined, undefined] }, MISSING],
    ['empty', { secret: '' }, `secret is empty. ${COPY}`],
    ['white space', { secret: ' ' }, 'secret has white space at its start or end. Remove it.'],
    [
      'ended by a line break',
      { secret: `${SECRET}\n` },
      'secret has white space at its start or end. Remove it.',
    ],
    ['begun by a space', { secret: ` ${SECRET}` }, 'secret has white space at its start or end. Remove it.'],
    [
      'begun by a byte order mark',
      { secret: `\ufeff${SECRET}` },
      'secret has white space at its start or end. Remove it.',
    ],
    ['empty beside another', { secret: [SECRET, ''] }, `secret[1] is empty. ${COPY}`],
    [
      'ended by a space beside another',
      { secret: [`${SECRET} `, SECRET] },
      'secret[0] has white space at its start or end. Remove it.',
    ],
    ['null', { secret: null }, `secret is not text. ${COPY}`],
    ['null beside another', { secret: [SECRET, null] }, `secret[1] is not text. ${COPY}`],
    ['a number', { secret: 12345678 }, `secret is not text. ${COPY}`],
    ['bytes', { secret: Buffer.from(SECRET) }, `secret is not text. ${COPY}`],
    ['a list in a list', { secret: [[SECRET]] }, `secret is not text. ${COPY}`],
  ])('refuses a secret that is %s, and does not show it', (_name, options, message) => {
    const error = refusal(options);
    expect(error.message).toBe(`${name}: option ${message}`);
    expect(inspect(error)).not.toContain(SECRET);
    expect(inspect(error)).not.toContain('12345678');
  });

  it.each([
    ['toleranceSeconds', 0, '0', 'above 0, or Infinity'],
    ['toleranceSeconds', -1, '-1', 'above 0, or Infinity'],
    ['toleranceSeconds', -Infinity, '-Infinity', 'above 0, or Infinity'],
    ['toleranceSeconds', Number.NaN, 'NaN', 'above 0, or Infinity'],
    ['toleranceSeconds', '300', '"300"', 'above 0, or Infinity'],
    ['toleranceSeconds', null, 'null', 'above 0, or Infinity'],
    ['toleranceSeconds', false, 'false', 'above 0, or Infinity'],
    ['bodyLimitBytes', 0, '0', 'whole number of bytes from 1'],
    ['bodyLimitBytes', Infinity, 'Infinity', 'whole number of bytes from 1'],
    ['bodyLimitBytes', '1mb', '"1mb"', 'whole number of bytes from 1'],
    ['handlerTimeoutMs', 0, '0', 'whole number of milliseconds from 1 to 2147483647'],
    ['handlerTimeoutMs', 2 ** 31, '2147483648', 'whole number of milliseconds from 1 to 2147483647'],
    ['handlerTimeoutMs', 1.5, '1.5', 'whole number of milliseconds from 1 to 2147483647'],
    ['onMessage', 'handler', '"handler"', 'Give a function'],
    ['onOptOut', null, 'null', 'Give a function'],
    ['onStatus', {}, 'an object', 'Give a function'],
    ['onEvent', false, 'false', 'Give a function'],
    ['deliveryKey', 'id', '"id"', 'Give a function'],
    ['onOutcome', console, 'an object', 'Give a function'],
    ['now', 1_778_234_460_000, '1778234460000', 'Give a function'],
    ['deliveries', true, 'true', 'claim, complete, release, or false'],
    ['deliveries', null, 'null', 'claim, complete, release, or false'],
    ['deliveries', {}, 'an object', 'claim, complete, release, or false'],
    ['deliveries', { claim() {}, complete() {} }, 'an object', 'claim, complete, release, or false'],
    ['deliveries', memoryDeliveryStore, 'a function', 'claim, complete, release, or false'],
  ])('refuses %s %j: names it, shows it, says what to do', (option, value, shown, advice) => {
    const { message } = refusal({ secret: SECRET, [option]: value });
    expect(message).toContain(`${name}: option ${option} is ${shown}. `);
    expect(message).toContain(advice);
  });
});

describe('resolveWebhookOptions', () => {
  it('has the defaults of the design', () => {
    expect(resolve()).toMatchObject({
      toleranceSeconds: 300,
      bodyLimitBytes: 1_048_576,
      handlerTimeoutMs: 10_000,
      memoryMs: DAY_MS,
      now: Date.now,
      deliveryKey: undefined,
      onOutcome: undefined,
      handlers: { onMessage: undefined, onOptOut: undefined, onStatus: undefined, onEvent: undefined },
    });
    expect(resolve().claims).toMatchObject({ size: 0 });
  });

  it('takes undefined for not passed', () => {
    const names = ['toleranceSeconds', 'bodyLimitBytes', 'handlerTimeoutMs', 'now', 'onMessage', 'onOutcome'];
    const { claims, deliveryKey, keys, ...plain } = resolve(
      Object.fromEntries(names.map((name) => [name, undefined])),
    );
    const { claims: _, deliveryKey: __, keys: ___, ...defaults } = resolve();
    expect(plain).toEqual(defaults);
    expect(resolve({ deliveries: undefined }).claims).toMatchObject({ size: 0 });
  });

  it('makes a memory store of its own for each', () => {
    expect(resolve().claims).not.toBe(resolve().claims);
  });

  it('lets the lease outlive the handler', () => {
    for (const handlerTimeoutMs of [1, 10_000, 2 ** 31 - 1]) {
      expect(resolve({ handlerTimeoutMs }).leaseMs).toBeGreaterThan(handlerTimeoutMs);
    }
  });

  it.each([
    [1, DAY_MS],
    [43_200, DAY_MS],
    [86_400, 2 * DAY_MS],
    [Infinity, DAY_MS],
  ])('remembers what is finished twice the tolerance of %d s, and at least a day', (toleranceSeconds, ms) => {
    expect(resolve({ toleranceSeconds }).memoryMs).toBe(ms);
  });

  it.each([86_400.000_1, 1e15, Number.MAX_VALUE])(
    'gives a store whole milliseconds that it can count, for a tolerance of %d s',
    (toleranceSeconds) => {
      expect(resolve({ toleranceSeconds }).memoryMs).toSatisfy(Number.isSafeInteger);
    },
  );

  it('looks at the options once: a later change of the object changes nothing', () => {
    const secret = [SECRET];
    const options: WebhookOptions = { secret };
    const { keys } = resolveWebhookOptions('factory', options);
    secret.push('whsec_pushed');
    options.secret = 'whsec_other';
    expect(keys).toHaveLength(1);
  });

  it('shows no secret when the configuration is printed', () => {
    expect(inspect(resolve(), { showHidden: true, depth: 9 })).not.toContain(SECRET);
  });
});

describe.each(expressVersions)('the factory itself, mounted in $name', ({ express }) => {
  it('is explained', async () => {
    const app = express();
    const seen: unknown[] = [];
    app.post(PATH, whatsappGatewayWebhook as never);
    app.use(((error, _request, response, _next) => {
      seen.push(error);
      response.sendStatus(500);
    }) satisfies ErrorRequestHandler);
    expect((await send(await serve(app), sign())).status).toBe(500);
    expect(seen).toEqual([
      new TypeError(
        'whatsappGatewayWebhook was given a request instead of options: it was mounted itself. Call it first: ' +
          "app.post('/webhooks/whatsapp-gateway', whatsappGatewayWebhook({ secret, onMessage })).",
      ),
    ]);
  });

  it.each([null, 'text', {}])(
    'is not thought of a receiver that gets %j beside the request',
    async (other) => {
      const receive: (request: object, other: unknown) => Promise<object> = createWebhookReceiver({
        secret: SECRET,
        now,
      }).receive as never;
      expect(await receive(sign(), other)).toMatchObject({ status: 200 });
    },
  );

  it('is explained of a receiver, too, which would leave the request without an answer', async () => {
    const app = express();
    const seen: unknown[] = [];
    app.post(PATH, createWebhookReceiver({ secret: SECRET }).receive as never);
    app.use(((error, _request, response, _next) => {
      seen.push(error);
      response.sendStatus(500);
    }) satisfies ErrorRequestHandler);
    expect((await send(await serve(app), sign())).status).toBe(500);
    expect(seen).toMatchObject([
      {
        name: 'TypeError',
        message:
          'receive was given a response: it was mounted itself. Mount whatsappGatewayWebhook(options) instead, or call ' +
          'it: const { status, headers, body } = await receiver.receive({ headers: req.headers, rawBody }).',
      },
    ]);
  });
});
