/**
 * @module
 * What is being edited: a workspace or one expression, where it comes from, and what of it is not saved.
 */
import type { EvaluateBody, Example, FileKind, Folder, Opened, ProfileName, RunBody } from '../interface.ts';

/** Only files of the opened folder can be saved. */
export type Origin =
  | { readonly kind: 'folder' }
  | { readonly kind: 'example'; readonly name: string }
  /** The fragment, so that two links are two subjects. */
  | { readonly kind: 'link'; readonly fragment: string };

export interface OpenFile {
  readonly name: string;
  readonly kind: FileKind;
  readonly text: string;
  /** As it was opened or saved. */
  readonly saved: string;
  /** Of a file of the folder. */
  readonly version?: string;
}

export interface Workspace {
  readonly kind: 'workspace';
  readonly origin: Origin;
  readonly title: string;
  /** The first is shown first. */
  readonly files: readonly OpenFile[];
  readonly case: string;
  readonly savedCase: string;
}

export interface Expression {
  readonly kind: 'expression';
  readonly origin: Origin;
  readonly title: string;
  readonly profile: ProfileName;
  readonly expression: string;
  readonly context: string;
  readonly saved: { readonly expression: string; readonly context: string };
}

export type Subject = Workspace | Expression;

export function subjectOfExample(example: Example): Subject {
  const origin: Origin = { kind: 'example', name: example.name };
  if (example.kind === 'workspace') {
    const files = example.files.map(({ name, kind, text }) => ({ name, kind, text, saved: text }));
    return { kind: 'workspace', origin, title: example.title, files, case: example.case, savedCase: example.case };
  }
  const { title, profile, expression, context } = example;
  return { kind: 'expression', origin, title, profile, expression, context, saved: { expression, context } };
}

const emptyCase = 'request: { method: GET, path: / }\n';

export function subjectOfFolder(folder: Folder): Workspace {
  const text = folder.cases[0]?.text ?? emptyCase;
  return {
    kind: 'workspace',
    origin: { kind: 'folder' },
    title: folder.path,
    files: policiesFirst(folder),
    case: text,
    savedCase: text,
  };
}

function policiesFirst(folder: Folder): OpenFile[] {
  const policies = new Set(folder.policies.map(({ file }) => file));
  const files = folder.files.map(({ name, kind, text, version }) => ({ name, kind, text, saved: text, version }));
  return [...files.filter(({ name }) => policies.has(name)), ...files.filter(({ name }) => !policies.has(name))];
}

/** What is shown first: the folder, else the first example. */
export function firstSubject(opened: Opened): Subject {
  if (opened.folder !== undefined) return subjectOfFolder(opened.folder);
  const [example] = opened.examples;
  if (example === undefined) throw new Error('The process has no examples.');
  return subjectOfExample(example);
}

/** Different for two subjects that are open side by side. */
export function keyOf({ origin }: Subject): string {
  if (origin.kind === 'example') return `example:${origin.name}`;
  return origin.kind === 'link' ? `link:${origin.fragment}` : 'folder';
}

export function withFile(workspace: Workspace, name: string, change: Partial<OpenFile>): Workspace {
  return { ...workspace, files: workspace.files.map((file) => (file.name === name ? { ...file, ...change } : file)) };
}

/** With another text of a file, or of the case, expression or context. */
export function withText(subject: Subject, name: string, text: string): Subject {
  if (subject.kind === 'workspace') {
    return name === 'case' ? { ...subject, case: text } : withFile(subject, name, { text });
  }
  return name === 'expression' || name === 'context' ? { ...subject, [name]: text } : subject;
}

export function isChanged(file: OpenFile): boolean {
  return file.text !== file.saved;
}

/** Whether leaving the page would lose something that was typed. */
export function isUnsaved(subject: Subject): boolean {
  if (subject.kind === 'workspace') return subject.files.some(isChanged) || subject.case !== subject.savedCase;
  return subject.expression !== subject.saved.expression || subject.context !== subject.saved.context;
}

export type Task =
  | { readonly call: 'run'; readonly body: RunBody; readonly key: string }
  | { readonly call: 'evaluate'; readonly body: EvaluateBody; readonly key: string };

/** What the process is asked for a subject. Of a folder, it reads the files that are not sent. */
export function taskOf(subject: Subject): Task {
  const key = keyOf(subject);
  if (subject.kind === 'expression') {
    const { profile, expression, context } = subject;
    return { call: 'evaluate', key, body: { profile, expression, context } };
  }
  const files = subject.files.map(({ name, text }) => ({ name, text }));
  return { call: 'run', key, body: { files, isFolder: subject.origin.kind === 'folder', case: subject.case } };
}

/**
 * The files of the folder as they are now. A text that was changed here stays, and is then a change of what somebody
 * else has written.
 */
export function reread(workspace: Workspace, folder: Folder): Workspace {
  const own = new Map(workspace.files.map((file) => [file.name, file]));
  const files = policiesFirst(folder).map((file) => {
    const before = own.get(file.name);
    return before === undefined || !isChanged(before) ? file : { ...file, text: before.text };
  });
  return { ...workspace, files };
}
