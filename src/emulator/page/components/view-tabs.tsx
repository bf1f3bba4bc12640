import type { JSX } from 'preact';
import { useText } from '../i18n/text.ts';
import { usePage } from '../page-context.ts';
import { Icon, type IconName } from './icon.tsx';

/** The parts of the page, of which a phone shows one. */
export type View = 'customers' | 'chat' | 'traffic';

interface ViewTabsProps {
  readonly view: View;
  readonly onView: (view: View) => void;
}

export function ViewTabs({ view, onView }: ViewTabsProps): JSX.Element {
  const text = useText();
  const { unread } = usePage().state;
  const count = Object.values(unread).reduce((sum, each) => sum + each, 0);
  const views: readonly { name: View; icon: IconName; label: string }[] = [
    { name: 'customers', icon: 'people', label: text.customers },
    { name: 'chat', icon: 'chat', label: text.chat },
    { name: 'traffic', icon: 'list', label: text.traffic },
  ];
  return (
    <nav class="view-tabs" aria-label={text.views}>
      {views.map(({ name, icon, label }) => (
        <button
          key={name}
          type="button"
          class={`view-tab view-tab-${name}`}
          aria-current={view === name ? 'page' : undefined}
          onClick={() => onView(name)}
        >
          <Icon name={icon} />
          <span>{label}</span>
          {name === 'customers' && count > 0 && <span class="count">{count}</span>}
        </button>
      ))}
    </nav>
  );
}
