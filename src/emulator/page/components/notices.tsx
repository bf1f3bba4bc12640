import type { JSX } from 'preact';
import type { ApiError } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { usePage } from '../page-context.ts';
import { Icon } from './icon.tsx';
import { Ltr } from './ltr.tsx';

/** Says that the emulator is gone, for as long as it is. */
export function LostStrip(): JSX.Element | null {
  const text = useText();
  if (usePage().state.connection !== 'lost') return null;
  return (
    <div class="strip strip-warn lost" role="alert">
      <Icon name="warn" />
      <strong>{text.lost}</strong>
      <span>{text.lostText}</span>
    </div>
  );
}

function TroubleText({ trouble }: { readonly trouble: ApiError }): JSX.Element {
  const text = useText();
  if (trouble.code === 'unreachable') return <span>{text.unreachable}</span>;
  if (trouble.code === 'no_webhook') return <span>{text.noWebhookTrouble}</span>;
  return (
    <span>
      {text.failed} <bdi>{trouble.message}</bdi> <Ltr class="mono">{trouble.code}</Ltr>
    </span>
  );
}

interface ToastProps {
  readonly trouble: ApiError | null;
  readonly onDismiss: () => void;
}

/** What the emulator refused to do. Stays until it is dismissed or something else works. */
export function Toast({ trouble, onDismiss }: ToastProps): JSX.Element {
  const text = useText();
  return (
    <div class="toast-place" role="alert">
      {trouble !== null && (
        <div class="toast">
          <Icon name="warn" />
          <TroubleText trouble={trouble} />
          <button type="button" class="button-icon" aria-label={text.dismiss} onClick={onDismiss}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
