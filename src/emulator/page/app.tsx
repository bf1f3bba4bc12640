import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { ApiError } from './api.ts';
import { Chat } from './components/chat.tsx';
import { COMPOSER_ID } from './components/composer.tsx';
import { CustomerList } from './components/customer-list.tsx';
import { FaultsDrawer } from './components/faults-drawer.tsx';
import { GatewayCard } from './components/gateway-card.tsx';
import { LostStrip, Toast } from './components/notices.tsx';
import { RecordDetail } from './components/record-detail.tsx';
import { TopBar } from './components/top-bar.tsx';
import { Traffic } from './components/traffic.tsx';
import { type View, ViewTabs } from './components/view-tabs.tsx';
import { followFeed } from './feed.ts';
import { dictionaries, LanguageContext } from './i18n/text.ts';
import { type Customer, everybody, firstCustomers, loadCustomers, saveCustomers } from './model/customers.ts';
import { phonesOf } from './model/records.ts';
import { initialState, reduce } from './model/store.ts';
import { type Page, PageContext } from './page-context.ts';
import type { Language, Theme } from './preferences.ts';
import { applyLanguage, applyTheme, rememberLanguage, rememberTheme } from './preferences.ts';

const FIRST_PHONE = firstCustomers[0]?.phone ?? '';

interface AppProps {
  readonly firstLanguage: Language;
  readonly firstTheme: Theme;
}

function focusComposer(): void {
  document.getElementById(COMPOSER_ID)?.focus();
}

/** Focuses the line of a record, or the list where it is not drawn. */
function focusRow(id: string | undefined): void {
  const row = [...document.querySelectorAll<HTMLElement>('[data-record]')].find(
    ({ dataset }) => dataset.record === id,
  );
  (row ?? document.querySelector<HTMLElement>('.traffic-list [tabindex="0"]'))?.focus();
}

export function App({ firstLanguage, firstTheme }: AppProps): JSX.Element {
  const [state, dispatch] = useReducer(reduce, FIRST_PHONE, initialState);
  const [language, setLanguage] = useState(firstLanguage);
  const [theme, setTheme] = useState(firstTheme);
  const [view, setView] = useState<View>('chat');
  const [added, setAdded] = useState(() => loadCustomers(localStorage));
  const [faultsOpen, setFaultsOpen] = useState(false);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  const openedFrom = useRef<Element | null>(null);
  const text = dictionaries[language];

  useEffect(() => followFeed(dispatch), []);
  useEffect(() => {
    document.title = `${text.emulator} · ${text.name}`;
  }, [text]);

  const customers = useMemo(() => everybody(added, phonesOf(state.records)), [added, state.records]);

  const attempt = useCallback(async <Result,>(work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      const result = await work();
      setTrouble(null);
      return result;
    } catch (error) {
      setTrouble(error instanceof ApiError ? error : new ApiError('unexpected', String(error)));
      return undefined;
    }
  }, []);

  const openRecord = useCallback((key: string): void => {
    const { activeElement } = document;
    if (activeElement?.closest('.detail') === null) openedFrom.current = activeElement;
    dispatch({ type: 'open-record', key });
    setView('traffic');
  }, []);

  function closeRecord(): void {
    const key = state.openKey;
    const record = state.records.find((each) => each.key === key);
    dispatch({ type: 'close-record' });
    const from = openedFrom.current;
    const fromChat = from instanceof HTMLElement && from.closest('.chat') !== null;
    if (fromChat) setView('chat');
    requestAnimationFrame(() => {
      if (fromChat && from.isConnected) from.focus();
      else focusRow(record?.value.id);
    });
  }

  function changeLanguage(): void {
    const next = language === 'en' ? 'ar' : 'en';
    applyLanguage(next);
    rememberLanguage(next);
    setLanguage(next);
  }

  function changeTheme(next: 'light' | 'dark'): void {
    applyTheme(next);
    rememberTheme(next);
    setTheme(next);
  }

  function choose(phone: string): void {
    dispatch({ type: 'choose-customer', phone });
    setView('chat');
  }

  function add(customer: Customer): void {
    const next = [...added.filter(({ phone }) => phone !== customer.phone), customer];
    setAdded(next);
    saveCustomers(localStorage, next);
    choose(customer.phone);
  }

  const page: Page = { state, dispatch, customers, attempt, openRecord };
  return (
    <LanguageContext.Provider value={language}>
      <PageContext.Provider value={page}>
        <button
          type="button"
          class="skip"
          onClick={() => {
            setView('chat');
            requestAnimationFrame(focusComposer);
          }}
        >
          {text.skip}
        </button>
        <TopBar
          language={language}
          theme={theme}
          onLanguage={changeLanguage}
          onTheme={changeTheme}
          onFaults={() => setFaultsOpen(true)}
        />
        <LostStrip />
        <main class={state.openKey === null ? 'panes' : 'panes panes-detail'} data-view={view}>
          <section class="pane side" aria-label={text.customers}>
            <CustomerList onChoose={choose} onAdd={add} />
            <GatewayCard />
          </section>
          <section class="pane chat" aria-label={text.chat}>
            <Chat />
          </section>
          <section class="pane traffic" aria-label={text.traffic}>
            <Traffic />
          </section>
          <section class="pane detail" aria-label={text.detail}>
            <RecordDetail onClose={closeRecord} />
          </section>
        </main>
        <ViewTabs view={view} onView={setView} />
        <FaultsDrawer open={faultsOpen} onClose={() => setFaultsOpen(false)} />
        <Toast trouble={trouble} onDismiss={() => setTrouble(null)} />
      </PageContext.Provider>
    </LanguageContext.Provider>
  );
}
