import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { StateJson } from '../../control/json-types.ts';
import { api } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { usePage } from '../page-context.ts';
import { Dialog } from './dialog.tsx';
import { Ltr } from './ltr.tsx';

const AFTER_SLASH = /(?<=[^/]\/)(?!\/)/u;
const EXAMPLE = 'http://127.0.0.1:3000/webhooks/whatsapp-gateway';

type Webhook = StateJson['webhook'];

/** A URL that breaks after its slashes. */
function Url({ url }: { readonly url: string }): JSX.Element {
  return (
    <Ltr class="webhook-url mono">{url.split(AFTER_SLASH).flatMap((part) => [part, <wbr key={part} />])}</Ltr>
  );
}

function WebhookForm({
  webhook,
  onClose,
}: {
  readonly webhook: Webhook;
  readonly onClose: () => void;
}): JSX.Element {
  const text = useText();
  const id = useId();
  const { attempt, dispatch } = usePage();
  const [url, setUrl] = useState(webhook?.url ?? EXAMPLE);

  async function save(): Promise<void> {
    const account = await attempt(() => api.change({ webhook: { url: url.trim() } }));
    if (account !== undefined) dispatch({ type: 'account', account });
    onClose();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="field">
        <label for={id}>{text.webhookUrl}</label>
        <input
          id={id}
          class="mono"
          type="url"
          dir="ltr"
          required
          value={url}
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
      </div>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>
          {text.cancel}
        </button>
        <button type="submit" class="button button-main">
          {text.save}
        </button>
      </footer>
    </form>
  );
}

/** Where deliveries go, and the place to change it. */
export function WebhookCard({ webhook }: { readonly webhook: Webhook }): JSX.Element {
  const text = useText();
  const [editing, setEditing] = useState(false);
  return (
    <div class="webhook">
      <span class="webhook-head">
        <span class="small-label">{text.webhook}</span>
        <button
          type="button"
          class="button-quiet"
          aria-haspopup="dialog"
          aria-label={text.webhookChangeLong}
          onClick={() => setEditing(true)}
        >
          {text.webhookChange}
        </button>
      </span>
      {webhook === null ? <span class="webhook-none">{text.noWebhook}</span> : <Url url={webhook.url} />}
      <Dialog open={editing} title={text.webhook} shape="box" onClose={() => setEditing(false)}>
        <WebhookForm webhook={webhook} onClose={() => setEditing(false)} />
      </Dialog>
    </div>
  );
}
