/**
 * @module
 * Reads a value by its zod schema and reports each mistake with its place and what to write instead.
 */
import type * as z from 'zod';
import type { Code } from '../diagnostics/codes.ts';
import { type Problems, problemAt } from '../diagnostics/problem.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { LocatedYaml } from './located-yaml.ts';
import { messageOf, readMessage } from './shape-messages.ts';
import type { YamlPath } from './yaml-places.ts';

/** The codes for the four kinds of mistakes. Policies and the configuration have their own. */
export interface ShapeCodes {
  readonly unknownKey: Code;
  readonly missingKey: Code;
  readonly wrongType: Code;
  readonly invalidValue: Code;
}

/**
 * The value at `path` with the type of `schema`; undefined if it does not match, and then every reason is reported.
 */
export function readShape<T extends z.ZodType>(
  schema: T,
  document: LocatedYaml,
  path: YamlPath,
  problems: Problems,
  codes: ShapeCodes,
): z.output<T> | undefined {
  const result = schema.safeParse(valueAt(document.value, path), { error: messageOf });
  if (result.success) return result.data;
  const own = withoutConsequences(result.error.issues, valueAt(document.value, path));
  for (const issue of own) report(issue, path, { document, problems, codes });
  return undefined;
}

/**
 * The issues without those that follow from another: a required key that is misspelt is one mistake, and the unknown
 * key says what was meant. A rule about which keys an object has says nothing more where one of its keys is unknown.
 */
function withoutConsequences(issues: readonly Issue[], value: unknown): readonly Issue[] {
  const unknown = issues.filter(({ code }) => code === 'unrecognized_keys');
  const meant = new Set(unknown.flatMap((issue) => meantKeys(issue)));
  const incomplete = new Set(unknown.map(({ path }) => pathText(path)));
  return issues.filter((issue) =>
    isMissing(issue, value)
      ? !meant.has(pathText(issue.path))
      : issue.code !== 'custom' || !incomplete.has(pathText(issue.path)),
  );
}

/** @param value what the schema was for */
function isMissing({ code, path }: Issue, value: unknown): boolean {
  const isKey = path.length > 0 && (code === 'invalid_type' || code === 'invalid_union');
  return isKey && valueAt(value, path.map(String)) === undefined;
}

/** The keys that an author meant by unknown ones, as paths. */
function meantKeys(issue: Issue): readonly string[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const guesses = issue.keys.flatMap((key) => nearest(key, issue.message.split(' ')) ?? []);
  return guesses.map((guess) => pathText([...issue.path, guess]));
}

function pathText(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}

/** Where issues are reported, and with which codes. */
interface Report {
  readonly document: LocatedYaml;
  readonly problems: Problems;
  readonly codes: ShapeCodes;
}

type Issue = z.core.$ZodIssue;
type IssueOf<C extends Issue['code']> = Extract<Issue, { code: C }>;

function report(issue: Issue, base: YamlPath, to: Report): void {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) reportUnknownKey(key, issue.message.split(' '), path, to);
      return;
    case 'invalid_union':
      reportUnion(issue, path, to);
      return;
    case 'invalid_type':
      reportType(issue, path, to);
      return;
    default:
      reportValue(issue, path, to, to.codes.invalidValue);
  }
}

function reportValue(issue: Issue, path: YamlPath, { document, problems }: Report, code: Code) {
  const { message, form, suggestion } = readMessage(issue.message);
  const last = path.at(-1);
  const key = typeof last === 'string' && document.source.knows(last) ? `${last}: ` : '';
  document.report(problems, path, code, {
    message: `${subjectOf(document, path)} ${message}.`,
    suggestion: form === undefined || path.length === 0 ? suggestion : `Write \`${key}${form}\`.`,
  });
}

function reportType(issue: IssueOf<'invalid_type'>, path: YamlPath, to: Report): void {
  const { document, codes } = to;
  const value = valueAt(document.value, path);
  if (value === undefined) reportMissing(issue, path, to);
  else reportValue(issue, path, to, codes.wrongType);
}

