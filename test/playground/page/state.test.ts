import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  Example,
  Folder,
  FolderFile,
  LanguageTables,
  Opened,
  Outcome,
  RunAnswer,
  SaveAnswer,
  ShownMember,
  ShownProblem,
} from '../../../src/playground/interface.ts';
import { type Event, firstState, next, type State } from '../../../src/playground/page/state.ts';
import {
  isUnsaved,
  keyOf,
  type OpenFile,
  reread,
  subjectOfExample,
  subjectOfFolder,
  taskOf,
  type Workspace,
} from '../../../src/playground/page/subject.ts';

const language: LanguageTables = {
  profiles: {
    flex: { functions: [], members: [], keywords: [] },
    dataweave: { functions: [], members: [], keywords: [] },
  },
  files: { configuration: [], flex: [], apigee: [], datapower: [] },
  variables: { apigee: [], datapower: [] },
};
const example: Example = {
  kind: 'workspace',
  name: 'flex',
  title: 'Flex',
  dialect: 'flex',
  files: [
    { name: 'p.yaml', kind: 'flex', text: 'p' },
    { name: 'mintproc.yaml', kind: 'configuration', text: 'm' },
  ],
  case: 'request: {}',
};
const expression: Example = {
  kind: 'expression',
  name: 'e',
  title: 'E',
  profile: 'flex',
  expression: '1',
  context: 'c',
};
const folderFiles: readonly FolderFile[] = [
  { name: 'mintproc.yaml', kind: 'configuration', text: 'm', version: '1' },
  { name: 'p.yaml', kind: 'flex', text: 'p', version: '1' },
];
const folder: Folder = {
  path: 'shop',
  files: folderFiles,
  policies: [{ name: 'p', dialect: 'flex', file: 'p.yaml' }],
  cases: [],
  hasKeys: false,
};
const examples: Opened = { version: '1', examples: [example, expression], presets: [], language };
const withFolder: Opened = { ...examples, folder };

function after(opened: Opened, ...events: readonly Event[]): State {
  return events.reduce(next, firstState(opened));
}

function filesOf({ subject }: State): readonly OpenFile[] {
  return subject.kind === 'workspace' ? subject.files : [];
}

function change(name: string, text: string): Event {
  return { kind: 'text', name, text };
}

const toExpression: Event = { kind: 'switch', subject: subjectOfExample(expression) };
const toExample: Event = { kind: 'switch', subject: subjectOfExample(example) };

test('the first example is open, its policy is shown', () => {
  const { subject, shown } = firstState(examples);
  assert.deepEqual([keyOf(subject), shown], ['example:flex', 'p.yaml']);
});

test('a folder is open before the examples, its policies before the configuration', () => {
  const { subject, shown } = firstState(withFolder);
  assert.deepEqual([keyOf(subject), shown], ['folder', 'p.yaml']);
});

test('a process without examples is a defect', () => {
  assert.throws(() => firstState({ ...examples, examples: [] }), /no examples/);
});

const unsaved: [name: string, events: readonly Event[], isChanged: boolean][] = [
  ['nothing', [], false],
  ['a file', [change('p.yaml', 'x')], true],
  ['the case', [change('case', 'x')], true],
  ['a file and back', [change('p.yaml', 'x'), change('p.yaml', 'p')], false],
  ['a reverted file', [change('p.yaml', 'x'), { kind: 'revert', name: 'p.yaml' }], false],
  ['an expression', [toExpression, change('expression', '2')], true],
  ['a context', [toExpression, change('context', '2')], true],
  ['a name that is not there', [toExpression, change('p.yaml', '2')], false],
  ['an example after switching there and back', [change('p.yaml', 'x'), toExpression, toExample], true],
];
for (const [name, events, isChanged] of unsaved) {
  test(`changed: ${name}`, () => assert.equal(isUnsaved(after(examples, ...events).subject), isChanged));
}

