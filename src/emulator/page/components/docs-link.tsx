import type { JSX } from 'preact';
import { useText } from '../i18n/text.ts';
import { Ltr } from './ltr.tsx';

const WEB = /^https?:\/\//u;

/** The page that explains a code: a link where it is on the web, or else where it is in the package. */
export function DocsLink({ url }: { readonly url: string | null }): JSX.Element | null {
  const text = useText();
  if (url === null) return null;
  if (!WEB.test(url)) {
    return (
      <span class="docs-link">
        {text.docs}: <Ltr class="mono">{url}</Ltr>
      </span>
    );
  }
  return (
    <a class="docs-link" href={url} target="_blank" rel="noreferrer">
      {text.docs}
    </a>
  );
}
