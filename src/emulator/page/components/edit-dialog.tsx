import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useText } from '../i18n/text.ts';
import { isJson, prettyJson } from '../model/json-text.ts';
import { Dialog } from './dialog.tsx';

interface EditDialogProps {
  readonly open: boolean;
  readonly body: string;
  readonly onSend: (body: string) => void;
  readonly onClose: () => void;
}

function Editor({ body, onSend, onClose }: Omit<EditDialogProps, 'open'>): JSX.Element {
  const text = useText();
  const id = useId();
  const [edited, setEdited] = useState(body);
  const json = isJson(edited);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSend(edited);
        onClose();
      }}
    >
      <p class="muted" id={`${id}-text`}>
        {text.editText}
      </p>
      <div class="field">
        <label for={id}>{text.editLabel}</label>
        <textarea
          id={id}
          class="editor mono"
          dir="ltr"
          rows={14}
          spellcheck={false}
          value={edited}
          aria-describedby={`${id}-text ${id}-json`}
          onInput={(event) => setEdited(event.currentTarget.value)}
        />
        <p class="field-note" id={`${id}-json`} role="status">
          {json ? '' : text.notJson}
        </p>
      </div>
      <footer class="dialog-foot">
        <button type="button" class="button" disabled={!json} onClick={() => setEdited(prettyJson(edited))}>
          {text.editLayout}
        </button>
        <span class="spring" />
        <button type="button" class="button" onClick={onClose}>
          {text.cancel}
        </button>
        <button type="submit" class="button button-main">
          {text.editSend}
        </button>
      </footer>
    </form>
  );
}

/** An editor for the body of a delivery. */
export function EditDialog({ open, body, onSend, onClose }: EditDialogProps): JSX.Element {
  const text = useText();
  return (
    <Dialog open={open} title={text.editTitle} shape="wide" onClose={onClose}>
      <Editor body={body} onSend={onSend} onClose={onClose} />
    </Dialog>
  );
}
