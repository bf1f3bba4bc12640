import type { JSX } from 'preact';
import type { FaultJson } from '../../control/json-types.ts';
import { api } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { usePage } from '../page-context.ts';
import { AddFault } from './add-fault.tsx';
import { Dialog } from './dialog.tsx';
import { Empty } from './empty.tsx';
import { Icon } from './icon.tsx';
import { Ltr } from './ltr.tsx';

function FaultRow({ fault }: { readonly fault: FaultJson }): JSX.Element {
  const text = useText();
  const { attempt } = usePage();
  const name = text.faultTypes[fault.type] ?? fault.type;
  return (
    <li class="fault">
      <span class="fault-words">
        <strong>{name}</strong>
        <span class="muted">
          {fault.on === 'send' ? text.onSend : text.onDelivery}
          {' · '}
          {fault.times >= Number.MAX_SAFE_INTEGER
            ? text.untilRemoved
            : text.remaining(fault.remaining, fault.times)}
        </span>
        <span class="fault-parameters">
          {fault.when !== undefined && fault.on === 'send' && (
            <span class="tag">{fault.when === 'before' ? text.whenBefore : text.whenAfter}</span>
          )}
          {fault.probability !== undefined && (
            <span class="tag">
              <Ltr>{`p ${fault.probability}`}</Ltr>
            </span>
          )}
          {Object.entries(fault.params ?? {}).map(([key, value]) => (
            <span class="tag" key={key}>
              <Ltr>{`${key} ${value}`}</Ltr>
            </span>
          ))}
        </span>
      </span>
      <button
        type="button"
        class="button button-small"
        aria-label={`${text.removeFault}: ${name}`}
        onClick={() => void attempt(() => api.removeFault(fault.id))}
      >
        {text.removeFault}
      </button>
    </li>
  );
}

interface FaultsDrawerProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** What is to go wrong. */
export function FaultsDrawer({ open, onClose }: FaultsDrawerProps): JSX.Element {
  const text = useText();
  const { state, attempt } = usePage();
  return (
    <Dialog open={open} title={text.faults} shape="drawer" onClose={onClose}>
      <p class="muted">{text.faultsText}</p>
      <AddFault />
      <section class="fault-list" aria-live="polite">
        {state.faults.length === 0 ? (
          <Empty icon="check" title={text.noFaults} />
        ) : (
          <>
            <header class="fault-list-head">
              <h3>
                <Icon name="bolt" />
                {text.faultsActive(state.faults.length)}
              </h3>
              <button type="button" class="button-quiet" onClick={() => void attempt(api.clearFaults)}>
                {text.clearFaults}
              </button>
            </header>
            <ul>
              {state.faults.map((fault) => (
                <FaultRow key={fault.id} fault={fault} />
              ))}
            </ul>
          </>
        )}
      </section>
    </Dialog>
  );
}
