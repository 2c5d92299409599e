/**
 * @module
 * The top of the page: what is open, links, the appearance, help.
 */
import type { JSX } from 'preact';
import type { Opened } from '../interface.ts';
import { CopyButton } from './copy-button.tsx';
import { type Theme, themes } from './link.ts';
import type { State } from './state.ts';
import { keyOf, type Subject, subjectOfExample, subjectOfFolder } from './subject.ts';

interface HeaderBarProps {
  readonly state: State;
  readonly onSwitch: (subject: Subject, shown?: string) => void;
  readonly onTheme: (theme: Theme) => void;
  readonly onOpenLink: () => void;
  readonly onHelp: () => void;
  /** Undefined if no link can be made; then it has been said why. */
  readonly link: () => Promise<string | undefined>;
}

const themeWords: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' };

export function HeaderBar({ state, onSwitch, onTheme, onOpenLink, onHelp, link }: HeaderBarProps): JSX.Element {
  return (
    <header class="top">
      <h1>
        mintproc <span>playground</span>
      </h1>
      <Switcher state={state} onSwitch={onSwitch} />
      <div class="top-actions">
        <CopyButton label="Copy link" what="link" icon="link" text={link} />
        <button type="button" class="button" onClick={onOpenLink}>
          Open link
        </button>
        <label class="field-inline">
          <span class="unseen">Appearance</span>
          <select
            value={state.theme}
            onChange={({ currentTarget: { value } }) => onTheme(themes.find((theme) => theme === value) ?? 'system')}
          >
            {themes.map((theme) => (
              <option key={theme} value={theme}>
                {themeWords[theme]}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          class="button"
          aria-label="Help and shortcuts"
          title="Help and shortcuts (?)"
          onClick={onHelp}
        >
          ?
        </button>
      </div>
    </header>
  );
}

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly open: () => Subject;
  readonly shown?: string;
}

interface Group {
  readonly label: string;
  readonly choices: readonly Choice[];
}

function Switcher({ state, onSwitch }: Pick<HeaderBarProps, 'state' | 'onSwitch'>): JSX.Element {
  const groups = groupsOf(state.opened, [state.subject, ...Object.values(state.left)]);
  const value = chosenIn(state);
  const choose = (chosen: string): void => {
    const choice = groups.flatMap(({ choices }) => choices).find((one) => one.value === chosen);
    if (choice !== undefined) onSwitch(choice.open(), choice.shown);
  };
  return (
    <label class="switcher">
      <span class="unseen">Open</span>
      <select value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {groups.map(({ label, choices }) => (
          <optgroup key={label} label={label}>
            {choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

function chosenIn({ subject, opened, shown }: State): string {
  if (subject.origin.kind !== 'folder') return keyOf(subject);
  const policies = opened.folder?.policies ?? [];
  const policy = policies.find(({ file }) => file === shown) ?? policies[0];
  return policy === undefined ? 'folder' : `policy:${policy.name}`;
}

function groupsOf({ folder, examples }: Opened, open: readonly Subject[]): Group[] {
  const groups: Group[] = [];
  if (folder !== undefined) {
    const choices = folder.policies.map(
      ({ name, file }): Choice => ({
        value: `policy:${name}`,
        label: name,
        open: () => subjectOfFolder(folder),
        shown: file,
      }),
    );
    const whole: Choice = { value: 'folder', label: folder.path, open: () => subjectOfFolder(folder) };
    groups.push({ label: `Policies of ${folder.path}`, choices: choices.length === 0 ? [whole] : choices });
  }
  const example = (kind: 'workspace' | 'expression'): Choice[] =>
    examples
      .filter((one) => one.kind === kind)
      .map((one) => ({ value: `example:${one.name}`, label: one.title, open: () => subjectOfExample(one) }));
  groups.push({ label: 'Example policies', choices: example('workspace') });
  groups.push({ label: 'Example expressions', choices: example('expression') });
  const links = open.filter(({ origin }) => origin.kind === 'link');
  if (links.length > 0) {
    const choices = links.map((subject) => ({ value: keyOf(subject), label: subject.title, open: () => subject }));
    groups.push({ label: 'From links', choices });
  }
  return groups.filter(({ choices }) => choices.length > 0);
}
