/**
 * @module
 * Names with values, one row each. A row that is not complete stays in the form until it can be written.
 */
import type { JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import type { Row } from './case-text.ts';
import { Icon } from './icon.tsx';

interface RowsFieldProps {
  readonly label: string;
  /** What one row is. */
  readonly one: string;
  readonly rows: readonly Row[];
  readonly isValid?: (value: string) => boolean;
  readonly onChange: (rows: readonly Row[]) => void;
}

interface Draft {
  readonly rows: readonly Row[];
  /** What of it was written. */
  readonly written: string;
}

export function RowsField({ label, one, rows, isValid = () => true, onChange }: RowsFieldProps): JSX.Element {
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const [draft, setDraft] = useState<Draft>();
  const given = sorted(rows);
  // A change from elsewhere, such as a preset, replaces what is being typed.
  const shown = draft !== undefined && draft.written === given ? draft.rows : rows;
  const isComplete = ([name, value]: Row): boolean => name !== '' && isValid(value);
  const change = (next: readonly Row[]): void => {
    const complete = next.filter(isComplete);
    setDraft({ rows: next, written: sorted(complete) });
    if (sorted(complete) !== given) onChange(complete);
  };
  const add = (): void => {
    change([...shown, ['', '']]);
    requestAnimationFrame(() => list.current?.querySelector<HTMLInputElement>('li:last-child input')?.focus());
  };
  const remove = (index: number): void => {
    change(shown.filter((_, at) => at !== index));
    list.current?.parentElement?.querySelector<HTMLElement>('.add-row')?.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is inside a fieldset already
    <div class="rows" role="group" aria-labelledby={id}>
      <span id={id} class="rows-label">
        {label}
      </span>
      <ul ref={list}>
        {shown.map(([name, value], index) => (
          <li key={index}>
            <input
              type="text"
              value={name}
              aria-label={`Name of ${one} ${index + 1}`}
              placeholder="name"
              autoComplete="off"
              spellcheck={false}
              onInput={({ currentTarget }) => change(shown.with(index, [currentTarget.value, value]))}
            />
            <input
              type="text"
              value={value}
              aria-label={`Value of ${one} ${name === '' ? index + 1 : name}`}
              aria-invalid={!isValid(value)}
              placeholder="value"
              autoComplete="off"
              spellcheck={false}
              onInput={({ currentTarget }) => change(shown.with(index, [name, currentTarget.value]))}
            />
            <button
              type="button"
              class="button is-quiet"
              aria-label={`Remove ${one} ${name === '' ? index + 1 : name}`}
              onClick={() => remove(index)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="button is-quiet add-row" onClick={add}>
        <Icon name="plus" />
        Add {one}
      </button>
    </div>
  );
}

/** The same for the same rows in any order: rows of one name come together in the YAML. */
function sorted(rows: readonly Row[]): string {
  return JSON.stringify([...rows].sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
}
