import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { useText } from '../i18n/text.ts';
import type { FaultParameter } from '../model/fault-types.ts';

interface ParameterFieldProps {
  readonly parameter: FaultParameter;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function ParameterField({ parameter, value, onChange }: ParameterFieldProps): JSX.Element {
  const text = useText();
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{text.parameters[parameter.name]}</label>
      {'options' in parameter ? (
        <select id={id} dir="ltr" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {parameter.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : 'text' in parameter ? (
        <input
          id={id}
          dir="ltr"
          required
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <input
          id={id}
          type="number"
          required
          min={parameter.min}
          max={parameter.max}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </div>
  );
}
