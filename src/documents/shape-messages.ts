/**
 * @module
 * The words for a value that does not match its zod schema: the end of a sentence that begins with the key's name, and
 * what to write instead. Values are never quoted.
 */
import * as z from 'zod';
import { isRecord } from '../diagnostics/json.ts';
import { nearest } from '../diagnostics/suggest.ts';

/** `form` is a value to write, without its key. */
export interface ShapeMessage {
  readonly message: string;
  readonly form?: string | undefined;
  readonly suggestion?: string | undefined;
}

/** Zod passes on nothing but a string. The parts are lines of it. */
function writeMessage({ message, form = '', suggestion = '' }: ShapeMessage): string {
  return form === '' && suggestion === '' ? message : `${message}\n${form}\n${suggestion}`;
}

export function readMessage(written: string): ShapeMessage {
  const [message = '', form, suggestion] = written.split('\n');
  return { message, form: form || undefined, suggestion: suggestion || undefined };
}

type RawIssue = z.core.$ZodRawIssue;

/** The parts of a message as one string, for `readMessage`; for unknown keys, the known ones. */
export function messageOf(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      return keysOf(issue.inst).join(' ');
    case 'invalid_type':
      return writeMessage(typeMessage(issue));
    case 'invalid_value':
      return writeMessage(choiceMessage(issue));
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case 'too_big':
      return issue.origin === 'array'
        ? `must have at most ${items(Number(issue.maximum))}`
        : `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : ''}`;
    case 'invalid_format':
      return formats[issue.format];
    case 'invalid_key':
      // The first part of the message is about the name.
      return `has a name that ${readMessage(issue.issues[0]?.message ?? '').message}`;
    case 'invalid_union':
      return unionMessage(issue);
    default:
      return undefined;
  }
}

/** Of the formats that schemas here have without a message of their own. */
const formats: Readonly<Record<string, string>> = {
  datetime: 'must be a date and time with seconds and an offset, such as 2026-07-01T00:00:00Z',
  url: 'must be a URL, such as https://vault.example.com:8200',
};

/** Of a union of maps that differ in the value of one key, or of any other. */
function unionMessage({ inst, discriminator, options, input }: Extract<RawIssue, { code: 'invalid_union' }>): string {
  if (!Array.isArray(options) || typeof discriminator !== 'string') {
    return writeMessage({ message: `must be ${formsOf(inst)}`, form: onlyMap(inst) });
  }
  return writeMessage(choiceMessage({ values: options, input: isRecord(input) ? input[discriminator] : undefined }));
}

function choiceMessage({
  values,
  input,
}: {
  readonly values: readonly unknown[];
  readonly input?: unknown;
}): ShapeMessage {
  const known = values.map(String);
  const guess = typeof input === 'string' ? nearest(input, known) : undefined;
  return {
    message: `must be ${known.length > 1 ? 'one of ' : ''}${known.join(', ')}`,
    suggestion: guess && `Did you mean \`${guess}\`?`,
  };
}

function tooSmall(origin: string, minimum: number, inclusive: boolean): string {
  if (origin === 'array') return `must have at least ${items(minimum)}`;
  if (origin === 'string') return minimum === 1 ? 'must not be empty' : `must be at least ${minimum} characters long`;
  return `must be ${inclusive ? 'at least' : 'greater than'} ${minimum}`;
}

function items(count: number): string {
  return count === 1 ? 'one item' : `${count} items`;
}

const nouns: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function typeMessage({ expected, input, inst }: Extract<RawIssue, { code: 'invalid_type' }>): ShapeMessage {
  const message = `must be ${nouns[expected] ?? expected}`;
  switch (expected) {
    case 'string':
      return stringMessage(message, input, inst);
    case 'array':
      return {
        message,
        suggestion:
          input === null
            ? 'Write each item on a line that begins with `- `.'
            : 'Put it in brackets, `[…]`, or write each item on a line that begins with `- `.',
      };
    case 'number':
      return typeof input === 'string' ? { message, suggestion: plainNumber(input) } : { message };
    case 'boolean':
      return typeof input === 'string' ? { message, suggestion: plainBoolean(input) } : { message };
    case 'object':
      return { message, form: exampleOf(inst) };
    case 'record':
      return { message, form: '{ NAME: … }' };
    default:
      return { message };
  }
}

