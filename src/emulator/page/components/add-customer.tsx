import type { JSX, TargetedSubmitEvent } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useText } from '../i18n/text.ts';
import { type Customer, readPhone } from '../model/customers.ts';
import { Dialog } from './dialog.tsx';

interface AddCustomerProps {
  readonly open: boolean;
  readonly onAdd: (customer: Customer) => void;
  readonly onClose: () => void;
}

function AddForm({ onAdd, onClose }: Omit<AddCustomerProps, 'open'>): JSX.Element {
  const text = useText();
  const id = useId();
  const [typed, setTyped] = useState('');
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState(false);

  function submit(event: TargetedSubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const phone = readPhone(typed);
    setWrong(phone === null);
    if (phone === null) return;
    onAdd({ phone, name: name.trim() === '' ? null : name.trim() });
    onClose();
  }

  return (
    <form onSubmit={submit} noValidate>
      <div class="field">
        <label for={`${id}-phone`}>{text.phoneLabel}</label>
        <input
          id={`${id}-phone`}
          type="tel"
          dir="ltr"
          autocomplete="off"
          placeholder="+966 50 123 4567"
          value={typed}
          aria-invalid={wrong}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        {wrong && (
          <p class="field-wrong" id={`${id}-wrong`} role="alert">
            {text.phoneWrong}
          </p>
        )}
      </div>
      <div class="field">
        <label for={`${id}-name`}>{text.nameLabel}</label>
        <input
          id={`${id}-name`}
          dir="auto"
          autocomplete="off"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>
          {text.cancel}
        </button>
        <button type="submit" class="button button-main">
          {text.add}
        </button>
      </footer>
    </form>
  );
}

export function AddCustomer({ open, onAdd, onClose }: AddCustomerProps): JSX.Element {
  const text = useText();
  return (
    <Dialog open={open} title={text.addCustomer} shape="box" onClose={onClose}>
      <AddForm onAdd={onAdd} onClose={onClose} />
    </Dialog>
  );
}
