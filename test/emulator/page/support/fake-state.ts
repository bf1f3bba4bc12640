import type {
  DeliveryJson,
  FaultJson,
  FeedJson,
  RequestJson,
  StateJson,
} from '../../../../src/emulator/control/json-types.ts';

const FEED_MAX = 2_000;
const HISTORY_MAX = 1_000;
const LIMITS = { starter: 100, growth: 500, scale: 1_500, unlimited: null } as const;
const MONTHS = { starter: 2_000, growth: 10_000, scale: 30_000, unlimited: null } as const;

type Told = { readonly id: number; readonly name: keyof FeedJson; readonly data: unknown };

/** What the fake emulator remembers, and who is told of changes. */
export class FakeState {
  readonly deliveries = new Map<string, DeliveryJson>();
  readonly requests = new Map<string, RequestJson>();
  readonly suppressed = new Set<string>();
  readonly listeners = new Set<(told: Told) => void>();
  faults: FaultJson[] = [];
  feed: Told[] = [];
  settings: Pick<StateJson, 'plan' | 'instanceState' | 'keyRevoked'> = {
    plan: 'starter',
    instanceState: 'open',
    keyRevoked: false,
  };
  offsetMs = 0;
  used = 0;
  #ids = 0;

  readonly url: () => string;
  readonly webhookUrl: string;

  constructor(url: () => string, webhookUrl: string) {
    this.url = url;
    this.webhookUrl = webhookUrl;
  }

  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  now(): string {
    return new Date(Date.now() + this.offsetMs).toISOString();
  }

  tell<Name extends keyof FeedJson>(name: Name, data: FeedJson[Name]): void {
    const told = { id: (this.feed.at(-1)?.id ?? 0) + 1, name, data: structuredClone(data) };
    this.feed.push(told);
    if (this.feed.length > FEED_MAX) this.feed.shift();
    for (const listener of this.listeners) listener(told);
  }

  putDelivery(delivery: DeliveryJson): void {
    this.deliveries.set(delivery.id, delivery);
    this.#forget(this.deliveries);
    this.tell('delivery', delivery);
  }

  putRequest(request: RequestJson): void {
    this.requests.set(request.id, request);
    this.#forget(this.requests);
    this.tell('request', request);
  }

  #forget(records: Map<string, unknown>): void {
    for (const key of records.keys()) {
      if (records.size <= HISTORY_MAX) return;
      records.delete(key);
    }
  }

  takeFault(on: 'send' | 'delivery'): FaultJson | undefined {
    const fault = this.faults.find((each) => each.on === on);
    if (fault === undefined) return undefined;
    fault.remaining -= 1;
    if (fault.remaining <= 0) this.faults = this.faults.filter((each) => each !== fault);
    this.tell('faults', this.faults);
    return fault;
  }

  toJson(): StateJson {
    const { plan } = this.settings;
    return {
      url: this.url(),
      version: '0.0.0',
      instanceId: 'emu_instance',
      apiKeyMasked: 'emu_key_…9f2c',
      ...this.settings,
      usage: {
        day: { used: this.used, limit: LIMITS[plan] },
        month: { used: this.used, limit: MONTHS[plan] },
      },
      throttle: null,
      webhook: { url: this.webhookUrl, secretMasked: 'emu_secret_…fake' },
      bodyStyle: 'php',
      timestampStyle: 'iso',
      clock: { now: this.now(), offsetMs: this.offsetMs },
      suppressed: [...this.suppressed],
    };
  }

  tellState(): void {
    this.tell('state', this.toJson());
  }

  reset(): void {
    this.deliveries.clear();
    this.requests.clear();
    this.suppressed.clear();
    this.faults = [];
    this.offsetMs = 0;
    this.used = 0;
    this.tell('reset', {});
    this.tellState();
  }
}