function plainNumber(input: string): string {
  return /^[-+]?\d[\d_.]*$/.test(input) && input.includes('_')
    ? 'Write the digits alone: with `_`, they are text here.'
    : 'Write one number, without quotes and without a unit.';
}

function plainBoolean(input: string): string {
  return /^(?:yes|no|on|off|y|n)$/i.test(input)
    ? 'Write `true` or `false`: yes, no, on and off are text here.'
    : 'Write `true` or `false`, without quotes.';
}

/** A number or a boolean needs quotes, unless the string would be wrong too: then its own message says more. */
function stringMessage(message: string, input: unknown, inst: unknown): ShapeMessage {
  if (input === null) {
    const suggestion =
      'Write a string. One that begins with `#`, which YAML reads as a comment, or that is `~` or `null`, needs quotes.';
    return { message, suggestion };
  }
  if (typeof input !== 'number' && typeof input !== 'boolean') return { message };
  const quoted = inst instanceof z.ZodType ? inst.safeParse(String(input), { error: messageOf }) : undefined;
  const [wrong] = quoted?.error?.issues ?? [];
  return wrong === undefined ? { message, suggestion: 'Put it in quotes.' } : readMessage(wrong.message);
}

/** What is read of a schema's definition. */
interface Definition {
  readonly type?: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly options?: readonly unknown[];
  readonly innerType?: unknown;
  readonly checks?: readonly unknown[];
  /** Of a literal. */
  readonly values?: readonly unknown[];
}

function definitionOf(schema: unknown): Definition {
  return (schema as { _zod?: { def?: Definition } } | undefined)?._zod?.def ?? {};
}

/** The keys of a map, without retired ones. */
function keysOf(schema: unknown): string[] {
  const current = Object.entries(definitionOf(schema).shape ?? {}).filter(
    ([, value]) => z.globalRegistry.get(value)?.deprecated !== true,
  );
  return current.map(([key]) => key);
}

/** `{ delay: …, timeout: … }`: two keys, but one if a check restricts which of them may be used together. */
function exampleOf(schema: unknown): string | undefined {
  const count = (definitionOf(schema).checks ?? []).length > 0 ? 1 : 2;
  const keys = keysOf(schema).slice(0, count);
  return keys.length === 0 ? undefined : `{ ${keys.map((key) => `${key}: …`).join(', ')} }`;
}

/** The forms of a union: `a string, true or false, or a map with …`. */
function formsOf(union: unknown): string {
  const schemas = formsIn(union);
  const maps = schemas.filter((schema) => definitionOf(schema).type === 'object');
  const others = schemas.filter((schema) => !maps.includes(schema));
  const forms = new Set(others.map(nounOf));
  const [first, second] = maps;
  if (second !== undefined) forms.add(`a map with one of ${maps.flatMap((map) => keysOf(map).slice(0, 1)).join(', ')}`);
  else if (first !== undefined) forms.add(`a map such as ${exampleOf(first) ?? '{}'}`);
  const all = [...forms];
  return all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')}, or ${all.at(-1)}`;
}

function nounOf(schema: unknown): string {
  const { type = '', values } = definitionOf(schema);
  return type === 'literal' ? (values ?? []).join(' or ') : (nouns[type] ?? 'another value');
}

/** An example of the first form, if a value can be nothing but a map. */
function onlyMap(union: unknown): string | undefined {
  const schemas = formsIn(union);
  return schemas.every((schema) => definitionOf(schema).type === 'object') ? exampleOf(schemas[0]) : undefined;
}

/** The forms of a union and of the unions in it. */
function formsIn(schema: unknown): readonly unknown[] {
  const { options, innerType } = definitionOf(schema);
  if (innerType !== undefined) return formsIn(innerType);
  return options === undefined ? [schema] : options.flatMap(formsIn);
}
