import { SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../protocol.ts';
import type { Activity } from './activity.ts';
import { isTaken, startAttempt } from './attempt.ts';
import type { EmulatorClock } from './clock.ts';
import type { BodyStyle } from './encode-body.ts';
import type { Fault } from './fault.ts';
import type { ManagedFaults } from './faults.ts';
import type { Feed } from './feed.ts';
import { hintAt } from './hint.ts';
import { createHistory } from './history.ts';
import { createKnocker } from './knocker.ts';
import { EMULATOR_CONCURRENT_DELIVERIES, EMULATOR_HISTORY_BYTES } from './limits.ts';
import { createMeeting } from './meeting.ts';
import type { DeliveryAttempt, WebhookDelivery } from './model.ts';
import type { TimestampStyle } from './options.ts';
import { createParcel, type Order, type Parcel } from './parcel.ts';
import { createPoster, type PostOutcome } from './post.ts';
import type { Schedule } from './schedule.ts';
import { createTurns } from './turns.ts';
import type { ResolvedWebhook } from './webhook-target.ts';
import { makeWire, type Wire } from './wire.ts';

/** What the deliveries of one emulator need. */
export interface DeliveriesOptions {
  readonly historyLimit: number;
  readonly clock: EmulatorClock;
  readonly schedule: Schedule;
  readonly faults: ManagedFaults;
  readonly activity: Activity;
  readonly feed: Feed;
  /** What counts at the moment of an attempt. */
  readonly settings: () => {
    readonly webhook: ResolvedWebhook | undefined;
    readonly bodyStyle: BodyStyle;
    readonly timestampStyle: TimestampStyle;
  };
}

/** The deliveries of one emulator. */
export interface Deliveries {
  /** Those that are kept, oldest first, as of now. */
  all(): readonly WebhookDelivery[];
  /** One that is kept. */
  find(id: string): WebhookDelivery | undefined;
  /** Begins one. `attempted` resolves once its first attempt has ended, or a fault holds or drops it. */
  begin<Event extends object | string>(
    order: Order<Event>,
  ): { readonly delivery: WebhookDelivery<Event>; readonly attempted: Promise<void> };
  /** Ends what is under way or waits, as failed. */
  end(reason: Error): void;
  /** Forgets all of them, but not the number that comes next. */
  clear(): void;
}

/** An attempt that a fault holds until another one was made. */
interface Held {
  readonly parcel: Parcel;
  readonly go: () => void;
}

function exactWire({ requestHeaders, rawBody, signature }: DeliveryAttempt): Wire {
  const { host: _, ...headers } = requestHeaders;
  return {
    headers,
    pieces: [rawBody],
    signedBody: signature.signedBody,
    timestamp: headers[TIMESTAMP_HEADER],
    expected: signature.expected,
    sent: headers[SIGNATURE_HEADER],
  };
}

function sizeOf(delivery: WebhookDelivery): number {
  const { attempts } = delivery;
  const bodies = new Set(attempts.map(({ rawBody }) => rawBody));
  const sent = [...bodies].reduce((sum, { length }) => sum + length, 0);
  return attempts.reduce((sum, { body = '' }) => sum + body.length, sent);
}

/** Makes what delivers events to the app: signs, posts, tries again, and does to attempts what faults say. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { clock, schedule, faults, activity, feed, settings } = options;
  const history = createHistory<WebhookDelivery>({
    limit: options.historyLimit,
    maxBytes: EMULATOR_HISTORY_BYTES,
    sizeOf,
  });
  const pending = new Set<Parcel>();
  const poster = createPoster();
  const knocker = createKnocker();
  const turns = createTurns(EMULATOR_CONCURRENT_DELIVERIES);
  let count = 0;
  let held: Held | undefined;

  function changed({ delivery }: Parcel): void {
    // One that is forgotten, as after a reset, is no longer told of.
    if (history.find(delivery.id) === undefined) return;
    history.put(delivery.id, delivery);
    feed.emit({ type: 'delivery', delivery });
  }

  function finish(parcel: Parcel, state: 'delivered' | 'failed' | 'dropped'): void {
    if (!pending.delete(parcel)) return;
    parcel.job?.cancel();
    parcel.job = undefined;
    parcel.stopWatching();
    parcel.settle(state);
    changed(parcel);
    parcel.release();
  }

  async function postCopy(
    parcel: Parcel,
    url: string,
    wire: Wire,
    rawBody: Buffer,
    fault: Fault | undefined,
    meet?: () => Promise<void>,
  ): Promise<PostOutcome> {
    const number = parcel.attempts.length + 1;
    const { attempt, end } = startAttempt({ number, now: clock.now(), url, wire, rawBody, fault });
    parcel.attempts.push(attempt);
    changed(parcel);
    const outcome = await poster.post(new URL(url), wire, meet);
    const { config, exact } = parcel.order;
    const isOdd = wire.sent !== wire.expected || config.timestamp !== undefined || exact !== undefined;
    const isProbe = fault !== undefined || isOdd;
    const isRetried = parcel.delaysMs.length > 0;
    const hint = isProbe ? undefined : hintAt({ ...outcome, url, isRetried, clockOffsetMs: clock.offsetMs });
    end(outcome, hint);
    changed(parcel);
    return outcome;
  }

  async function postCopies(
    parcel: Parcel,
    url: string,
    wire: Wire,
    fault: Fault | undefined,
  ): Promise<readonly PostOutcome[]> {
    const rawBody = Buffer.concat(wire.pieces);
    const post = (meet?: () => Promise<void>): Promise<PostOutcome> =>
      postCopy(parcel, url, wire, rawBody, fault, meet);
    if (fault?.type === 'concurrent-duplicate') {
      const meet = createMeeting(2);
      return Promise.all([post(meet), post(meet)]);
    }
    const first = await post();
    return fault?.type === 'duplicate' && !parcel.isStopped ? [first, await post()] : [first];
  }

  function tryAgain(parcel: Parcel, outcomes: readonly PostOutcome[], url: string): void {
    const [delayMs, ...rest] = parcel.delaysMs;
    if (delayMs === undefined) {
      finish(parcel, 'failed');
      return;
    }
    parcel.delaysMs = rest;
    const job = schedule.after(delayMs, () => run(parcel));
    parcel.job = job;
    const isNobodyThere = outcomes.some(({ error }) => error?.code === 'ECONNREFUSED');
    if (isNobodyThere) parcel.stopWatching = knocker.watch(new URL(url), job.runNow);
    changed(parcel);
  }

  async function send(parcel: Parcel, wire: Wire, fault: Fault | undefined): Promise<void> {
    parcel.job = undefined;
    const { webhook } = settings();
    if (!pending.has(parcel) || webhook === undefined) {
      finish(parcel, 'failed');
      return;
    }
    parcel.isUnderWay = true;
    const ongoing = activity.begin();
    const giveBack = await turns.take();
    try {
      const outcomes = parcel.isStopped ? [] : await postCopies(parcel, webhook.url, wire, fault);
      parcel.isUnderWay = false;
      if (outcomes.some(isTaken)) finish(parcel, 'delivered');
      else tryAgain(parcel, outcomes, webhook.url);
    } finally {
      giveBack();
      parcel.release();
      releaseHeld(parcel);
      ongoing.end();
    }
  }

  function releaseHeld(made: Parcel): void {
    if (held === undefined || held.parcel === made) return;
    const { go } = held;
    held = undefined;
    go();
  }

  /** Signs an attempt and sends it, unless a fault holds or drops it. */
  async function attempt(parcel: Parcel): Promise<void> {
    parcel.job = undefined;
    parcel.stopWatching();
    const { webhook, bodyStyle, timestampStyle } = settings();
    if (webhook === undefined) {
      finish(parcel, 'failed');
      return;
    }
    const { event, config, exact } = parcel.order;
    if (exact !== undefined) return send(parcel, exactWire(exact), undefined);
    const fault = faults.take('delivery', ({ type }) => type !== 'reorder' || held === undefined);
    if (fault?.type === 'drop') {
      finish(parcel, 'dropped');
      return;
    }
    const wire = makeWire({
      event,
      fault,
      secret: webhook.secret,
      timestampStyle,
      now: clock.now(),
      timestamp: config.timestamp,
      signature: config.signature,
      bodyStyle: config.bodyStyle ?? bodyStyle,
    });
    if (fault?.type === 'delay') {
      parcel.job = schedule.after(Number(fault.params.ms), () => send(parcel, wire, fault));
      changed(parcel);
      return;
    }
    if (fault?.type === 'reorder') {
      held = { parcel, go: () => void send(parcel, wire, fault) };
      parcel.release();
      return;
    }
    await send(parcel, wire, fault);
  }

  async function run(parcel: Parcel): Promise<void> {
    try {
      await attempt(parcel);
    } catch (error) {
      parcel.release(error);
      finish(parcel, 'failed');
    }
  }

  return {
    all: history.all,
    find: history.find,
    begin(order) {
      count += 1;
      const parcel = createParcel(count, new Date(clock.now()), order);
      pending.add(parcel);
      history.put(parcel.delivery.id, parcel.delivery);
      changed(parcel);
      void run(parcel);
      return parcel;
    },
    end(reason) {
      held = undefined;
      knocker.close();
      for (const parcel of [...pending]) {
        parcel.isStopped = true;
        parcel.delaysMs = [];
        if (!parcel.isUnderWay) finish(parcel, 'failed');
      }
      poster.abort(reason);
    },
    clear: history.clear,
  };
}
