/**
 * @module
 * The page: it keeps the state, asks the process after each change, and shows three panes.
 */
import type { JSX } from 'preact';
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { Opened } from '../interface.ts';
import { call } from './call.ts';
import { HeaderBar } from './header-bar.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { keyInSubject } from './key-in-text.ts';
import { fromFragment, isLink, type Linked, toFragment } from './link.ts';
import { LinkDialog } from './link-dialog.tsx';
import { Notices } from './notices.tsx';
import { PolicyPane } from './policy-pane.tsx';
import { RequestPane } from './request-pane.tsx';
import { ResultPane } from './result-pane.tsx';
import { type Reply, RunLoop } from './run-loop.ts';
import { usePageKeys } from './shortcuts.tsx';
import { type Answer, type Dispatch, type Event, firstState, next, type PaneName, type State } from './state.ts';
import { isChanged, isUnsaved, type OpenFile, type Task, taskOf } from './subject.ts';
import { TokenPane } from './token-pane.tsx';

interface AppProps {
  readonly opened: Opened;
  readonly nonce: string;
  /** What the page was opened with. */
  readonly linked: Linked | undefined;
  readonly isBadLink: boolean;
}

const fromLinkText =
  'This comes from a link. It is open as files in memory: no file of yours is read, and nothing is saved.';
const badLinkText = 'The link is damaged or not a link of the playground, so it was not opened.';

