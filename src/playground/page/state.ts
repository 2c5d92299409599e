/**
 * @module
 * The state of the page, and what each event makes of it.
 */
import type { EvaluateAnswer, Opened, Outcome, ProfileName, RunAnswer, SaveAnswer, TextRange } from '../interface.ts';
import type { Theme } from './link.ts';
import { firstSubject, keyOf, reread, type Subject, type Task, withFile, withText } from './subject.ts';
import { type Change, changesSentence, type Minted, tokenChanges } from './token-changes.ts';

export type PaneName = 'policy' | 'request' | 'token';

/** Whether the process answers. */
export type Connection =
  | { readonly kind: 'open' }
  | { readonly kind: 'lost' }
  /** The process does not know this page, or refuses what it sent. */
  | { readonly kind: 'refused'; readonly isLocked: boolean; readonly message: string };

export interface Notice {
  readonly tone: 'info' | 'error';
  readonly text: string;
  /** A file that somebody else has changed. */
  readonly conflict?: string;
}

export type Answer =
  | { readonly call: 'run'; readonly answer: RunAnswer }
  | { readonly call: 'evaluate'; readonly answer: EvaluateAnswer };

export interface State {
  readonly opened: Opened;
  readonly subject: Subject;
  /** What was open before, with its changes. */
  readonly left: Readonly<Record<string, Subject>>;
  /** The file that the editor shows. */
  readonly shown: string;
  readonly caseView: 'form' | 'yaml';
  /** The only pane of a narrow page. */
  readonly pane: PaneName;
  readonly theme: Theme;
  readonly connection: Connection;
  readonly isBusy: boolean;
  /** The last one for this subject. */
  readonly answer: Answer | undefined;
  /** The last outcome; after an error it is older than the answer. */
  readonly outcome: Outcome | undefined;
  /** By name of the policy: what the last change has changed in its token. */
  readonly changes: Readonly<Record<string, readonly Change[]>>;
  readonly marked: TextRange | undefined;
  /** How often the user went to a place: each time, the editor moves cursor and focus there. */
  readonly visit: number | undefined;
  readonly notice: Notice | undefined;
  /** For screen readers, when a run has changed something. */
  readonly announcement: string;
}

export type Event =
  | { readonly kind: 'text'; readonly name: string; readonly text: string }
  | { readonly kind: 'profile'; readonly profile: ProfileName }
  | { readonly kind: 'switch'; readonly subject: Subject; readonly shown?: string; readonly notice?: Notice }
  | { readonly kind: 'show'; readonly file: string }
  | { readonly kind: 'caseView'; readonly view: State['caseView'] }
  | { readonly kind: 'pane'; readonly pane: PaneName }
  | { readonly kind: 'theme'; readonly theme: Theme }
  | { readonly kind: 'mark'; readonly range: TextRange | undefined }
  | { readonly kind: 'goTo'; readonly range: TextRange }
  | { readonly kind: 'busy'; readonly isBusy: boolean }
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'answered'; readonly task: Task; readonly answer: Answer }
  | { readonly kind: 'saved'; readonly name: string; readonly text: string; readonly answer: SaveAnswer }
  | { readonly kind: 'revert'; readonly name: string }
  | { readonly kind: 'reopened'; readonly opened: Opened }
  | { readonly kind: 'notice'; readonly notice: Notice | undefined };

export type Dispatch = (event: Event) => void;

export function firstState(opened: Opened): State {
  const subject = firstSubject(opened);
  return {
    opened,
    subject,
    left: {},
    shown: firstText(subject),
    caseView: 'form',
    pane: 'policy',
    theme: 'system',
    connection: { kind: 'open' },
    isBusy: false,
    answer: undefined,
    outcome: undefined,
    changes: {},
    marked: undefined,
    visit: undefined,
    notice: undefined,
    announcement: '',
  };
}

function firstText(subject: Subject): string {
  return subject.kind === 'expression' ? 'expression' : (subject.files[0]?.name ?? '');
}

type Handlers = { readonly [Kind in Event['kind']]: (state: State, event: Extract<Event, { kind: Kind }>) => State };

const handlers: Handlers = {
  text: (state, { name, text }) => ({ ...state, subject: withText(state.subject, name, text), marked: undefined }),
  profile: (state, { profile }) =>
    state.subject.kind === 'expression' ? { ...state, subject: { ...state.subject, profile } } : state,
  switch: switched,
  show: (state, { file }) => ({ ...state, shown: file, marked: undefined }),
  caseView: (state, { view }) => ({ ...state, caseView: view, marked: undefined }),
  pane: (state, { pane }) => ({ ...state, pane }),
  theme: (state, { theme }) => ({ ...state, theme }),
  // A file that is not shown is not opened by a pointer that passes.
  mark: (state, { range }) => (range === undefined || range.file === state.shown ? { ...state, marked: range } : state),
  goTo: (state, { range }) => goneTo(state, range),
  busy: (state, { isBusy }) => ({ ...state, isBusy }),
  connection: (state, { connection }) => ({ ...state, connection }),
  answered,
  saved,
  revert: (state, { name }) => {
    const { subject } = state;
    const file = subject.kind === 'workspace' ? subject.files.find((one) => one.name === name) : undefined;
    return file === undefined ? state : { ...state, subject: withText(subject, name, file.saved), marked: undefined };
  },
  reopened: (state, { opened }) => {
    const { subject } = state;
    const isFolder = subject.kind === 'workspace' && subject.origin.kind === 'folder';
    if (!isFolder || opened.folder === undefined) return { ...state, opened };
    const text = 'The files were read again. What you have changed is still here; Revert shows what is on disk.';
    return { ...state, opened, subject: reread(subject, opened.folder), notice: { tone: 'info', text } };
  },
  notice: (state, { notice }) => ({ ...state, notice }),
};