function reportMissing(issue: Issue, path: YamlPath, { document, problems, codes }: Report): void {
  const key = String(path.at(-1));
  const details = {
    message: `\`${key}\` is missing.`,
    suggestion: `Write \`${key}: …\`; it ${readMessage(issue.message).message}.`,
  };
  document.report(problems, path, codes.missingKey, details);
}

function knownKeys(known: readonly string[]): string {
  // A map that has no known keys gives one empty name.
  return known.join() === '' ? 'Remove it.' : `The known keys are: ${known.join(', ')}.`;
}

/** Reports what is wrong inside the branch that the author most likely meant. */
function reportUnion(issue: IssueOf<'invalid_union'>, path: YamlPath, to: Report): void {
  const value = valueAt(to.document.value, path);
  if (value === undefined && path.length > 0) {
    reportMissing(issue, path, to);
    return;
  }
  const branches = allBranches(issue).map((branch) => withoutConsequences(branch, value));
  const [best = [], depth] = bestBranch(branches, value);
  const isInside = best.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys');
  // An unknown key in place of a missing one: none of the branches was meant.
  const isOne = depth > 0 || best.length === 1;
  if (isInside && isOne) for (const inner of best) report(inner, path, to);
  else reportValue(issue, path, to, to.codes.wrongType);
}

/** The branches of a union and of unions in it, without those for values of another type. */
function allBranches({ errors }: IssueOf<'invalid_union'>): readonly (readonly Issue[])[] {
  return errors.flatMap((branch) => {
    const [first] = branch;
    if (first === undefined || first.path.length > 0) return [branch];
    if (first.code === 'invalid_union') return allBranches(first);
    return first.code === 'invalid_type' ? [] : [branch];
  });
}

/** The branch whose mistakes are deepest, and of these the one with the fewest; and how deep they are. */
function bestBranch(
  branches: readonly (readonly Issue[])[],
  value: unknown,
): readonly [best: readonly Issue[] | undefined, depth: number] {
  const depthOf = (branch: readonly Issue[]): number =>
    Math.max(0, ...branch.map((issue) => issue.path.length - (isMissing(issue, value) ? 1 : 0)));
  const [best] = branches.toSorted((a, b) => depthOf(b) - depthOf(a) || mistakesIn(a) - mistakesIn(b));
  return [best, best === undefined ? 0 : depthOf(best)];
}

function mistakesIn(branch: readonly Issue[]): number {
  return branch.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
}

/**
 * The subject of the sentence about a problem at `path`. A key that the author chose is not named: it may be a secret.
 */
function subjectOf({ source }: LocatedYaml, path: YamlPath): string {
  const key = path.findLast((part) => typeof part === 'string');
  const last = path.at(-1);
  if (last === undefined) return 'The document';
  if (typeof last === 'string') return source.knows(last) ? `\`${last}\`` : 'This value';
  return key === undefined || !source.knows(key) ? `Item ${last + 1}` : `Item ${last + 1} of \`${key}\``;
}

function reportUnknownKey(key: string, known: string[], path: YamlPath, { document, problems, codes }: Report): void {
  const guess = nearest(key, known);
  // `key: { s3cr3t }` is a map in YAML: a key that resembles none of the known ones may be a secret.
  const isHarmless = guess !== undefined || document.source.knows(key);
  const isEmpty = valueAt(document.value, [...path, key]) === null;
  const details = {
    message: isHarmless ? `Unknown key \`${key}\`.` : isEmpty ? 'Unknown key without a value.' : 'Unknown key.',
    suggestion: guess === undefined ? knownKeys(known) : `Did you mean \`${guess}\`?`,
  };
  const problem = problemAt(document.source, document.keyOffsetOf([...path, key]), codes.unknownKey, details);
  // Not the key: it may be a secret that was written in the wrong place.
  problems.add({ ...problem, path });
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[part] : undefined,
    value,
  );
}