export function App({ opened, nonce, linked, isBadLink }: AppProps): JSX.Element {
  const [state, dispatch] = useReducer<State, Event>(next, started(opened, linked, isBadLink));
  const [dialog, setDialog] = useState<'help' | 'link'>();
  const loop = useMemo(() => loopFor(dispatch), []);
  const latest = useRef(state);
  latest.current = state;

  const { subject } = state;
  useEffect(() => loop.change(taskOf(subject)), [subject]);
  useEffect(() => () => loop.stop(), []);
  useEffect(() => {
    document.documentElement.dataset['theme'] = state.theme;
  }, [state.theme]);
  useLeaving(latest);
  useLinks(dispatch);

  const save = (file: OpenFile): void => void saveFile(file, dispatch);
  usePageKeys({
    onHelp: () => setDialog('help'),
    onRun: () => loop.now(taskOf(latest.current.subject)),
    onSave: () => {
      const file = savable(latest.current);
      if (file !== undefined) save(file);
    },
    onPane: (pane) => dispatch({ kind: 'pane', pane }),
  });

  const problems = state.answer?.answer.problems ?? [];
  const parts = { state, problems, nonce, dispatch };
  return (
    <>
      <SkipLinks onPane={(pane) => dispatch({ kind: 'pane', pane })} />
      <HeaderBar
        state={state}
        onSwitch={(to, shown) => dispatch({ kind: 'switch', subject: to, ...(shown === undefined ? {} : { shown }) })}
        onTheme={(theme) => dispatch({ kind: 'theme', theme })}
        onOpenLink={() => setDialog('link')}
        onHelp={() => setDialog('help')}
        link={() => linkOf(latest.current, dispatch)}
      />
      <Notices state={state} dispatch={dispatch} onReread={() => void rereadFolder(dispatch)} />
      <PaneSwitch state={state} onPane={(pane) => dispatch({ kind: 'pane', pane })} />
      <main class={`panes shows-${state.pane}`}>
        <PolicyPane {...parts} onSave={save} />
        <RequestPane {...parts} />
        {subject.kind === 'workspace' ? (
          <TokenPane state={state} dispatch={dispatch} />
        ) : (
          <ResultPane
            answer={state.answer?.call === 'evaluate' ? state.answer.answer : undefined}
            isBusy={state.isBusy}
          />
        )}
      </main>
      <p class="unseen" role="status">
        {state.announcement}
      </p>
      {dialog === 'help' && <HelpDialog version={opened.version} onClose={() => setDialog(undefined)} />}
      {dialog === 'link' && (
        <LinkDialog
          onOpen={(link) => {
            openLinked(link, dispatch);
            setDialog(undefined);
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  );
}

function started(opened: Opened, linked: Linked | undefined, isBadLink: boolean): State {
  const first = firstState(opened);
  if (isBadLink) return { ...first, notice: { tone: 'error', text: badLinkText } };
  if (linked === undefined) return first;
  const { subject, theme } = linked;
  const state = next(first, { kind: 'switch', subject, notice: { tone: 'info', text: fromLinkText } });
  return { ...state, theme, left: {} };
}

function loopFor(dispatch: Dispatch): RunLoop<Task, Answer> {
  return new RunLoop<Task, Answer>({
    ask: answerTo,
    onBusy: (isBusy) => dispatch({ kind: 'busy', isBusy }),
    onReply: (reply, task) => {
      if (reply.kind === 'answer') dispatch({ kind: 'answered', task, answer: reply.answer });
      else dispatch({ kind: 'connection', connection: reply });
    },
  });
}

async function answerTo(task: Task): Promise<Reply<Answer>> {
  if (task.call === 'run') {
    const reply = await call('run', task.body);
    return reply.kind === 'answer' ? { kind: 'answer', answer: { call: 'run', answer: reply.answer } } : reply;
  }
  const reply = await call('evaluate', task.body);
  return reply.kind === 'answer' ? { kind: 'answer', answer: { call: 'evaluate', answer: reply.answer } } : reply;
}

async function saveFile({ name, text, version }: OpenFile, dispatch: Dispatch): Promise<void> {
  if (version === undefined) return;
  const reply = await call('save', { name, text, version });
  if (reply.kind === 'answer') dispatch({ kind: 'saved', name, text, answer: reply.answer });
  else if (reply.kind === 'refused') dispatch({ kind: 'notice', notice: { tone: 'error', text: reply.message } });
  else dispatch({ kind: 'connection', connection: reply });
}

async function rereadFolder(dispatch: Dispatch): Promise<void> {
  const reply = await call('open', {});
  if (reply.kind === 'answer') dispatch({ kind: 'reopened', opened: reply.answer });
  else dispatch({ kind: 'connection', connection: reply });
}

function savable({ subject, shown }: State): OpenFile | undefined {
  if (subject.kind !== 'workspace' || subject.origin.kind !== 'folder') return undefined;
  return subject.files.find((file) => file.name === shown && isChanged(file));
}

async function linkOf({ subject, theme }: State, dispatch: Dispatch): Promise<string | undefined> {
  const key = keyInSubject(subject);
  const refuse = (text: string): undefined =>
    dispatch({ kind: 'notice', notice: { tone: 'error', text } }) as undefined;
  if (key !== undefined) {
    return refuse(`No link was made: line ${key.line} of ${key.file} looks like a key. Name a key file instead.`);
  }
  const fragment = await toFragment({ subject, theme });
  if (fragment === undefined) return refuse('No link was made: the files are too large for one.');
  return `${location.origin}/#${fragment}`;
}

function openLinked({ subject, theme }: Linked, dispatch: Dispatch): void {
  dispatch({ kind: 'switch', subject, notice: { tone: 'info', text: fromLinkText } });
  dispatch({ kind: 'theme', theme });
}

/** A link that is opened in this tab changes the fragment only. */
function useLinks(dispatch: Dispatch): void {
  useEffect(() => {
    const open = async (): Promise<void> => {
      const fragment = location.hash;
      if (!isLink(fragment)) return;
      history.replaceState(null, '', '/');
      const linked = await fromFragment(fragment);
      if (linked === undefined) dispatch({ kind: 'notice', notice: { tone: 'error', text: badLinkText } });
      else openLinked(linked, dispatch);
    };
    const listen = (): void => void open();
    addEventListener('hashchange', listen);
    return () => removeEventListener('hashchange', listen);
  }, []);
}

/** The browser asks before it leaves a page with changes. */
function useLeaving(latest: { readonly current: State }): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => {
      const { subject, left } = latest.current;
      if ([subject, ...Object.values(left)].some(isUnsaved)) event.preventDefault();
    };
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, []);
}

const paneWords: readonly (readonly [PaneName, string])[] = [
  ['policy', 'Policy'],
  ['request', 'Request'],
  ['token', 'Token'],
];

function SkipLinks({ onPane }: { readonly onPane: (pane: PaneName) => void }): JSX.Element {
  return (
    <nav class="skip-links" aria-label="Skip">
      {paneWords.map(([name, label]) => (
        <a
          key={name}
          href={`#pane-${name}`}
          onClick={(event) => {
            event.preventDefault();
            onPane(name);
            requestAnimationFrame(() => document.getElementById(`pane-${name}`)?.focus());
          }}
        >
          Skip to {label.toLowerCase()}
        </a>
      ))}
    </nav>
  );
}

interface PaneSwitchProps {
  readonly state: State;
  readonly onPane: (pane: PaneName) => void;
}

/** On narrow pages, one pane is shown at a time. */
function PaneSwitch({ state, onPane }: PaneSwitchProps): JSX.Element {
  const isExpression = state.subject.kind === 'expression';
  const words: Readonly<Record<PaneName, string>> = isExpression
    ? { policy: 'Expression', request: 'Context', token: 'Result' }
    : { policy: 'Policy', request: 'Request', token: 'Token' };
  return (
    <nav class="pane-switch" aria-label="Panes">
      {paneWords.map(([name]) => (
        <button key={name} type="button" aria-pressed={state.pane === name} onClick={() => onPane(name)}>
          {words[name]}
        </button>
      ))}
    </nav>
  );
}
