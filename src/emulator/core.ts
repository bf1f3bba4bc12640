import { createAccount } from './account.ts';
import { createActivity } from './activity.ts';
import { type DeliverySettings, readChanges } from './changes.ts';
import { createClock } from './clock.ts';
import { createCustomer } from './customer.ts';
import { type DeliverOptions, resolveDeliverOptions } from './deliver-options.ts';
import { createDeliveries } from './deliveries.ts';
import { createFaults } from './faults.ts';
import { createFeed } from './feed.ts';
import type { GatewayEmulator } from './gateway.ts';
import { createHolds } from './holds.ts';
import { EMULATOR_BODY_LIMIT_BYTES } from './limits.ts';
import { createMessageLog } from './message-log.ts';
import type { EmulatorChanges, EmulatorState, WebhookDelivery } from './model.ts';
import { type GatewayEmulatorOptions, resolveOptions } from './options.ts';
import type { Order } from './parcel.ts';
import { createRequestLog } from './request-log.ts';
import { resendOrder } from './resend.ts';
import { refuseMethod, refusePath } from './rules.ts';
import { createSends, isSendPath } from './sends.ts';
import { type ExtraRoutes, startServer } from './server.ts';
import { encodeAnswer } from './spoiled-answer.ts';
import { resolveWebhook } from './webhook-target.ts';

/** Makes what answers under `/__emulator` and to GET, from the gateway that it is to control. */
export type CreateExtraRoutes = (gateway: GatewayEmulator) => ExtraRoutes;

/**
 * Starts a gateway with, where it is given, something that answers at the addresses which the real one does not have.
 *
 * @throws TypeError when an option is unknown or cannot be used; Error `EADDRINUSE` when the port is taken.
 */
export async function startCore(
  options: Readonly<GatewayEmulatorOptions> = {},
  createExtraRoutes?: CreateExtraRoutes,
): Promise<GatewayEmulator> {
  const config = resolveOptions(options);
  const { apiKey, instanceId, allowRemote, bodyStyle, timestampStyle, plan, throttle, historyLimit } = config;
  const feed = createFeed();
  const activity = createActivity();
  const tellState = (): void => feed.emit({ type: 'state' });
  const { clock, schedule } = createClock(config.now, tellState);
  const holds = createHolds(schedule);
  const initial = { instanceState: 'open', keyRevoked: false, plan, throttle } as const;
  const account = createAccount({ apiKey, instanceId }, initial, clock.now);
  const messages = createMessageLog(historyLimit);
  const requests = createRequestLog(historyLimit);
  const faults = createFaults(config.seed, () => feed.emit({ type: 'faults' }));
  const { webhookUrl } = config;
  let secret = config.webhookSecret;
  const settings: DeliverySettings = {
    webhook: webhookUrl === undefined ? undefined : { url: webhookUrl, secret },
    bodyStyle,
    timestampStyle,
  };
  const deliveries = createDeliveries({
    historyLimit,
    clock,
    schedule,
    faults,
    activity,
    feed,
    settings: () => settings,
  });
  let extraRoutes: ExtraRoutes | undefined;
  let closing: Promise<void> | undefined;

  const server = await startServer({
    host: config.host,
    port: config.port,
    bodyLimitBytes: EMULATOR_BODY_LIMIT_BYTES,
    activity,
    answerPost: createSends({ account, faults, messages, requests, holds, feed, now: clock.now }),
    answerOther: (path) => encodeAnswer(isSendPath(path) ? refuseMethod() : refusePath()),
    extraRoutes: () => extraRoutes,
  });

  function requireOpen(): void {
    if (closing !== undefined) throw new Error('The emulator is closed: nothing can be delivered any more.');
    if (settings.webhook !== undefined) return;
    throw new Error(
      'No webhook is set. Start the emulator with webhook: { url, secret }, or call setWebhook.',
    );
  }

  async function begin<Event extends object | string>(order: Order<Event>): Promise<WebhookDelivery<Event>> {
    const { delivery, attempted } = deliveries.begin(order);
    if (order.config.wait) await attempted;
    return delivery;
  }

  async function deliver<Event extends object | string>(
    event: Event,
    deliverOptions: Readonly<DeliverOptions> = {},
    origin: 'api' | 'customer' = 'api',
    first: () => void = () => undefined,
  ): Promise<WebhookDelivery<Event>> {
    const resolved = resolveDeliverOptions(deliverOptions, config.retryDelaysMs);
    requireOpen();
    first();
    return begin({ event, config: resolved, origin });
  }

  function update(changes: Readonly<EmulatorChanges>): void {
    const current = { account: account.settings, delivery: settings, allowRemote, secret };
    const { suppress, unsuppress, ...read } = readChanges(changes, current);
    Object.assign(account.settings, read.account);
    Object.assign(settings, read.delivery);
    secret = settings.webhook?.secret ?? secret;
    for (const phone of suppress) account.suppressed.add(phone);
    for (const phone of unsuppress) account.suppressed.delete(phone);
    tellState();
  }

  async function idle(): Promise<void> {
    for (;;) {
      await activity.idle();
      if (schedule.nextDueBy(clock.now()) === undefined) return;
      await schedule.runDue(clock.now());
    }
  }

  function endAll(reason: string): void {
    deliveries.end(new Error(reason));
    schedule.clear();
    holds.end();
  }

  function close(): Promise<void> {
    if (closing === undefined) {
      closing = server.close();
      endAll('The emulator was closed.');
      messages.close();
    }
    return closing;
  }

  const gateway: GatewayEmulator = {
    url: server.url,
    apiKey,
    instanceId,
    get webhookSecret() {
      return secret;
    },
    get messages() {
      return messages.all();
    },
    get requests() {
      return requests.all();
    },
    get deliveries() {
      return deliveries.all();
    },
    get state(): EmulatorState {
      return {
        ...account.settings,
        usage: account.usage(),
        ...settings,
        suppressed: [...account.suppressed],
        clock: { now: new Date(clock.now()), offsetMs: clock.offsetMs },
      };
    },
    clock,
    faults,
    update,
    setWebhook(value) {
      const webhook = resolveWebhook('setWebhook', value, { allowRemote, secret });
      update({ webhook });
    },
    customer: (phone) =>
      createCustomer(
        {
          instanceId,
          deliver: (event, deliverOptions, first) => deliver(event, deliverOptions, 'customer', first),
          suppress: (e164) => update({ suppress: [e164] }),
        },
        phone,
      ),
    suppress: (phone) => update({ suppress: [phone] }),
    unsuppress: (phone) => update({ unsuppress: [phone] }),
    deliver: (event, deliverOptions) => deliver(event, deliverOptions),
    async resend(deliveryId, resendOptions) {
      const order = resendOrder(deliveries.find(deliveryId), deliveryId, resendOptions, config.retryDelaysMs);
      requireOpen();
      return begin(order);
    },
    waitForMessage: (wanted = {}) => messages.waitFor(wanted, requests.describeRefused),
    idle,
    subscribe: feed.subscribe,
    reset() {
      endAll('The emulator was reset.');
      deliveries.clear();
      messages.clear();
      requests.clear();
      faults.reset();
      account.reset();
      Object.assign(settings, { bodyStyle, timestampStyle });
      void clock.reset();
      feed.emit({ type: 'reset' });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  extraRoutes = createExtraRoutes?.(gateway);
  return gateway;
}
