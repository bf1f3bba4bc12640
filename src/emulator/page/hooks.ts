import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

const SECOND_MS = 1_000;

/** The time of this computer, anew every second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function steps(key: string, axis: 'vertical' | 'horizontal', rightToLeft: boolean): number | undefined {
  if (axis === 'vertical') return { ArrowDown: 1, ArrowUp: -1 }[key];
  const onward = rightToLeft ? -1 : 1;
  return { ArrowRight: onward, ArrowLeft: -onward }[key];
}

function target(
  items: readonly HTMLElement[],
  key: string,
  at: number,
  step: number | undefined,
): HTMLElement | undefined {
  if (key === 'Home') return items[0];
  if (key === 'End') return items.at(-1);
  return step === undefined ? undefined : items[Math.min(Math.max(at + step, 0), items.length - 1)];
}

/**
 * Makes a list one stop of the Tab key, whose elements with `data-roving` are walked through with the arrows, Home
 * and End. The stop is the element that had the focus last, or else the current one, or else the first, or the last where a list grows at its end.
 */
export function useRovingFocus<Element extends HTMLElement>(
  axis: 'vertical' | 'horizontal' = 'vertical',
  start: 'first' | 'last' = 'first',
): RefObject<Element | null> {
  const ref = useRef<Element>(null);
  const last = useRef<HTMLElement | null>(null);

  function itemsOf(list: Element): readonly HTMLElement[] {
    return [...list.querySelectorAll<HTMLElement>('[data-roving]')];
  }

  function placeStop(list: Element): void {
    const items = itemsOf(list);
    const chosen = (name: string) => items.find((item) => item.getAttribute(name) === 'true');
    const kept = items.find((item) => item === last.current);
    const stop =
      kept ?? chosen('aria-current') ?? chosen('aria-selected') ?? items.at(start === 'first' ? 0 : -1);
    for (const item of items) item.tabIndex = item === stop ? 0 : -1;
  }

  useLayoutEffect(() => {
    if (ref.current !== null) placeStop(ref.current);
  });

  useEffect(() => {
    const list = ref.current;
    if (list === null) return;
    const onKey = (event: KeyboardEvent): void => {
      const items = itemsOf(list);
      const at = items.findIndex((item) => item.matches(':focus'));
      if (at < 0) return;
      const step = steps(event.key, axis, document.documentElement.dir === 'rtl');
      const next = target(items, event.key, at, step);
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
    };
    const onFocus = (event: FocusEvent): void => {
      if (event.target instanceof HTMLElement && event.target.dataset.roving !== undefined) {
        last.current = event.target;
        placeStop(list);
      }
    };
    list.addEventListener('keydown', onKey);
    list.addEventListener('focusin', onFocus);
    return () => {
      list.removeEventListener('keydown', onKey);
      list.removeEventListener('focusin', onFocus);
    };
  }, [axis]);

  return ref;
}
