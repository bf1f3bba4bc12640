import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { api } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { usePage } from '../page-context.ts';
import { Icon } from './icon.tsx';

export const COMPOSER_ID = 'composer';

/** Where the customer writes. */
export function Composer(): JSX.Element {
  const text = useText();
  const hintId = useId();
  const { state, attempt, dispatch } = usePage();
  const [typed, setTyped] = useState('');

  async function send(): Promise<void> {
    const message = typed.trim();
    if (message === '') return;
    setTyped('');
    const answer = await attempt(() => api.say(state.phone, message));
    if (answer !== undefined) dispatch({ type: 'posted', delivery: answer.delivery });
    else setTyped((since) => (since === '' ? typed : since));
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="composer-box">
        <textarea
          id={COMPOSER_ID}
          dir="auto"
          rows={1}
          aria-label={text.composer}
          aria-describedby={hintId}
          placeholder={text.composerPlaceholder}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        <button type="submit" class="button-icon button-main" aria-label={text.send} title={text.send}>
          <Icon name="send" />
        </button>
      </div>
      <p class="composer-hint" id={hintId}>
        {text.composerHint}
      </p>
    </form>
  );
}
