/**
 * @module
 * A list of tabs: one stop of the Tab key, arrows go from one to the next (WAI-ARIA Authoring Practices, Tabs).
 */
import type { JSX, TargetedKeyboardEvent } from 'preact';

export interface Tab<Name extends string> {
  readonly name: Name;
  readonly label: string;
  /** Behind the label, such as a mark of a change; with words for screen readers. */
  readonly mark?: { readonly sign: string; readonly words: string };
}

interface TabsProps<Name extends string> {
  /** Begins the ids of the tabs and of the panel. */
  readonly id: string;
  readonly label: string;
  readonly tabs: readonly Tab<Name>[];
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
}

const steps: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowRight: (index, count) => (index + 1) % count,
  ArrowLeft: (index, count) => (index + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export function Tabs<Name extends string>({ id, label, tabs, chosen, onChoose }: TabsProps<Name>): JSX.Element {
  const index = tabs.findIndex(({ name }) => name === chosen);
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const tab = tabs[steps[event.key]?.(index, tabs.length) ?? -1];
    if (tab === undefined) return;
    event.preventDefault();
    onChoose(tab.name);
    event.currentTarget.querySelector<HTMLElement>(`#${CSS.escape(tabId(id, tab.name))}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ name, label: text, mark }) => (
        <button
          key={name}
          id={tabId(id, name)}
          type="button"
          role="tab"
          aria-selected={name === chosen}
          aria-controls={panelId(id)}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {text}
          {mark && (
            <span class="tab-mark" title={mark.words}>
              <span aria-hidden="true">{mark.sign}</span>
              <span class="unseen">, {mark.words}</span>
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

export function tabId(id: string, name: string): string {
  return `${id}-tab-${name.replace(/[^\w-]/g, '_')}`;
}

export function panelId(id: string): string {
  return `${id}-panel`;
}
