import { checkOptionNames, invalidOption } from '../options.ts';
import type { AccountSettings } from './account.ts';
import type { BodyStyle } from './encode-body.ts';
import type { EmulatorChanges, InstanceState } from './model.ts';
import {
  plans,
  resolveBodyStyle,
  resolveFlag,
  resolveThrottle,
  resolveWord,
  type TimestampStyle,
  timestampStyles,
} from './options.ts';
import { requirePhone } from './phone-argument.ts';
import { type ResolvedWebhook, resolveWebhook } from './webhook-target.ts';

/** How deliveries are made from now on. */
export interface DeliverySettings {
  webhook: ResolvedWebhook | undefined;
  bodyStyle: BodyStyle;
  timestampStyle: TimestampStyle;
}

/** What there is to change, and how it stands. */
export interface Changeable {
  readonly account: Readonly<AccountSettings>;
  readonly delivery: Readonly<DeliverySettings>;
  readonly allowRemote: boolean;
  /** What signs where a webhook is set without a secret. */
  readonly secret: string;
}

/** {@link EmulatorChanges}, checked, over what stays. */
export interface ReadChanges {
  readonly account: AccountSettings;
  readonly delivery: DeliverySettings;
  /** In E.164. */
  readonly suppress: readonly string[];
  /** In E.164. */
  readonly unsuppress: readonly string[];
}

const OWNER = 'update';
const NAMES = [
  'instanceState',
  'keyRevoked',
  'plan',
  'throttle',
  'webhook',
  'bodyStyle',
  'timestampStyle',
  'suppress',
  'unsuppress',
] as const satisfies (keyof EmulatorChanges)[];
const instanceStates: readonly InstanceState[] = ['open', 'close'];

function readPhones(name: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalidOption(OWNER, name, value, 'Give an array of phones.');
  return value.map((phone) => requirePhone(OWNER, name, phone));
}

/** @throws TypeError when a name is unknown or a value cannot be used. */
export function readChanges(changes: Readonly<EmulatorChanges>, current: Changeable): ReadChanges {
  checkOptionNames(OWNER, changes, NAMES);
  const { account, delivery } = current;
  const { instanceState, keyRevoked, plan, throttle, webhook, bodyStyle, timestampStyle } = changes;
  return {
    account: {
      instanceState: resolveWord(
        OWNER,
        'instanceState',
        instanceState,
        instanceStates,
        account.instanceState,
      ),
      keyRevoked: resolveFlag(OWNER, 'keyRevoked', keyRevoked, account.keyRevoked),
      plan: resolveWord(OWNER, 'plan', plan, plans, account.plan),
      throttle: throttle === undefined ? account.throttle : resolveThrottle(OWNER, throttle),
    },
    delivery: {
      webhook:
        webhook === undefined
          ? delivery.webhook
          : webhook === null
            ? undefined
            : resolveWebhook(`${OWNER} webhook`, webhook, current),
      bodyStyle: resolveBodyStyle(OWNER, bodyStyle, delivery.bodyStyle),
      timestampStyle: resolveWord(
        OWNER,
        'timestampStyle',
        timestampStyle,
        timestampStyles,
        delivery.timestampStyle,
      ),
    },
    suppress: readPhones('suppress', changes.suppress),
    unsuppress: readPhones('unsuppress', changes.unsuppress),
  };
}
