import type { JSX } from 'preact';
import { useText } from '../i18n/text.ts';
import { usePage } from '../page-context.ts';
import type { Language, Theme } from '../preferences.ts';
import { prefersDark } from '../preferences.ts';
import { Icon } from './icon.tsx';
import { Ltr } from './ltr.tsx';

interface TopBarProps {
  readonly language: Language;
  readonly theme: Theme;
  readonly onLanguage: () => void;
  readonly onTheme: (theme: 'light' | 'dark') => void;
  readonly onFaults: () => void;
}

function ConnectionState(): JSX.Element {
  const text = useText();
  const { connection } = usePage().state;
  return (
    <span class={`connection connection-${connection}`} role="status">
      <span class="dot" />
      <span class="connection-word">{text[connection]}</span>
    </span>
  );
}

export function TopBar({ language, theme, onLanguage, onTheme, onFaults }: TopBarProps): JSX.Element {
  const text = useText();
  const { state } = usePage();
  const dark = theme === null ? prefersDark() : theme === 'dark';
  const count = state.faults.length;
  return (
    <header class="top-bar">
      <span class="badge" title={text.emulatorTitle}>
        {text.emulator}
      </span>
      <h1 class="top-name">{text.name}</h1>
      {state.account !== null && <Ltr class="top-url mono">{state.account.url}</Ltr>}
      <span class="spring" />
      <ConnectionState />
      <button
        type="button"
        class={count > 0 ? 'button button-warn' : 'button'}
        aria-haspopup="dialog"
        onClick={onFaults}
      >
        <Icon name="bolt" />
        <span class="label-wide">{text.faults}</span>
        {count > 0 && (
          <span class="count">
            <span aria-hidden="true">{count}</span>
            <span class="unseen">{text.faultsActive(count)}</span>
          </span>
        )}
      </button>
      <button type="button" class="button" onClick={onLanguage} lang={language === 'en' ? 'ar' : 'en'}>
        <span class="language-name">{text.otherLanguage}</span>
      </button>
      <button
        type="button"
        class="button-icon"
        aria-label={dark ? text.toLight : text.toDark}
        title={dark ? text.toLight : text.toDark}
        onClick={() => onTheme(dark ? 'light' : 'dark')}
      >
        <Icon name={dark ? 'sun' : 'moon'} />
      </button>
    </header>
  );
}
