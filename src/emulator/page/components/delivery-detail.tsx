import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { DeliveryJson } from '../../control/json-types.ts';
import { useRovingFocus } from '../hooks.ts';
import { useText } from '../i18n/text.ts';
import { familyOf } from '../model/family.ts';
import { deliveryKey, deliveryRecord, recordOutcome } from '../model/record.ts';
import { timeOfDay } from '../model/time-text.ts';
import { usePage } from '../page-context.ts';
import { AttemptView } from './attempt-view.tsx';
import { Fact, Facts } from './facts.tsx';
import { Ltr } from './ltr.tsx';
import { ResendBar } from './resend-bar.tsx';
import { AttemptChip, Chip, stateWord } from './status-chip.tsx';

/** The same event's other deliveries, so that a resend is found from its original and back. */
function Family({ delivery }: { readonly delivery: DeliveryJson }): JSX.Element | null {
  const text = useText();
  const { state, openRecord } = usePage();
  const family = useMemo(() => familyOf(delivery, state.records), [delivery, state.records]);
  if (family.length < 2) return null;
  return (
    <nav class="family" aria-label={text.family}>
      <span class="small-label">{text.family}</span>
      <ol>
        {family.map((member) => (
          <li key={member.id}>
            <button
              type="button"
              class="family-member"
              aria-current={member.id === delivery.id}
              onClick={() => openRecord(deliveryKey(member.id))}
            >
              {member.resendOf === null ? text.original : text.resend}
              <Ltr class="mono">{timeOfDay(member.at)}</Ltr>
              <Chip outcome={recordOutcome(deliveryRecord(member))}>{stateWord(member.state, text)}</Chip>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** An event on its way to the app: its tries, and sending it again. */
export function DeliveryDetail({ delivery }: { readonly delivery: DeliveryJson }): JSX.Element {
  const text = useText();
  const tabs = useRovingFocus<HTMLDivElement>('horizontal');
  const [chosen, setChosen] = useState<number | null>(null);
  const { attempts, nextAttemptAt } = delivery;
  const attempt = attempts.find(({ number }) => number === chosen) ?? attempts.at(-1);
  const panelId = `attempt-of-${delivery.id}`;
  return (
    <div class="detail-scroll">
      <ResendBar delivery={delivery} />
      <Facts>
        <Fact name={text.state}>
          <Chip outcome={recordOutcome(deliveryRecord(delivery))}>{stateWord(delivery.state, text)}</Chip>
        </Fact>
        {delivery.from !== null && (
          <Fact name={text.customer}>
            <Ltr class="mono">{delivery.from}</Ltr>
          </Fact>
        )}
        {delivery.resendOf !== null && (
          <Fact name={text.resendOf}>
            <Ltr class="mono">{delivery.resendOf}</Ltr>
          </Fact>
        )}
        {nextAttemptAt !== null && (
          <Fact name={text.nextAttempt}>
            <Ltr class="mono">{timeOfDay(nextAttemptAt)}</Ltr>
          </Fact>
        )}
      </Facts>
      <Family delivery={delivery} />
      {attempts.length > 0 && (
        <div class="tabs" role="tablist" aria-label={text.attempts(attempts.length)} ref={tabs}>
          {attempts.map((each) => (
            <button
              key={each.number}
              type="button"
              role="tab"
              class="tab"
              data-roving
              aria-selected={each === attempt}
              aria-controls={panelId}
              onClick={() => setChosen(each.number)}
              onFocus={() => setChosen(each.number)}
            >
              {text.attempt(each.number)}
              <AttemptChip attempt={each} />
            </button>
          ))}
        </div>
      )}
      {attempt === undefined ? (
        <p class="muted part">{text.noAttempt}</p>
      ) : (
        <div id={panelId} role="tabpanel" aria-label={text.attempt(attempt.number)}>
          <AttemptView attempt={attempt} />
        </div>
      )}
    </div>
  );
}