test('the process is asked about all files, and reads the rest of a folder itself', () => {
  assert.deepEqual(taskOf(firstState(examples).subject), {
    call: 'run',
    key: 'example:flex',
    body: {
      files: [
        { name: 'p.yaml', text: 'p' },
        { name: 'mintproc.yaml', text: 'm' },
      ],
      isFolder: false,
      case: 'request: {}',
    },
  });
  assert.deepEqual(taskOf(after(examples, toExpression, { kind: 'profile', profile: 'dataweave' }).subject), {
    call: 'evaluate',
    key: 'example:e',
    body: { profile: 'dataweave', expression: '1', context: 'c' },
  });
  const inFolder = taskOf(firstState(withFolder).subject);
  assert.equal(inFolder.call === 'run' && inFolder.body.isFolder, true);
});

test('a link is never a part of the folder', () => {
  const { subject } = firstState(examples);
  const linked = { ...subject, origin: { kind: 'link', fragment: 'state=x' } } as const;
  const task = taskOf(after(withFolder, { kind: 'switch', subject: linked }).subject);
  assert.deepEqual([task.key, task.call === 'run' && task.body.isFolder], ['link:state=x', false]);
});

function saving(text: string, answer: SaveAnswer): Event {
  return { kind: 'saved', name: 'p.yaml', text, answer };
}

test('a saved file is no longer changed, and has its new version', () => {
  const state = after(withFolder, change('p.yaml', 'x'), saving('x', { ok: true, version: '2' }));
  assert.deepEqual(filesOf(state)[0], { name: 'p.yaml', kind: 'flex', text: 'x', saved: 'x', version: '2' });
  assert.equal(state.notice?.tone, 'info');
});

test('what was typed while a file was saved is a change', () => {
  const state = after(withFolder, change('p.yaml', 'xy'), saving('x', { ok: true, version: '2' }));
  assert.equal(isUnsaved(state.subject), true);
});

test('a conflict is said and loses nothing; the new version can then be overwritten', () => {
  const conflict = saving('x', { ok: false, reason: 'conflict', message: 'Somebody.' });
  const state = after(withFolder, change('p.yaml', 'x'), conflict);
  assert.deepEqual(state.notice, { tone: 'error', text: 'Somebody.', conflict: 'p.yaml' });
  const theirs = { ...folder, files: folderFiles.map((file) => ({ ...file, text: 'theirs', version: '2' })) };
  const [policy, configuration] = filesOf(next(state, { kind: 'reopened', opened: { ...withFolder, folder: theirs } }));
  assert.deepEqual([policy?.text, policy?.saved, policy?.version], ['x', 'theirs', '2']);
  assert.deepEqual([configuration?.text, configuration?.version], ['theirs', '2']);
});

test('a failure to save is said', () => {
  const failed = saving('x', { ok: false, reason: 'failed', message: 'Full.' });
  assert.deepEqual(after(withFolder, failed).notice, { tone: 'error', text: 'Full.' });
});

test('a file that is new in the folder is read', () => {
  const more = { ...folder, files: [...folderFiles, { name: 'q', kind: 'flex', text: 'q', version: '1' } as const] };
  assert.equal(reread(subjectOfFolder(folder) satisfies Workspace, more).files.length, 3);
});

const range = { file: 'mintproc.yaml', from: { line: 1, column: 1 }, to: { line: 1, column: 2 } };

test('a pointer over a claim opens no other file, a click does', () => {
  assert.equal(after(examples, { kind: 'mark', range }).marked, undefined);
  const { shown, marked, visit } = after(examples, { kind: 'goTo', range });
  assert.deepEqual([shown, marked, visit], ['mintproc.yaml', range, 1]);
  assert.deepEqual(after(examples, { kind: 'goTo', range: { ...range, file: 'case' } }).caseView, 'yaml');
});

