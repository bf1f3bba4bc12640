import { now, SECRET, sign } from '../support/deliveries.ts';
import { assertDocumented, settles } from './expectations.ts';
import type { Subject } from './subject.ts';

/** A factory of the package, and how it is called. */
export interface Factory {
  /** How its errors name it. */
  readonly owner: string;
  /** Options that it takes. */
  readonly valid: Readonly<Record<string, unknown>>;
  /** Names of its other options. */
  readonly names: readonly string[];
  /** Options whose values may show in no error. */
  readonly secret: readonly string[];
  /** Makes one, uses it if that can be done with no network, and closes it. */
  use(options: unknown, settleMs: number): unknown;
}

const receiving = [
  'onMessage',
  'onOptOut',
  'onStatus',
  'onEvent',
  'toleranceSeconds',
  'bodyLimitBytes',
  'handlerTimeoutMs',
  'deliveries',
  'deliveryKey',
  'onOutcome',
  'now',
];
const verifying = { secret: SECRET, now };
const queueing = ['name', 'prefix', 'onError'];
const working = [...queueing, 'concurrency', 'attempts', 'minDelayMs', 'maxDelayMs', 'closeTimeoutMs'];

async function receive(
  receiver: ReturnType<Subject['createWebhookReceiver']>,
  settleMs: number,
): Promise<void> {
  assertDocumented(await settles(receiver.receive(sign()), settleMs, 'receive'));
}

/** The factories that a subject has. Those of queues are given no Redis, so that each must refuse. */
export function factoriesOf(subject: Subject): readonly Factory[] {
  const queue = (owner: string, make: (options: never) => unknown, names: readonly string[]): Factory => ({
    owner,
    valid: { connection: 'redis://:hidden@127.0.0.1:1' },
    names,
    secret: ['connection'],
    use: (options) => {
      make(options as never);
      throw new Error(`${owner} took a text as its connection.`);
    },
  });
  return [
    {
      owner: 'createWebhookReceiver',
      valid: verifying,
      names: receiving,
      secret: ['secret'],
      use: (options, settleMs) => receive(subject.createWebhookReceiver(options as never), settleMs),
    },
    {
      owner: 'whatsappGatewayWebhook',
      valid: verifying,
      names: receiving,
      secret: ['secret'],
      use: (options) => subject.whatsappGatewayWebhook(options as never),
    },
    {
      owner: 'verifyWebhook',
      valid: { ...verifying, ...sign() },
      names: ['toleranceSeconds', 'now', 'rawBody', 'headers'],
      secret: ['secret'],
      use: (options) => subject.verifyWebhook(options as never),
    },
    {
      owner: 'createSender',
      valid: { apiKey: 'wg_live_hidden', instanceId: 'inst-1' },
      names: [
        'baseUrl',
        'timeoutMs',
        'connectTimeoutMs',
        'connections',
        'retry',
        'isSuppressed',
        'normalizePhone',
        'proxy',
        'dispatcher',
        'maxResponseBytes',
      ],
      secret: ['apiKey'],
      use: (options, settleMs) => settles(subject.createSender(options as never).close(), settleMs, 'close'),
    },
    {
      owner: 'memoryDeliveryStore',
      valid: {},
      names: ['maxEntries', 'now'],
      secret: [],
      use: (options) => subject.memoryDeliveryStore(options as never),
    },
    {
      owner: 'redisDeliveryStore',
      valid: { sendCommand: async () => 'claimed' },
      names: ['prefix'],
      secret: [],
      use: (options) => subject.redisDeliveryStore(options as never),
    },
    {
      owner: 'signWebhook',
      valid: { secret: SECRET, body: { event: 'x' } },
      names: ['timestamp', 'event'],
      secret: ['secret'],
      use: (options) => subject.signWebhook(options as never),
    },
    {
      owner: 'startGatewayEmulator',
      valid: { apiKey: 'emu_key_hidden', webhookSecret: 'emu_secret_hidden' },
      names: [
        'instanceId',
        'allowRemote',
        'webhook',
        'bodyStyle',
        'timestampStyle',
        'plan',
        'throttle',
        'retries',
        'seed',
        'historyLimit',
      ],
      secret: ['apiKey', 'webhookSecret'],
      use: async (options, settleMs) => {
        const gateway = await settles(subject.startGatewayEmulator(options as never), settleMs, 'the start');
        await settles(gateway.close(), settleMs, 'close');
      },
    },
    queue('createSendQueue', subject.createSendQueue, [
      ...queueing,
      'keepSentMs',
      'keepFailedMs',
      'normalizePhone',
    ]),
    queue('createSendWorker', subject.createSendWorker, [
      ...working,
      'sender',
      'rateLimit',
      'fairUseResetsAt',
      'onOutcome',
    ]),
    queue('createEventQueue', subject.createEventQueue, [...queueing, 'keepDoneMs', 'keepDeadMs']),
    queue('createEventWorker', subject.createEventWorker, [
      ...working,
      'onMessage',
      'onOptOut',
      'onStatus',
      'onEvent',
      'timeoutMs',
    ]),
  ];
}
