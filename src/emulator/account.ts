import { fairUseLimits } from '../protocol.ts';
import type { InstanceState, Usage } from './model.ts';
import type { Plan, Throttle } from './options.ts';

/** Which limit a further message would break. */
export interface ReachedLimit {
  /** The plan's day or month, or the throttle. */
  readonly span: 'day' | 'month' | 'throttle';
  /** How many messages are allowed in it. */
  readonly limit: number;
  /** How many were accepted in it. */
  readonly used: number;
  /** How long until there is room again, in whole seconds. */
  readonly retryAfterSeconds: number;
}

/** What can be set of an account. */
export interface AccountSettings {
  /** Whether the instance is connected. */
  instanceState: InstanceState;
  /** Whether the key was revoked. */
  keyRevoked: boolean;
  /** Whose fair-use limits count. */
  plan: Plan;
  /** How many messages are taken in how many seconds. */
  throttle: Readonly<Throttle> | undefined;
}

/** What the gateway knows of the account that sends. */
export interface Account {
  /** The key that sends must carry. */
  readonly apiKey: string;
  /** The account's one instance. */
  readonly instanceId: string;
  /** Who may not be messaged, in E.164. */
  readonly suppressed: Set<string>;
  /** What can be set. */
  readonly settings: AccountSettings;
  /** This UTC day's and month's messages. */
  usage(): { readonly day: Usage; readonly month: Usage };
  /** The limit that one more message would break now, if any. */
  reachedLimit(): ReachedLimit | undefined;
  /** Counts a message as accepted now. */
  count(): void;
  /** Forgets usage and suppression, and puts the settings back. */
  reset(): void;
}

const SECOND_MS = 1_000;
const DAY_CHARACTERS = 'YYYY-MM-DD'.length;
const MONTH_CHARACTERS = 'YYYY-MM'.length;

function startOfNext(span: 'day' | 'month', time: number): number {
  const date = new Date(time);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return span === 'day' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1);
}

function secondsUntil(time: number, now: number): number {
  return Math.max(1, Math.ceil((time - now) / SECOND_MS));
}

/**
 * Makes an account. Documented are the plans' numbers and the code `sending_throttled`. Assumed: that only accepted
 * messages count, that days and months are those of UTC, and everything about throttling.
 */
export function createAccount(
  { apiKey, instanceId }: { readonly apiKey: string; readonly instanceId: string },
  initial: Readonly<AccountSettings>,
  now: () => number,
): Account {
  const suppressed = new Set<string>();
  const settings: AccountSettings = { ...initial };
  const usedByDay = new Map<string, number>();
  const usedByMonth = new Map<string, number>();
  let recent: number[] = [];

  function usage(): { day: Usage; month: Usage } {
    const text = new Date(now()).toISOString();
    const limits = settings.plan === 'unlimited' ? undefined : fairUseLimits[settings.plan];
    return {
      day: { used: usedByDay.get(text.slice(0, DAY_CHARACTERS)) ?? 0, limit: limits?.day },
      month: { used: usedByMonth.get(text.slice(0, MONTH_CHARACTERS)) ?? 0, limit: limits?.month },
    };
  }

  function reachedThrottle(): ReachedLimit | undefined {
    if (settings.throttle === undefined) return undefined;
    const { limit, perSeconds } = settings.throttle;
    const time = now();
    const within = recent.filter((at) => at > time - perSeconds * SECOND_MS && at <= time);
    if (within.length < limit) return undefined;
    const freed = (within[within.length - limit] ?? time) + perSeconds * SECOND_MS;
    return {
      span: 'throttle',
      limit,
      used: within.length,
      retryAfterSeconds: secondsUntil(freed, time),
    };
  }

  return {
    apiKey,
    instanceId,
    suppressed,
    settings,
    usage,
    reachedLimit() {
      const spans = usage();
      for (const span of ['month', 'day'] as const) {
        const { used, limit } = spans[span];
        if (limit !== undefined && used >= limit) {
          return { span, limit, used, retryAfterSeconds: secondsUntil(startOfNext(span, now()), now()) };
        }
      }
      return reachedThrottle();
    },
    count() {
      const time = now();
      const text = new Date(time).toISOString();
      const day = text.slice(0, DAY_CHARACTERS);
      const month = text.slice(0, MONTH_CHARACTERS);
      usedByDay.set(day, (usedByDay.get(day) ?? 0) + 1);
      usedByMonth.set(month, (usedByMonth.get(month) ?? 0) + 1);
      if (settings.throttle === undefined) return;
      recent.push(time);
      const kept = Math.max(settings.throttle.limit, 1);
      if (recent.length > kept) recent = recent.slice(-kept);
    },
    reset() {
      suppressed.clear();
      usedByDay.clear();
      usedByMonth.clear();
      recent = [];
      Object.assign(settings, initial);
    },
  };
}
