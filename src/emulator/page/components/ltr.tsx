import type { ComponentChildren, JSX } from 'preact';

/** Phones, codes, ids, JSON: left to right in every language, and apart from the text round them. */
export function Ltr(props: { readonly class?: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <bdi dir="ltr" class={props.class}>
      {props.children}
    </bdi>
  );
}
