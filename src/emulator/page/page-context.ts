import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Customer } from './model/customers.ts';
import { type Action, initialState, type PageState } from './model/store.ts';

/** What every part of the page may read and do. */
export interface Page {
  readonly state: PageState;
  readonly dispatch: (action: Action) => void;
  readonly customers: readonly Customer[];
  /** Does something with the emulator; a failure is shown to the user and answered with `undefined`. */
  readonly attempt: <Result>(work: () => Promise<Result>) => Promise<Result | undefined>;
  /** Shows a record's detail; on a phone the traffic comes to the front. */
  readonly openRecord: (key: string) => void;
}

export const PageContext = createContext<Page>({
  state: initialState(''),
  dispatch: () => undefined,
  customers: [],
  attempt: async () => undefined,
  openRecord: () => undefined,
});

export function usePage(): Page {
  return useContext(PageContext);
}
