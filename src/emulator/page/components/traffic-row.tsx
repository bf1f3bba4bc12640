import type { JSX } from 'preact';
import { useText } from '../i18n/text.ts';
import { memo } from '../memo.ts';
import { recordOutcome, recordPhone, type TrafficRecord } from '../model/record.ts';
import { timeOfDay } from '../model/time-text.ts';
import { usePage } from '../page-context.ts';
import { Icon } from './icon.tsx';
import { Ltr } from './ltr.tsx';
import { RecordChips } from './status-chip.tsx';

const SEND_PATH_TAIL = /^.*\/(?=[^/])/u;

function title(record: TrafficRecord): string {
  if (record.kind === 'delivery') return record.value.event ?? '—';
  const { method, path } = record.value;
  return `${method} ${path.replace(SEND_PATH_TAIL, '')}`;
}

function faultOf(record: TrafficRecord): string | null {
  if (record.kind === 'request') return record.value.fault;
  return record.value.attempts.find(({ fault }) => fault !== null)?.fault ?? null;
}

interface TrafficRowProps {
  readonly record: TrafficRecord;
  readonly open: boolean;
}

function Row({ record, open }: TrafficRowProps): JSX.Element {
  const text = useText();
  const { openRecord } = usePage();
  const { id, at } = record.value;
  const phone = recordPhone(record);
  const fault = faultOf(record);
  const code = record.kind === 'request' ? record.value.code : null;
  const resent = record.kind === 'delivery' && record.value.resendOf !== null;
  const toApp = record.kind === 'delivery';
  return (
    <li>
      <button
        type="button"
        class={`row row-${recordOutcome(record)}`}
        data-roving
        data-record={id}
        aria-current={open}
        onClick={() => openRecord(record.key)}
      >
        <span class={toApp ? 'way way-out' : 'way way-in'} title={toApp ? text.toApp : text.fromApp}>
          <Icon name={resent ? 'again' : toApp ? 'out' : 'in'} />
          <span class="unseen">{toApp ? text.toApp : text.fromApp}</span>
        </span>
        <span class="row-title">
          <Ltr class="mono">{title(record)}</Ltr>
          {resent && <span class="tag">{text.resent}</span>}
        </span>
        <time class="row-time mono" dateTime={at} title={at}>
          <Ltr>{timeOfDay(at)}</Ltr>
        </time>
        <span class="row-text">
          {phone !== null && <Ltr class="row-phone">{phone}</Ltr>}
          {code !== null && <Ltr class="mono bad-text">{code}</Ltr>}
          {fault !== null && (
            <span class="tag tag-warn" title={fault}>
              <Icon name="bolt" />
              <Ltr class={code === null ? 'clip' : 'unseen'}>{fault}</Ltr>
            </span>
          )}
          {record.value.text !== null && (
            <span class="clip" dir="auto">
              {record.value.text}
            </span>
          )}
        </span>
        <span class="row-chips">
          <RecordChips record={record} />
        </span>
      </button>
    </li>
  );
}

/** Drawn again only when its record or its being open changes: a filter must answer every keystroke. */
export const TrafficRow = memo(
  Row,
  (before, after) => before.record === after.record && before.open === after.open,
);
