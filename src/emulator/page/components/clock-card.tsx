import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ClockChangeJson, ClockJson } from '../../control/json-types.ts';
import { api } from '../api.ts';
import { useNow } from '../hooks.ts';
import { useText } from '../i18n/text.ts';
import { dayOf, spanText, timeOfDay } from '../model/time-text.ts';
import { usePage } from '../page-context.ts';
import { Ltr } from './ltr.tsx';

/** Past an hour, and past the day's limits. */
const SPANS = ['1h', '25h'] as const;
/** Less than this is how long a request takes, not a moved clock. */
const MOVED_MS = 2_000;

/** The emulator's clock, which can be moved: for daily limits and for timestamps that are too old. */
export function ClockCard({ clock }: { readonly clock: ClockJson }): JSX.Element {
  const text = useText();
  const now = useNow();
  const { attempt } = usePage();
  const [typing, setTyping] = useState(false);
  const [span, setSpan] = useState('');
  const at = new Date(now + clock.offsetMs).toISOString();
  const moved = Math.abs(clock.offsetMs) >= MOVED_MS;

  const move = (change: ClockChangeJson): Promise<unknown> => attempt(() => api.moveClock(change));

  return (
    <fieldset class="clock">
      <legend class="small-label">{text.clock}</legend>
      <p class="clock-time">
        <Ltr class="mono">
          {dayOf(at)} {timeOfDay(at)}
        </Ltr>
        {moved && (
          <span class="tag tag-warn">
            <Ltr>
              {clock.offsetMs > 0 && '+'}
              {spanText(clock.offsetMs)}
            </Ltr>
          </span>
        )}
      </p>
      <div class="clock-buttons">
        {SPANS.map((each) => (
          <button
            key={each}
            type="button"
            class="button button-small"
            aria-label={text.advance(each)}
            onClick={() => void move({ advance: each })}
          >
            <Ltr>+{each}</Ltr>
          </button>
        ))}
        <button
          type="button"
          class="button button-small"
          aria-expanded={typing}
          onClick={() => setTyping(!typing)}
        >
          {text.advanceCustom}
        </button>
        {moved && (
          <button
            type="button"
            class="button button-small"
            aria-label={text.clockReset}
            title={text.clockReset}
            onClick={() => void move({ reset: true })}
          >
            {text.clockResetShort}
          </button>
        )}
      </div>
      {typing && (
        <form
          class="clock-custom"
          onSubmit={(event) => {
            event.preventDefault();
            if (span.trim() !== '') void move({ advance: span.trim() });
          }}
        >
          <input
            aria-label={text.advanceBy}
            dir="ltr"
            placeholder="90m, 36h, 2d"
            value={span}
            onInput={(event) => setSpan(event.currentTarget.value)}
          />
          <button type="submit" class="button button-small">
            {text.go}
          </button>
        </form>
      )}
    </fieldset>
  );
}
