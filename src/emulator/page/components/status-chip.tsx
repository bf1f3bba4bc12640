import type { JSX } from 'preact';
import type { AttemptJson, RequestJson } from '../../control/json-types.ts';
import type { Dictionary } from '../i18n/en.ts';
import { useText } from '../i18n/text.ts';
import type { Outcome, TrafficRecord } from '../model/record.ts';
import { Ltr } from './ltr.tsx';

const LEAST_BAD_STATUS = 400;

export function Chip({
  outcome,
  children,
}: {
  readonly outcome: Outcome;
  readonly children: string;
}): JSX.Element {
  return (
    <span class={`chip chip-${outcome}`}>
      <Ltr>{children}</Ltr>
    </span>
  );
}

/** How one attempt came out: the app's status, or what kept it from answering. */
export function AttemptChip({ attempt }: { readonly attempt: AttemptJson }): JSX.Element {
  const { response, error, durationMs } = attempt;
  if (response !== null) {
    return (
      <Chip outcome={response.status < LEAST_BAD_STATUS ? 'good' : 'bad'}>{String(response.status)}</Chip>
    );
  }
  if (error !== null) return <Chip outcome="bad">{error.code}</Chip>;
  return durationMs === null ? <Chip outcome="waiting">…</Chip> : <Chip outcome="bad">—</Chip>;
}

export function RequestChip({ request }: { readonly request: RequestJson }): JSX.Element {
  const text = useText();
  const { answer, code } = request;
  if (answer === null) return <Chip outcome="bad">{text.noAnswer}</Chip>;
  const refused = code !== null || answer.status >= LEAST_BAD_STATUS;
  return <Chip outcome={refused ? 'bad' : 'good'}>{String(answer.status)}</Chip>;
}

export function stateWord(state: 'pending' | 'delivered' | 'failed' | 'dropped', text: Dictionary): string {
  return {
    pending: text.pending,
    delivered: text.delivered,
    failed: text.failedState,
    dropped: text.dropped,
  }[state];
}

const CHIPS_MAX = 4;

/** The outcome of a record at a glance: every attempt of a delivery (the last ones, if many), or the answer. */
export function RecordChips({ record }: { readonly record: TrafficRecord }): JSX.Element {
  const text = useText();
  if (record.kind === 'request') return <RequestChip request={record.value} />;
  const { attempts, state } = record.value;
  if (state === 'dropped') return <Chip outcome="bad">{text.dropped}</Chip>;
  if (attempts.length === 0) return <Chip outcome="waiting">{text.pending}</Chip>;
  return (
    <>
      {attempts.length > CHIPS_MAX && <span class="muted">…</span>}
      {attempts.slice(-CHIPS_MAX).map((attempt) => (
        <AttemptChip key={attempt.number} attempt={attempt} />
      ))}
      {state === 'pending' && <Chip outcome="waiting">…</Chip>}
    </>
  );
}
