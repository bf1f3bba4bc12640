import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useText } from '../i18n/text.ts';
import { Icon } from './icon.tsx';

interface DialogProps {
  readonly open: boolean;
  readonly title: string;
  readonly shape: 'box' | 'wide' | 'drawer';
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal `<dialog>`: the browser keeps the focus inside, closes it with Esc and gives the focus back. */
export function Dialog({ open, title, shape, onClose, children }: DialogProps): JSX.Element {
  const text = useText();
  const titleId = useId();
  const ref = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null || dialog.open === open) return;
    if (open) dialog.showModal();
    else dialog.close();
  }, [open]);

  return (
    <dialog
      ref={ref}
      class={`dialog dialog-${shape}`}
      aria-labelledby={titleId}
      onClose={onClose}
      {...{ closedby: 'any' }}
    >
      {open && (
        <div class="dialog-inner">
          <header class="dialog-head">
            <h2 id={titleId}>{title}</h2>
            <button
              type="button"
              class="button-icon"
              aria-label={text.close}
              onClick={() => ref.current?.close()}
            >
              <Icon name="close" />
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}
