/**
 * @module
 * Reads a value by its zod schema and says, for each thing wrong, where it stands and what to write.
 */
import * as z from 'zod';
import type { Code } from '../diagnostics/codes.ts';
import { type Problem, type Problems, problemAt } from '../diagnostics/problem.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { LocatedYaml } from './located-yaml.ts';
import type { YamlPath } from './yaml-places.ts';

/** The codes for the four ways in which a value can be wrong; policies and the configuration each have their own. */
export interface ShapeCodes {
  readonly unknownKey: Code;
  readonly missingKey: Code;
  readonly wrongType: Code;
  readonly invalidValue: Code;
}

/**
 * The value at `path`, as `schema` types it; undefined where it does not fit, and then every reason is reported.
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
  for (const issue of result.error.issues) report(issue, document, path, problems, codes);
  return undefined;
}

type Issue = z.core.$ZodIssue;

function report(issue: Issue, document: LocatedYaml, base: YamlPath, problems: Problems, codes: ShapeCodes): void {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  const meant = issue.code === 'invalid_union' ? deepestBranch(issue.errors) : [];
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) problems.add(unknownKey(key, issue.message.split(' '), document, path, codes));
  } else if (meant.some((inner) => inner.path.length > 0)) {
    for (const inner of meant) report(inner, document, path, problems, codes);
  } else if (issue.code === 'invalid_type' && valueAt(document.value, path) === undefined) {
    const key = String(path.at(-1));
    const details = { message: `\`${key}\` is missing.`, suggestion: `Write \`${key}: …\`, which ${issue.message}.` };
    document.report(problems, path, codes.missingKey, details);
  } else {
    const subject = subjectOf(document, path);
    const code = issue.code === 'invalid_type' || issue.code === 'invalid_union' ? codes.wrongType : codes.invalidValue;
    const suggestion =
      issue.code === 'invalid_type' ? remedy(issue.expected, valueAt(document.value, path)) : undefined;
    document.report(problems, path, code, { message: `${subject} ${issue.message}.`, suggestion });
  }
}

/** What a problem at `path` is about, as the beginning of a sentence. A key that an author chose may be a secret. */
function subjectOf({ source }: LocatedYaml, path: YamlPath): string {
  const key = path.findLast((part) => typeof part === 'string');
  const last = path.at(-1);
  if (last === undefined) return 'The document';
  if (typeof last === 'string') return source.knows(last) ? `\`${last}\`` : 'This value';
  return key === undefined || !source.knows(key) ? `Item ${last + 1}` : `Item ${last + 1} of \`${key}\``;
}

function unknownKey(key: string, known: string[], document: LocatedYaml, path: YamlPath, codes: ShapeCodes): Problem {
  const guess = nearest(key, known);
  // `key: { s3cr3t }` is a map in YAML: a key that resembles none of ours may be a secret.
  const isHarmless = guess !== undefined || document.source.knows(key);
  const isEmpty = valueAt(document.value, [...path, key]) === null;
  return problemAt(document.source, document.keyOffsetOf([...path, key]), codes.unknownKey, {
    message: isHarmless ? `Unknown key \`${key}\`.` : isEmpty ? 'Unknown key without a value.' : 'Unknown key.',
    suggestion: guess === undefined ? `The keys here are: ${known.join(', ')}.` : `Did you mean \`${guess}\`?`,
  });
}

/** How beginners come to write a value of another type, by the type that is wanted; undefined where it says all. */
function remedy(expected: string, value: unknown): string | undefined {
  switch (expected) {
    case 'string':
      if (value === null)
        return 'Write a text. One that begins with `#` needs quotes, since YAML takes it for a comment.';
      return typeof value === 'object' ? undefined : 'Put it in quotes.';
    case 'array':
      return value === null ? undefined : 'Put it in brackets, `[…]`, or begin a line with `- ` for each item.';
    case 'number':
      return typeof value === 'string' ? 'Write it without quotes and without a unit.' : undefined;
    default:
      return undefined;
  }
}

/** Of a union's branches, the one whose first problem lies deepest: most likely the one that the author meant. */
function deepestBranch(branches: readonly Issue[][]): readonly Issue[] {
  const depth = (branch: readonly Issue[]): number => Math.max(0, ...branch.map((issue) => issue.path.length));
  return branches.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best), branches[0] ?? []);
}

const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
};

type Shape = Readonly<Record<string, z.ZodType>>;

/** The end of a sentence that begins with the key's name. For unknown keys: the known ones. Values are never quoted. */
function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const shape = (issue.inst as { _zod?: { def?: { shape?: Shape } } } | undefined)?._zod?.def?.shape ?? {};
      // Nobody who looks for a key should be led to a retired one.
      const current = Object.entries(shape).filter(([, schema]) => z.globalRegistry.get(schema)?.deprecated !== true);
      return current.map(([key]) => key).join(' ');
    }
    case 'invalid_type':
      return `must be ${nouns[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}${sizeUnit(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${sizeUnit(issue.origin)}`;
    case 'invalid_union':
      return 'does not have a form that is known here';
    default:
      return undefined;
  }
}

function sizeUnit(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' items long' : '';
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[part] : undefined,
    value,
  );
}
