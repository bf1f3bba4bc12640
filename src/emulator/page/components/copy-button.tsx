import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useText } from '../i18n/text.ts';

const SHOWN_MS = 1_500;

export function CopyButton({ value, what }: { readonly value: string; readonly what: string }): JSX.Element {
  const text = useText();
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      class="button-quiet"
      aria-label={`${text.copy}: ${what}`}
      onClick={() => {
        navigator.clipboard.writeText(value).then(
          () => {
            setCopied(true);
            setTimeout(() => setCopied(false), SHOWN_MS);
          },
          () => undefined,
        );
      }}
    >
      {copied ? text.copied : text.copy}
    </button>
  );
}
