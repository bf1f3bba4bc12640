import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useText } from '../i18n/text.ts';
import { isJson, prettyJson } from '../model/json-text.ts';
import { CopyButton } from './copy-button.tsx';
import { Ltr } from './ltr.tsx';

/** Longer bodies are cut on the screen; copying takes the whole. */
const SHOWN_CHARACTERS = 20_000;

export function Headers({
  headers,
}: {
  readonly headers: Readonly<Record<string, string>>;
}): JSX.Element | null {
  const text = useText();
  const entries = Object.entries(headers);
  if (entries.length === 0) return null;
  return (
    <table class="headers" dir="ltr">
      <caption class="unseen">{text.headers}</caption>
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">
              <Ltr>{name}</Ltr>
            </th>
            <td>
              <Ltr>{value}</Ltr>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A body, byte for byte as it went, or laid out to be read. */
export function Body({ body }: { readonly body: string }): JSX.Element {
  const text = useText();
  const [laidOut, setLaidOut] = useState(false);
  if (body === '') return <p class="muted body-empty">{text.emptyBody}</p>;
  const shown = laidOut ? prettyJson(body) : body;
  return (
    <div class="code-block">
      <div class="code-tools">
        {isJson(body) && (
          <button
            type="button"
            class="button-quiet"
            aria-pressed={laidOut}
            onClick={() => setLaidOut(!laidOut)}
          >
            {text.laidOut}
          </button>
        )}
        <CopyButton value={shown} what={text.body} />
      </div>
      <pre class="code" dir="ltr">
        <Ltr>{shown.slice(0, SHOWN_CHARACTERS)}</Ltr>
        {shown.length > SHOWN_CHARACTERS && '…'}
      </pre>
    </div>
  );
}
