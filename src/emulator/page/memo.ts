import {
  Component,
  type ComponentChild,
  type ComponentType,
  createElement,
  type FunctionComponent,
} from 'preact';

/** Keeps a component as it is while `same` says that its properties did not change. */
export function memo<Props extends object>(
  component: FunctionComponent<Props>,
  same: (before: Props, after: Props) => boolean,
): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return !same(this.props, next);
    }

    override render(): ComponentChild {
      return createElement(component, this.props);
    }
  };
}
