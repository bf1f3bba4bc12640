import type { JSX } from 'preact';
import { useText } from '../i18n/text.ts';
import { Dialog } from './dialog.tsx';

interface ConfirmProps {
  readonly open: boolean;
  readonly title: string;
  readonly message: string;
  readonly confirm: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ open, title, message, confirm, onConfirm, onClose }: ConfirmProps): JSX.Element {
  const text = useText();
  return (
    <Dialog open={open} title={title} shape="box" onClose={onClose}>
      <p dir="auto">{message}</p>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>
          {text.cancel}
        </button>
        <button
          type="button"
          class="button button-danger"
          onClick={() => {
            onConfirm();
            onClose();
          }}
        >
          {confirm}
        </button>
      </footer>
    </Dialog>
  );
}
