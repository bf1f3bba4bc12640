import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DeliveryJson, ResendJson } from '../../control/json-types.ts';
import { api } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { deliveryKey } from '../model/record.ts';
import { usePage } from '../page-context.ts';
import { EditDialog } from './edit-dialog.tsx';
import { Icon } from './icon.tsx';

/** Sends a delivery again: signed anew, byte for byte, or with another body. */
export function ResendBar({ delivery }: { readonly delivery: DeliveryJson }): JSX.Element {
  const text = useText();
  const { attempt, dispatch, openRecord } = usePage();
  const [editing, setEditing] = useState(false);

  async function resend(request: ResendJson): Promise<void> {
    const answer = await attempt(() => api.resend(delivery.id, request));
    if (answer === undefined) return;
    dispatch({ type: 'posted', delivery: answer.delivery });
    openRecord(deliveryKey(answer.delivery.id));
  }

  return (
    <div class="resend-bar">
      <span class="small-label">
        <Icon name="again" />
        {text.resend}
      </span>
      <button
        type="button"
        class="button button-small"
        title={text.resendRetryTitle}
        onClick={() => void resend({ mode: 'retry' })}
      >
        {text.resendRetry}
      </button>
      <button
        type="button"
        class="button button-small"
        title={text.resendExactTitle}
        onClick={() => void resend({ mode: 'exact' })}
      >
        {text.resendExact}
      </button>
      <button
        type="button"
        class="button button-small"
        title={text.resendEditedTitle}
        aria-haspopup="dialog"
        onClick={() => setEditing(true)}
      >
        {text.resendEdited}
      </button>
      <EditDialog
        open={editing}
        body={delivery.attempts.at(-1)?.bodyText ?? ''}
        onSend={(bodyText) => void resend({ mode: 'edited', bodyText })}
        onClose={() => setEditing(false)}
      />
    </div>
  );
}
