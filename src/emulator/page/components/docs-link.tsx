import type { JSX } from 'preact';
import { useText } from '../i18n/text.ts';

const WEB = /^https?:\/\//u;

/** The page that explains a code; nothing where there is none. */
export function DocsLink({ url }: { readonly url: string | null }): JSX.Element | null {
  const text = useText();
  if (url === null || !WEB.test(url)) return null;
  return (
    <a class="docs-link" href={url} target="_blank" rel="noreferrer">
      {text.docs}
    </a>
  );
}
