import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { PlanName, UsageJson } from '../../control/json-types.ts';
import { api } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { usePage } from '../page-context.ts';
import { ClockCard } from './clock-card.tsx';
import { Confirm } from './confirm.tsx';
import { Ltr } from './ltr.tsx';
import { WebhookCard } from './webhook-card.tsx';

const PLANS: readonly PlanName[] = ['starter', 'growth', 'scale', 'unlimited'];
const NEARLY_FULL = 0.8;
const PER_CENT = 100;

function fullness(used: number, limit: number): 'roomy' | 'nearly' | 'full' {
  if (used >= limit) return 'full';
  return used >= limit * NEARLY_FULL ? 'nearly' : 'roomy';
}

function Usage({ label, usage }: { readonly label: string; readonly usage: UsageJson }): JSX.Element {
  const text = useText();
  const id = useId();
  const { used, limit } = usage;
  return (
    <div class="usage">
      <span class="usage-words">
        <span id={id}>{label}</span>
        <span class="usage-count">
          <Ltr>{limit === null ? String(used) : `${used} / ${limit}`}</Ltr>
          {limit === null && <> · {text.noLimit}</>}
        </span>
      </span>
      {limit !== null && (
        <>
          <span class={`bar bar-${fullness(used, limit)}`} aria-hidden="true">
            <span class="bar-fill" style={{ inlineSize: `${Math.min(used / limit, 1) * PER_CENT}%` }} />
          </span>
          <meter class="unseen" aria-labelledby={id} min={0} max={limit} value={used}>
            {used} / {limit}
          </meter>
        </>
      )}
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

function Switch({ label, on, onChange }: SwitchProps): JSX.Element {
  return (
    <label class="switch-row">
      <span>{label}</span>
      <input
        type="checkbox"
        role="switch"
        class="switch"
        checked={on}
        aria-checked={on}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  );
}

/** The account as the gateway sees it: what it may send, whether it is connected, and what time it is there. */
export function GatewayCard(): JSX.Element | null {
  const text = useText();
  const planId = useId();
  const { state, dispatch, attempt } = usePage();
  const [resetting, setResetting] = useState(false);
  const { account } = state;
  if (account === null) return null;

  async function change(patch: Parameters<typeof api.change>[0]): Promise<void> {
    const changed = await attempt(() => api.change(patch));
    if (changed !== undefined) dispatch({ type: 'account', account: changed });
  }

  return (
    <section class="gateway" aria-label={text.gateway}>
      <Usage label={text.today} usage={account.usage.day} />
      <Usage label={text.month} usage={account.usage.month} />
      <div class="switch-row">
        <label for={planId}>{text.plan}</label>
        <select
          id={planId}
          class="select-small"
          value={account.plan}
          onChange={(event) => {
            const plan = PLANS.find((name) => name === event.currentTarget.value);
            if (plan !== undefined) void change({ plan });
          }}
        >
          {PLANS.map((plan) => (
            <option key={plan} value={plan}>
              {text.plans[plan]}
            </option>
          ))}
        </select>
      </div>
      <Switch
        label={text.instance}
        on={account.instanceState === 'open'}
        onChange={(on) => void change({ instanceState: on ? 'open' : 'close' })}
      />
      <Switch
        label={text.keyValid}
        on={!account.keyRevoked}
        onChange={(on) => void change({ keyRevoked: !on })}
      />
      <ClockCard clock={account.clock} />
      <WebhookCard webhook={account.webhook} />
      <button
        type="button"
        class="button-quiet reset"
        aria-haspopup="dialog"
        onClick={() => setResetting(true)}
      >
        {text.resetAll}
      </button>
      <Confirm
        open={resetting}
        title={text.resetTitle}
        message={text.resetText}
        confirm={text.resetConfirm}
        onConfirm={() => void attempt(api.reset)}
        onClose={() => setResetting(false)}
      />
    </section>
  );
}