function outcomeOf(sentence: string, claims: readonly ShownMember[]): Outcome {
  const token = {
    text: 'a.b.c',
    output: { header: 'authorization', prefix: '' },
    header: [],
    claims,
    verification: { isValid: true, checks: [] },
    size: { tokenBytes: 5, headerBytes: 22, limits: [] },
    reuse: '',
  };
  const policies = [{ name: 'p', dialect: 'flex', result: 'minted', token } as const];
  return { kind: 'forward', sentence, routes: [], policies, curl: '', testCase: '', at: 0 };
}

function ran(answer: Partial<RunAnswer>, key = 'example:flex'): Event {
  const task = { call: 'run', key, body: { files: [], isFolder: false, case: '' } } as const;
  return { kind: 'answered', task, answer: { call: 'run', answer: { problems: [], madeKeys: [], ...answer } } };
}

const sub = (json: string): ShownMember => ({ name: 'sub', comes: '', reads: [], json });
const alice = ran({ outcome: outcomeOf('It goes on.', [sub('"alice"')]) });
const bob = ran({ outcome: outcomeOf('It goes on.', [sub('"bob"')]) });
const problem: ShownProblem = { severity: 'error', code: 'a.b', message: 'Wrong.', range, help: '' };

test('the first outcome is announced, then what has changed', () => {
  assert.equal(after(examples, alice).announcement, 'It goes on.');
  const changed = after(examples, alice, bob);
  assert.equal(changed.announcement, 'Token changed: sub changed.');
  assert.equal(changed.changes['p']?.length, 1);
});

test('a run that changes nothing leaves the last difference', () => {
  const state = after(examples, alice, bob, bob);
  assert.equal(state.changes['p']?.length, 1);
  assert.equal(state.announcement, '');
});

test('an error leaves the last outcome, and the difference to it comes after', () => {
  const wrong = after(examples, alice, ran({ problems: [problem] }));
  assert.equal(wrong.outcome?.sentence, 'It goes on.');
  assert.equal(wrong.announcement, 'One error: Wrong.');
  assert.equal(next(wrong, bob).announcement, 'Token changed: sub changed.');
  assert.equal(after(examples, ran({ problems: [problem, problem] })).announcement, '2 errors: Wrong.');
});

test('another outcome is announced instead of its token', () => {
  assert.equal(after(examples, alice, ran({ outcome: outcomeOf('Refused.', []) })).announcement, 'Refused.');
});

test('an answer for what is no longer open is not shown', () => {
  assert.equal(after(examples, toExpression, alice).answer, undefined);
});

test('an answer ends the notice that the process is lost', () => {
  const lost = after(examples, { kind: 'connection', connection: { kind: 'lost' } });
  assert.equal(lost.connection.kind, 'lost');
  assert.equal(next(lost, alice).connection.kind, 'open');
});

const values: [name: string, answer: Partial<{ json: string; error: object }>, announcement: string][] = [
  ['a value', { json: '1' }, 'Result: 1'],
  ['an error', { error: { code: 'a', message: 'Bad.', help: '' } }, 'Error: Bad.'],
  ['neither', {}, ''],
];
for (const [name, answer, announcement] of values) {
  test(`the announcement of an expression with ${name}`, () => {
    const task = {
      call: 'evaluate',
      key: 'example:e',
      body: { profile: 'flex', expression: '', context: '' },
    } as const;
    const event = {
      kind: 'answered',
      task,
      answer: { call: 'evaluate', answer: { problems: [], ...answer } },
    } as Event;
    assert.equal(after(examples, toExpression, event).announcement, announcement);
  });
}

test('the view, the pane, the theme and what is busy are kept', () => {
  const state = after(
    examples,
    { kind: 'caseView', view: 'yaml' },
    { kind: 'pane', pane: 'token' },
    { kind: 'theme', theme: 'dark' },
    { kind: 'busy', isBusy: true },
    { kind: 'show', file: 'mintproc.yaml' },
    { kind: 'notice', notice: { tone: 'info', text: 'a' } },
  );
  assert.deepEqual(
    [state.caseView, state.pane, state.theme, state.isBusy, state.shown, state.notice?.text],
    ['yaml', 'token', 'dark', true, 'mintproc.yaml', 'a'],
  );
});
