import type { JSX } from 'preact';
import { useText } from '../i18n/text.ts';
import type { TrafficFilter } from '../model/filter.ts';
import { Icon } from './icon.tsx';

interface FilterBarProps {
  readonly filter: TrafficFilter;
  readonly onChange: (filter: TrafficFilter) => void;
}

export function FilterBar({ filter, onChange }: FilterBarProps): JSX.Element {
  const text = useText();
  const kinds = [
    { kind: 'all', label: text.all },
    { kind: 'delivery', label: text.deliveries },
    { kind: 'request', label: text.requests },
  ] as const;
  return (
    <search class="filter-bar">
      <span class="search-box">
        <Icon name="search" />
        <input
          type="search"
          dir="auto"
          aria-label={text.filter}
          placeholder={text.filterPlaceholder}
          value={filter.text}
          onInput={(event) => onChange({ ...filter, text: event.currentTarget.value })}
        />
      </span>
      <fieldset class="segments">
        <legend class="unseen">{text.filter}</legend>
        {kinds.map(({ kind, label }) => (
          <label key={kind} class="segment">
            <input
              type="radio"
              name="traffic-kind"
              checked={filter.kind === kind}
              onChange={() => onChange({ ...filter, kind })}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <label class="check">
        <input
          type="checkbox"
          checked={filter.failuresOnly}
          onChange={(event) => onChange({ ...filter, failuresOnly: event.currentTarget.checked })}
        />
        <span>{text.failuresOnly}</span>
      </label>
    </search>
  );
}
