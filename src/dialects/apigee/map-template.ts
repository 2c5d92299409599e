/**
 * @module
 * A claim of type `map` that is written in the policy: JSON with `{variable}` in it.
 *
 * Apigee expands the whole text, including the values of variables, and parses the result. A header could therefore add
 * members to a token (vendor page, "Prevent template injection"). Here the structure is fixed when the policy loads: an
 * inserted value is part of one string or is one JSON value, and is never expanded itself. For values that do not break
 * out of their string, the result is the same.
 */

import { parseExactly } from '../../diagnostics/exact-json.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import { objectOf } from '../../diagnostics/ordered-object.ts';
import { type Needing, needsOf } from '../../plan/needs.ts';
import type { Scope } from '../../plan/token-plan.ts';
import { ConversionError, toObject } from './claim-types.ts';
import type { TemplatePiece } from './template.ts';
import { unresolvedVariable } from './value.ts';

type Inserted = Extract<TemplatePiece, { kind: 'inserted' }>;

/** A JSON value with gaps. */
type Node =
  | { readonly kind: 'fixed'; readonly value: JsonValue }
  | { readonly kind: 'string'; readonly parts: readonly (string | Inserted)[] }
  | { readonly kind: 'gap'; readonly inserted: Inserted }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | {
      readonly kind: 'object';
      readonly members: readonly (readonly [name: readonly (string | Inserted)[], value: Node])[];
    };

/** Represents an inserted piece while the JSON text is parsed. It is removed from the policy's own text. */
const mark = '\uE000';
const marks = /\uE000(\d+)\uE000/g;

export type MapTemplate =
  | { readonly kind: 'fixed'; readonly value: JsonValue }
  | ({ readonly kind: 'computed'; evaluate(scope: Scope): JsonValue } & Needing);

/**
 * The template of a JSON text; undefined if it cannot be a JSON object, whatever is inserted.
 *
 * @param ignoreUnresolved whether a variable without a value inserts an empty string instead of failing the request
 */
export function compileMapTemplate(
  pieces: readonly TemplatePiece[],
  ignoreUnresolved: boolean,
): MapTemplate | undefined {
  const inserted: Inserted[] = [];
  const position = new JsonPosition();
  let text = '';
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      const own = piece.text.replaceAll(mark, '');
      position.advance(own);
      text += own;
      continue;
    }
    // Inside a string, the mark is part of that string; outside, it is a string with one more mark at its start.
    const place = `${mark}${inserted.length}${mark}`;
    if (position.isInString) position.advance(place);
    text += position.isInString ? place : `"${mark}${place}"`;
    inserted.push(piece);
  }
  const value = parsedOrUndefined(text);
  const node = value === undefined ? undefined : toNode(value, inserted);
  if (node === undefined || node.kind === 'fixed') return node;
  if (node.kind === 'list' || node.kind === 'string') return undefined;
  return {
    kind: 'computed',
    needs: () => needsOf(...inserted),
    evaluate: (scope) => toObject(build(node, scope, ignoreUnresolved)),
  };
}

function parsedOrUndefined(json: string): JsonValue | undefined {
  try {
    return parseExactly(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A place in JSON text that is read from its start to its end. */
class JsonPosition {
  isInString = false;
  /** Whether the next character is escaped. */
  #isEscaped = false;

  advance(text: string): void {
    for (const character of text) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (character === '\\' && this.isInString) this.#isEscaped = true;
      else if (character === '"') this.isInString = !this.isInString;
    }
  }
}

function toNode(value: JsonValue, inserted: readonly Inserted[]): Node {
  if (typeof value === 'string') return stringNode(value, inserted);
  if (typeof value !== 'object' || value === null) return { kind: 'fixed', value };
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => toNode(item, inserted));
    return items.every(({ kind }) => kind === 'fixed') ? { kind: 'fixed', value } : { kind: 'list', items };
  }
  const members = Object.entries(value).map(
    ([name, member]) => [partsOf(name, inserted), toNode(member, inserted)] as const,
  );
  const fixed = members.every(([name, { kind }]) => kind === 'fixed' && name.every((part) => typeof part === 'string'));
  return fixed ? { kind: 'fixed', value } : { kind: 'object', members };
}

function stringNode(text: string, inserted: readonly Inserted[]): Node {
  const parts = partsOf(text, inserted);
  const [first] = parts;
  if (text.startsWith(mark + mark) && typeof first === 'object') return { kind: 'gap', inserted: first };
  return parts.every((part) => typeof part === 'string') ? { kind: 'fixed', value: text } : { kind: 'string', parts };
}

function partsOf(text: string, inserted: readonly Inserted[]): readonly (string | Inserted)[] {
  const own = text.startsWith(mark + mark) ? text.slice(1) : text;
  const parts: (string | Inserted)[] = [];
  let end = 0;
  for (const match of own.matchAll(marks)) {
    const piece = inserted[Number(match[1])];
    if (match.index > end) parts.push(own.slice(end, match.index));
    if (piece !== undefined) parts.push(piece);
    end = match.index + match[0].length;
  }
  if (end < own.length) parts.push(own.slice(end));
  return parts;
}

function build(node: Node, scope: Scope, ignore: boolean): JsonValue {
  switch (node.kind) {
    case 'fixed':
      return node.value;
    case 'string':
      return buildText(node.parts, scope, ignore);
    case 'gap':
      return parsed(insertedText(node.inserted, scope, ignore), () => true);
    case 'list':
      return node.items.map((item) => build(item, scope, ignore));
    case 'object':
      return objectOf(
        node.members.map(([name, value]): [string, JsonValue] => [
          buildText(name, scope, ignore),
          build(value, scope, ignore),
        ]),
      );
  }
}

function buildText(parts: readonly (string | Inserted)[], scope: Scope, ignore: boolean): string {
  return parts
    .map((part) => (typeof part === 'string' ? part : insideOfString(insertedText(part, scope, ignore))))
    .join('');
}

/** A value as part of a JSON string. As on Apigee, its escapes are read; an unescaped quote would end the string. */
function insideOfString(text: string): string {
  if (!/["\\]|\p{Cc}/u.test(text)) return text;
  return String(parsed(`"${text}"`, (value) => typeof value === 'string'));
}

function parsed(json: string, isValid: (value: JsonValue) => boolean): JsonValue {
  const value = parsedOrUndefined(json);
  if (value !== undefined && isValid(value)) return value;
  throw new ConversionError('is not valid JSON after its variables are inserted', 'apigee.invalid-json-format');
}

function insertedText(inserted: Inserted, scope: Scope, ignore: boolean): string {
  const text = inserted.read(scope);
  if (text === undefined && !ignore) throw unresolvedVariable(inserted.expression);
  return text ?? '';
}
