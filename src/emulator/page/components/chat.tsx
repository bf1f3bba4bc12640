import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api } from '../api.ts';
import { useRovingFocus } from '../hooks.ts';
import { useText } from '../i18n/text.ts';
import { conversationWith } from '../model/conversation.ts';
import { usePage } from '../page-context.ts';
import { ChatLineView } from './chat-line.tsx';
import { Composer } from './composer.tsx';
import { Confirm } from './confirm.tsx';
import { Empty } from './empty.tsx';
import { Icon } from './icon.tsx';
import { Ltr } from './ltr.tsx';

const PAGE_SIZE = 60;
/** So near to the end counts as at the end, and new messages keep it there. */
const NEAR_END_PX = 120;

function ChatHead(): JSX.Element {
  const text = useText();
  const { state, customers, attempt, dispatch } = usePage();
  const [asking, setAsking] = useState(false);
  const suppressed = state.account?.suppressed.includes(state.phone) === true;
  const name = customers.find(({ phone }) => phone === state.phone)?.name ?? null;

  async function optOut(): Promise<void> {
    const answer = await attempt(() => api.optOut(state.phone));
    if (answer !== undefined) dispatch({ type: 'posted', delivery: answer.delivery });
  }

  async function undo(): Promise<void> {
    const account = await attempt(() => api.change({ unsuppress: [state.phone] }));
    if (account !== undefined) dispatch({ type: 'account', account });
  }

  return (
    <>
      <header class="pane-head">
        <h2 class="chat-title" aria-label={text.chatWith(name ?? state.phone)}>
          {name === null ? <Ltr>{state.phone}</Ltr> : <bdi class="clip">{name}</bdi>}
          {name !== null && <Ltr class="muted chat-phone">{state.phone}</Ltr>}
        </h2>
        {!suppressed && (
          <button
            type="button"
            class="button button-small"
            aria-haspopup="dialog"
            onClick={() => setAsking(true)}
          >
            {text.optOut}
          </button>
        )}
      </header>
      {suppressed && (
        <div class="strip strip-bad" role="status">
          <Icon name="ban" />
          <span>{text.suppressed}</span>
          <button type="button" class="button button-small" onClick={() => void undo()}>
            {text.undoOptOut}
          </button>
        </div>
      )}
      <Confirm
        open={asking}
        title={text.optOutTitle}
        message={text.optOutText}
        confirm={text.optOutConfirm}
        onConfirm={() => void optOut()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}

/** The lines of the open chat. Keyed by the customer, so that each chat begins at its end. */
function ChatLines(): JSX.Element {
  const text = useText();
  const { state } = usePage();
  const [shown, setShown] = useState(PAGE_SIZE);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const list = useRovingFocus<HTMLOListElement>('vertical', 'last');
  const lines = useMemo(() => conversationWith(state.phone, state.records), [state.phone, state.records]);
  const visible = lines.slice(-shown);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines]);

  return (
    <div
      class="chat-lines"
      ref={scroller}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      }}
    >
      {lines.length === 0 && (
        <Empty icon="chat" title={text.emptyChat}>
          <p>{text.emptyChatText}</p>
        </Empty>
      )}
      {lines.length > shown && (
        <button type="button" class="button-quiet show-more" onClick={() => setShown(shown + PAGE_SIZE)}>
          {text.earlier}
        </button>
      )}
      <ol ref={list}>
        {visible.map((line) => (
          <ChatLineView key={line.key} line={line} />
        ))}
      </ol>
    </div>
  );
}

/** Reads the app's newest message out, once; the list itself would be read whole. */
function Announcer(): JSX.Element {
  const text = useText();
  const { heard } = usePage().state;
  const message =
    heard === null
      ? ''
      : heard.messageId === null
        ? text.newRefusal(heard.code ?? heard.fault ?? '')
        : text.newMessage(heard.text ?? '');
  return (
    <p class="unseen" role="log" aria-live="polite" aria-label={text.app}>
      {message}
    </p>
  );
}

export function Chat(): JSX.Element {
  const { state } = usePage();
  return (
    <>
      <ChatHead key={`head ${state.phone}`} />
      <ChatLines key={`lines ${state.phone}`} />
      <Composer key={`composer ${state.phone}`} />
      <Announcer />
    </>
  );
}
