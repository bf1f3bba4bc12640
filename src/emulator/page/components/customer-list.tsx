import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useRovingFocus } from '../hooks.ts';
import { useText } from '../i18n/text.ts';
import type { Customer } from '../model/customers.ts';
import { usePage } from '../page-context.ts';
import { AddCustomer } from './add-customer.tsx';
import { Icon } from './icon.tsx';
import { Ltr } from './ltr.tsx';

const PAGE_SIZE = 50;

interface RowProps {
  readonly customer: Customer;
  readonly onChoose: (phone: string) => void;
}

/** The first letter of a name; of somebody without one, the number's last two digits. */
function initials({ name, phone }: Customer): string {
  return name === null ? phone.slice(-2) : ([...name][0] ?? '');
}

function CustomerRow({ customer, onChoose }: RowProps): JSX.Element {
  const text = useText();
  const { state } = usePage();
  const { phone, name } = customer;
  const unread = state.unread[phone] ?? 0;
  const suppressed = state.account?.suppressed.includes(phone) === true;
  return (
    <li>
      <button
        type="button"
        class="customer"
        data-roving
        aria-current={phone === state.phone}
        onClick={() => onChoose(phone)}
      >
        <span class="avatar" aria-hidden="true">
          {initials(customer)}
        </span>
        <span class="customer-words">
          <span class="customer-name">{name === null ? <Ltr>{phone}</Ltr> : <bdi>{name}</bdi>}</span>
          {name !== null && <Ltr class="customer-phone">{phone}</Ltr>}
          {suppressed && <span class="tag tag-bad">{text.optedOut}</span>}
        </span>
        {unread > 0 && (
          <span class="count">
            <span aria-hidden="true">{unread}</span>
            <span class="unseen">{text.unread(unread)}</span>
          </span>
        )}
      </button>
    </li>
  );
}

interface CustomerListProps {
  readonly onChoose: (phone: string) => void;
  readonly onAdd: (customer: Customer) => void;
}

/** Whom the page can play. */
export function CustomerList({ onChoose, onAdd }: CustomerListProps): JSX.Element {
  const text = useText();
  const { customers } = usePage();
  const [shown, setShown] = useState(PAGE_SIZE);
  const [adding, setAdding] = useState(false);
  const list = useRovingFocus<HTMLUListElement>();
  const hidden = customers.length - shown;
  return (
    <>
      <header class="pane-head">
        <h2>{text.customers}</h2>
        <button
          type="button"
          class="button-icon"
          aria-label={text.addCustomer}
          title={text.addCustomer}
          aria-haspopup="dialog"
          onClick={() => setAdding(true)}
        >
          <Icon name="plus" />
        </button>
      </header>
      <ul class="customers" ref={list}>
        {customers.slice(0, shown).map((customer) => (
          <CustomerRow key={customer.phone} customer={customer} onChoose={onChoose} />
        ))}
        {hidden > 0 && (
          <li>
            <button type="button" class="button-quiet show-more" onClick={() => setShown(shown + PAGE_SIZE)}>
              {text.moreCustomers(Math.min(hidden, PAGE_SIZE))}
            </button>
          </li>
        )}
      </ul>
      <AddCustomer open={adding} onAdd={onAdd} onClose={() => setAdding(false)} />
    </>
  );
}
