/**
 * @module
 * The rules of the architecture, and the findings of each on a source file. `test/architecture.test.ts` runs them over
 * src/.
 */
import { ownersOf, rooms } from './rooms.ts';
import { importsOf, roomOf, type SourceFile, withoutComments } from './source-file.ts';

const outsideWorld =
  /^node:(?:fs|net|http|https|http2|tls|dns|dgram|child_process|worker_threads|cluster|os|process|timers|perf_hooks)\b/;

const impure: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['Date.now', /\bDate\.now\b/],
  ['Temporal.Now', /\bTemporal\.Now\b/],
  ['new Date()', /\bnew Date(?:\(\s*\)|\b(?!\s*\())/],
  ['Date()', /(?<!\bnew )\bDate\(/],
  ['Math.random', /\bMath\.random\b/],
  ['performance', /\bperformance\.(?:now|timeOrigin|mark)\b/],
  ['random ids', /^import .*\brandom(?:UUID|Bytes|Int)|\b(?:random(?:UUID|UUIDv7|Bytes|Int)|getRandomValues)\(/],
  ['timers', /\b(?:setTimeout|setInterval|setImmediate)\(/],
  ['process', /\bprocess\??\.\w|\{[^}]*\} = process\b|=\s*process\s*;/],
];

const forbiddenNames = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'types', 'misc']);

export const longestFile = 500;
export const widestComment = 120;

type Rule = (file: SourceFile) => string[];

/** Findings are sentences that begin with the line, where one line is at fault. */
const rules: Readonly<Record<string, Rule>> = {
  directions,
  packages,
  purity,
  environment,
  naming,
  length,
  moduleComment,
  internalReason,
  commentWidth,
};

/** Everything the rules have against a file of src/, as `path:line: sentence`. */
export function findings(file: SourceFile): string[] {
  return Object.values(rules).flatMap((rule) => rule(file).map((finding) => `${file.path}:${finding}`));
}

/** What the rules have against any other TypeScript file of the repository. */
export function outsideFindings(file: SourceFile): string[] {
  return [...naming(file), ...length(file)].map((finding) => `${file.path}:${finding}`);
}

function directions(file: SourceFile): string[] {
  const room = roomOf(file.path);
  if (room !== 'main.ts' && rooms[room] === undefined) return [`1: ${room} is not a room`];
  return importsOf(file).flatMap(({ line, target, kind }) => {
    if (kind === 'computed') return [`${line}: imports a computed name`];
    if (kind !== 'file') return [];
    if (!target.startsWith('src/')) return [`${line}: imports ${target}, which is not under src/`];
    const reason = refusal(file.path, target);
    return reason === undefined ? [] : [`${line}: imports ${target}: ${reason}`];
  });
}

function refusal(from: string, target: string): string | undefined {
  const room = roomOf(from);
  const other = roomOf(target);
  if (other === 'main.ts') return 'nobody imports the composition root';
  if (room === 'dialects' && other === 'dialects') return betweenDialects(from, target);
  if (room === other || room === 'main.ts') return undefined;
  if (!rooms[room]?.imports.includes(other)) return `${room} may not import ${other}`;
  // What a vendor's folder offers to all comes out of the index; the commands may look inside.
  const isInside = room !== 'cli' && other === 'dialects' && target.split('/').length > 3;
  return isInside ? 'a dialect is entered by dialects/index.ts' : undefined;
}

/** Only these have a row for each dialect. */
const tables: ReadonlySet<string> = new Set(
  ['index', 'exports', 'documentation'].map((name) => `src/dialects/${name}.ts`),
);

/** A dialect has a folder; what the dialects share is next to the folders and knows none of them. */
function betweenDialects(from: string, target: string): string | undefined {
  const own = from.split('/').slice(2, -1)[0];
  const other = target.split('/').slice(2, -1)[0];
  if (own === other || other === undefined || tables.has(from)) return undefined;
  return own === undefined ? 'what the dialects share knows no dialect' : `the dialects ${own} and ${other} are apart`;
}

function packages(file: SourceFile): string[] {
  const room = roomOf(file.path);
  return importsOf(file).flatMap(({ line, target, kind }) => {
    if (kind !== 'package') return [];
    const name = target.split('/', target.startsWith('@') ? 2 : 1).join('/');
    const owning = ownersOf(name);
    if (owning.length === 0) return [`${line}: imports ${target}, which no room owns`];
    return owning.includes(room) ? [] : [`${line}: imports ${target}, which belongs to ${owning.join(' and ')}`];
  });
}

function purity(file: SourceFile): string[] {
  if (rooms[roomOf(file.path)]?.isPure !== true) return [];
  const imported = importsOf(file)
    .filter(({ target }) => outsideWorld.test(target))
    .map(({ line, target }) => `${line}: imports ${target} in a pure room`);
  return [...imported, ...linesWith(file, impure).map((finding) => `${finding} in a pure room`)];
}

function environment(file: SourceFile): string[] {
  if (file.path === 'src/main.ts') return [];
  const used = linesWith(file, [
    [
      'process.argv',
      /\bprocess\??\.\s*(?:argv|execArgv)\b|\bargv\b.* from 'node:process'|\{[^}]*\bargv\b[^}]*\} = process\b/,
    ],
    ['process.env', /\bprocess\??\.\s*env\b|\benv\b.* from 'node:process'|\{[^}]*\benv\b[^}]*\} = process\b/],
  ]);
  return used.map((finding) => `${finding} outside src/main.ts`);
}

function naming(file: SourceFile): string[] {
  return file.path
    .replace(/(?:\.test|\.d)?\.ts$/, '')
    .split('/')
    .filter((part) => forbiddenNames.has(part))
    .map((part) => `1: the name ${part} says nothing`);
}

function length(file: SourceFile): string[] {
  const lines = file.text.trimEnd().split('\n').length;
  return lines > longestFile ? [`${lines}: has ${lines} lines, more than ${longestFile}`] : [];
}

function moduleComment(file: SourceFile): string[] {
  return /^(?:#!.*\n)?\/\*\*\n \* @module\n \* \S/.test(file.text) ? [] : ['1: begins without a @module comment'];
}

/** knip takes an export that only tests use if its comment has `@internal`; the reason is for the reader. */
function internalReason(file: SourceFile): string[] {
  return Array.from(file.text.matchAll(/@internal(?!\s+(?:\*\s+)?Exported\s)/g), ({ index }) => {
    const line = file.text.slice(0, index).split('\n').length;
    return `${line}: @internal without its reason, "Exported for …"`;
  });
}

/** The formatter wraps code and leaves comments alone. */
function commentWidth(file: SourceFile): string[] {
  return file.text
    .split('\n')
    .flatMap((text, index) =>
      text.length > widestComment && /^\s*(?:\*|\/\*|\/\/)/.test(text)
        ? [`${index + 1}: a comment of ${text.length} columns, more than ${widestComment}`]
        : [],
    );
}

function linesWith(file: SourceFile, patterns: readonly (readonly [what: string, pattern: RegExp])[]): string[] {
  return withoutComments(file.text)
    .split('\n')
    .flatMap((text, index) =>
      patterns.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${index + 1}: uses ${what}`),
    );
}
