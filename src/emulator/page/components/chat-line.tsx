import type { JSX } from 'preact';
import { useText } from '../i18n/text.ts';
import { type ChatLine, isOptOut } from '../model/conversation.ts';
import { deliveryRecord, requestRecord, type TrafficRecord } from '../model/record.ts';
import { timeOfDay } from '../model/time-text.ts';
import { usePage } from '../page-context.ts';
import { DocsLink } from './docs-link.tsx';
import { Icon } from './icon.tsx';
import { Ltr } from './ltr.tsx';
import { RecordChips } from './status-chip.tsx';

/** Leads from a bubble to what carried it. */
function RecordLink({ record }: { readonly record: TrafficRecord }): JSX.Element {
  const text = useText();
  const { openRecord, state } = usePage();
  const { at } = record.value;
  return (
    <button
      type="button"
      class="bubble-link"
      data-roving
      aria-current={record.key === state.openKey}
      onClick={() => openRecord(record.key)}
    >
      <span class="unseen">{record.kind === 'delivery' ? text.openDelivery : text.openRequest}</span>
      <time dateTime={at}>
        <Ltr>{timeOfDay(at)}</Ltr>
      </time>
      <RecordChips record={record} />
    </button>
  );
}

function AppLine({ line }: { readonly line: ChatLine & { readonly type: 'app' } }): JSX.Element {
  const text = useText();
  const { request, fate } = line;
  return (
    <li class={`line line-app fate-${fate}`}>
      <span class="unseen">{text.app}</span>
      <p class="bubble" dir="auto">
        {request.text}
      </p>
      {fate === 'refused' && (
        <div class="reason reason-bad">
          <span class="reason-head">
            <Icon name="ban" />
            {text.refused}
            {request.code !== null && <Ltr class="mono">{request.code}</Ltr>}
          </span>
          {request.why !== null && <span dir="auto">{request.why}</span>}
          <DocsLink url={request.docsUrl} />
        </div>
      )}
      {fate === 'sent-but-hidden' && (
        <div class="reason reason-warn">
          <span class="reason-head">
            <Icon name="warn" />
            {text.hidden}
          </span>
          {request.fault !== null && (
            <span>
              {text.fault}: <Ltr class="mono">{request.fault}</Ltr>
            </span>
          )}
        </div>
      )}
      <RecordLink record={requestRecord(request)} />
    </li>
  );
}

/** One line of the chat: a bubble of either side, or a note of something that happened. */
export function ChatLineView({ line }: { readonly line: ChatLine }): JSX.Element {
  const text = useText();
  if (line.type === 'app') return <AppLine line={line} />;
  const { delivery } = line;
  const link = <RecordLink record={deliveryRecord(delivery)} />;
  if (line.type === 'event') {
    return (
      <li class="line line-event">
        <span class="event-note">
          {isOptOut(delivery) ? text.eventOptedOut : <Ltr class="mono">{delivery.event ?? '—'}</Ltr>}
        </span>
        {link}
      </li>
    );
  }
  return (
    <li class="line line-customer">
      <span class="unseen">{text.you}</span>
      {delivery.resendOf !== null && <span class="tag">{text.edited}</span>}
      <p class="bubble" dir="auto">
        {delivery.text}
      </p>
      {link}
    </li>
  );
}
