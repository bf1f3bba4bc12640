import type { JSX } from 'preact';

const paths = {
  out: 'M4 10h11M11 6l4 4-4 4',
  in: 'M16 10H5M9 6l-4 4 4 4',
  back: 'M12 5l-5 5 5 5',
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  plus: 'M10 4.5v11M4.5 10h11',
  bolt: 'M11 2.5L4.5 11.5H9.5L9 17.5L15.5 8.5H10.5z',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.3 4.3l1.2 1.2M14.5 14.5l1.2 1.2M4.3 15.7l1.2-1.2M14.5 5.5l1.2-1.2',
  moon: 'M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z',
  send: 'M3.5 10L16.5 4l-4 12.5-3-5z',
  people:
    'M7.5 9.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5zM2.5 16a5 5 0 0 1 10 0M13 4.3a2.75 2.75 0 0 1 0 5M14.5 11.5a5 5 0 0 1 3 4.5',
  chat: 'M3.5 4.5h13v9H9l-3.5 3v-3h-2z',
  list: 'M7 5.5h9.5M7 10h9.5M7 14.5h9.5M3.5 5.5h.01M3.5 10h.01M3.5 14.5h.01',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM12.7 12.7L16.5 16.5',
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  warn: 'M10 3.5L17.5 16.5H2.5zM10 8.5v3.5M10 14.2h.01',
  ban: 'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM5.4 5.4l9.2 9.2',
  again: 'M15.5 8A6 6 0 1 0 16 11.5M16 4v4.2h-4.2',
  globe:
    'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM3 10h14M10 3c2.2 2 3.2 4.400 3.200 7s-1 5-3.200 7c-2.200-2-3.200-4.400-3.200-7s1-5 3.200-7',
} as const;

/** These point somewhere, so they turn round where the text runs from right to left. */
const DIRECTED: ReadonlySet<string> = new Set(['out', 'in', 'back', 'send', 'list', 'chat']);

export type IconName = keyof typeof paths;

/** A picture beside a word: screen readers skip it. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class={DIRECTED.has(name) ? 'icon icon-directed' : 'icon'} viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
