import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { useRovingFocus } from '../hooks.ts';
import { useText } from '../i18n/text.ts';
import { filterRecords, NO_FILTER, type TrafficFilter } from '../model/filter.ts';
import { usePage } from '../page-context.ts';
import { Empty } from './empty.tsx';
import { FilterBar } from './filter-bar.tsx';
import { TrafficRow } from './traffic-row.tsx';

const PAGE_SIZE = 100;

/** Everything that went either way, newest first. */
export function Traffic(): JSX.Element {
  const text = useText();
  const { state } = usePage();
  const [filter, setFilter] = useState<TrafficFilter>(NO_FILTER);
  const [shown, setShown] = useState(PAGE_SIZE);
  const list = useRovingFocus<HTMLOListElement>();
  const matching = useMemo(() => filterRecords(state.records, filter), [state.records, filter]);
  const visible = matching.slice(0, shown);

  function change(next: TrafficFilter): void {
    setFilter(next);
    setShown(PAGE_SIZE);
  }

  return (
    <>
      <header class="pane-head">
        <h2>{text.traffic}</h2>
        {state.records.length > 0 && (
          <span class="muted traffic-count" role="status">
            {text.shown(String(matching.length), String(state.records.length))}
          </span>
        )}
      </header>
      <FilterBar filter={filter} onChange={change} />
      <div class="traffic-scroll">
        {state.records.length === 0 && (
          <Empty icon="list" title={text.emptyTraffic}>
            <p>{text.emptyTrafficText}</p>
          </Empty>
        )}
        {state.records.length > 0 && matching.length === 0 && (
          <Empty icon="search" title={text.noMatch}>
            <button type="button" class="button" onClick={() => change(NO_FILTER)}>
              {text.clearFilter}
            </button>
          </Empty>
        )}
        <ol class="traffic-list" ref={list}>
          {visible.map((record) => (
            <TrafficRow key={record.key} record={record} open={record.key === state.openKey} />
          ))}
        </ol>
        {matching.length > shown && (
          <button type="button" class="button-quiet show-more" onClick={() => setShown(shown + PAGE_SIZE)}>
            {text.showOlder}
          </button>
        )}
      </div>
    </>
  );
}
