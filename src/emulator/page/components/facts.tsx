import type { ComponentChildren, JSX } from 'preact';

/** Names and values in two columns. */
export function Facts({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <dl class="facts">{children}</dl>;
}

interface FactProps {
  readonly name: string;
  /** The name above the value, which has the whole width. */
  readonly tall?: boolean;
  readonly children: ComponentChildren;
}

export function Fact({ name, tall = false, children }: FactProps): JSX.Element {
  return (
    <div class={tall ? 'fact fact-tall' : 'fact'}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