export function next(state: State, event: Event): State {
  const handle = handlers[event.kind] as (state: State, event: Event) => State;
  return handle(state, event);
}

/** What was open keeps its changes for when it is opened again. */
function switched(state: State, { subject, shown, notice }: Extract<Event, { kind: 'switch' }>): State {
  const key = keyOf(subject);
  if (key === keyOf(state.subject)) return { ...state, shown: shown ?? state.shown, marked: undefined };
  const { [key]: opened = subject, ...others } = state.left;
  return {
    ...state,
    subject: opened,
    left: { ...others, [keyOf(state.subject)]: state.subject },
    shown: shown ?? firstText(opened),
    answer: undefined,
    outcome: undefined,
    changes: {},
    marked: undefined,
    notice,
    announcement: '',
  };
}

function goneTo(state: State, range: TextRange): State {
  const visit = (state.visit ?? 0) + 1;
  if (range.file === 'case' || range.file === 'context') {
    return { ...state, caseView: 'yaml', pane: 'request', marked: range, visit };
  }
  return { ...state, shown: range.file, pane: 'policy', marked: range, visit };
}

function answered(state: State, { task, answer }: Extract<Event, { kind: 'answered' }>): State {
  // It may have come after another subject was opened.
  if (task.key !== keyOf(state.subject)) return state;
  const open = { ...state, connection: { kind: 'open' } as const, answer };
  if (answer.call === 'evaluate') return { ...open, announcement: spokenValue(answer.answer) };
  const { outcome } = answer.answer;
  if (outcome === undefined) return { ...open, announcement: spokenErrors(answer.answer) };
  const changes = changesBetween(state.outcome, outcome);
  return {
    ...open,
    outcome,
    // A run that has changed nothing leaves the last difference visible.
    changes: Object.keys(changes).length > 0 ? changes : stillThere(state.changes, outcome),
    announcement: spokenOutcome(state.outcome, outcome, changes),
  };
}

function mintedOf(outcome: Outcome): Map<string, Minted> {
  return new Map(
    outcome.policies.flatMap(({ name, token }) => (token === undefined ? [] : [[name, { token, at: outcome.at }]])),
  );
}

function changesBetween(before: Outcome | undefined, after: Outcome): Record<string, readonly Change[]> {
  if (before === undefined) return {};
  const old = mintedOf(before);
  const changed: [string, readonly Change[]][] = [];
  for (const [name, minted] of mintedOf(after)) {
    const was = old.get(name);
    const changes = was === undefined ? [] : tokenChanges(was, minted);
    if (changes.length > 0) changed.push([name, changes]);
  }
  return Object.fromEntries(changed);
}

function stillThere(changes: State['changes'], outcome: Outcome): State['changes'] {
  const minted = mintedOf(outcome);
  return Object.fromEntries(Object.entries(changes).filter(([name]) => minted.has(name)));
}

function spokenOutcome(before: Outcome | undefined, after: Outcome, changes: State['changes']): string {
  if (before === undefined || before.sentence !== after.sentence) return after.sentence;
  return Object.values(changes).map(changesSentence).join(' ');
}

function spokenErrors({ problems }: RunAnswer | EvaluateAnswer): string {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return '';
  return `${errors.length === 1 ? 'One error' : `${errors.length} errors`}: ${first.message}`;
}

function spokenValue(answer: EvaluateAnswer): string {
  if (answer.error !== undefined) return `Error: ${answer.error.message}`;
  return answer.json === undefined ? spokenErrors(answer) : `Result: ${answer.json.slice(0, 200)}`;
}

/** The text that was sent is the saved one; what was typed since is a change. */
function saved(state: State, { name, text, answer }: Extract<Event, { kind: 'saved' }>): State {
  const { subject } = state;
  if (subject.kind !== 'workspace' || subject.origin.kind !== 'folder') return state;
  if (answer.ok) {
    const notice: Notice = { tone: 'info', text: `${name} is saved.` };
    return { ...state, subject: withFile(subject, name, { saved: text, version: answer.version }), notice };
  }
  const notice: Notice = { tone: 'error', text: answer.message };
  return { ...state, notice: answer.reason === 'conflict' ? { ...notice, conflict: name } : notice };
}
