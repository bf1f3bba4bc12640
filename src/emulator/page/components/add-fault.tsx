import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { NewFaultJson } from '../../control/json-types.ts';
import { api } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { faultTypes, firstValue, readValue } from '../model/fault-types.ts';
import { usePage } from '../page-context.ts';
import { ParameterField } from './parameter-field.tsx';

const TIMES_MAX = 1_000;
const SIDES = ['send', 'delivery'] as const;

/** Sets a fault: on what, which, with what, how often. */
export function AddFault(): JSX.Element {
  const text = useText();
  const id = useId();
  const { attempt } = usePage();
  const [on, setOn] = useState<NewFaultJson['on']>('send');
  const [type, setType] = useState('status');
  const [when, setWhen] = useState<'before' | 'after'>('before');
  const [times, setTimes] = useState('1');
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const parameters = faultTypes[on].find((each) => each.type === type)?.parameters ?? [];

  function choose(side: NewFaultJson['on'], chosen: string): void {
    setOn(side);
    setType(chosen);
    setValues({});
  }

  function add(): void {
    const params = Object.fromEntries(
      parameters.map((parameter) => {
        const typed = values[parameter.name] ?? firstValue(parameter);
        return [parameter.name, readValue(parameter, typed)];
      }),
    );
    const fault = { on, type, times: Number(times), ...(on === 'send' ? { when } : {}), params };
    void attempt(() => api.addFault(fault));
  }

  return (
    <form
      class="add-fault"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <fieldset class="segments segments-wide">
        <legend class="small-label">{text.faultOn}</legend>
        {SIDES.map((side) => (
          <label key={side} class="segment">
            <input
              type="radio"
              name={`${id}-on`}
              checked={on === side}
              onChange={() => choose(side, faultTypes[side][0]?.type ?? '')}
            />
            <span>{side === 'send' ? text.onSend : text.onDelivery}</span>
          </label>
        ))}
      </fieldset>
      <div class="field">
        <label for={`${id}-type`}>{text.faultType}</label>
        <select id={`${id}-type`} value={type} onChange={(event) => choose(on, event.currentTarget.value)}>
          {faultTypes[on].map((each) => (
            <option key={each.type} value={each.type}>
              {text.faultTypes[each.type] ?? each.type}
            </option>
          ))}
        </select>
      </div>
      <div class="field-pair">
        {parameters.map((parameter) => (
          <ParameterField
            key={`${type} ${parameter.name}`}
            parameter={parameter}
            value={values[parameter.name] ?? firstValue(parameter)}
            onChange={(value) => setValues({ ...values, [parameter.name]: value })}
          />
        ))}
        <div class="field">
          <label for={`${id}-times`}>{text.faultTimes}</label>
          <input
            id={`${id}-times`}
            type="number"
            required
            min={1}
            max={TIMES_MAX}
            value={times}
            onInput={(event) => setTimes(event.currentTarget.value)}
          />
        </div>
      </div>
      {on === 'send' && (
        <div class="field">
          <label for={`${id}-when`}>{text.faultWhen}</label>
          <select
            id={`${id}-when`}
            value={when}
            onChange={(event) => setWhen(event.currentTarget.value === 'after' ? 'after' : 'before')}
          >
            <option value="before">{text.whenBefore}</option>
            <option value="after">{text.whenAfter}</option>
          </select>
        </div>
      )}
      <button type="submit" class="button button-main">
        {text.addFault}
      </button>
    </form>
  );
}
