import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useText } from '../i18n/text.ts';
import { usePage } from '../page-context.ts';
import { DeliveryDetail } from './delivery-detail.tsx';
import { Icon } from './icon.tsx';
import { Ltr } from './ltr.tsx';
import { RequestDetail } from './request-detail.tsx';

/** The open record. Esc and the arrow lead back to its line in the traffic. */
export function RecordDetail({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const text = useText();
  const { state } = usePage();
  const { openKey } = state;
  const record = state.records.find(({ key }) => key === openKey);
  const pane = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useEffect(() => {
    if (openKey !== null) pane.current?.querySelector<HTMLElement>('[data-back]')?.focus();
  }, [openKey]);

  useEffect(() => {
    const element = pane.current;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      close.current();
    };
    element?.addEventListener('keydown', onKey);
    return () => element?.removeEventListener('keydown', onKey);
  }, []);

  return (
    <div class="detail-inner" ref={pane}>
      {record === undefined ? (
        <p class="detail-none">{text.noDetail}</p>
      ) : (
        <>
          <header class="pane-head">
            <button
              type="button"
              class="button-icon"
              data-back
              aria-label={text.back}
              title={text.back}
              onClick={onClose}
            >
              <span class="only-narrow">
                <Icon name="back" />
              </span>
              <span class="only-wide">
                <Icon name="close" />
              </span>
            </button>
            <h2 class="detail-title">
              <Ltr class="mono clip">
                {record.kind === 'delivery'
                  ? (record.value.event ?? '—')
                  : `${record.value.method} ${record.value.path}`}
              </Ltr>
            </h2>
            <Ltr class="mono muted detail-id">{record.value.id}</Ltr>
          </header>
          {record.kind === 'delivery' ? (
            <DeliveryDetail key={record.key} delivery={record.value} />
          ) : (
            <RequestDetail key={record.key} request={record.value} />
          )}
        </>
      )}
    </div>
  );
}
