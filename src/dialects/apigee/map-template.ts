/**
 * @module
 * A claim of type `map` that the policy writes itself: JSON with `{variable}` in it.
 *
 * Apigee expands the whole text and parses the result, so a header could add members to a token, and it expands what a
 * variable holds as well (vendor page, "Prevent template injection"). Here the shape is fixed when the policy loads:
 * what is inserted stays inside the string it stands in, or is one JSON value, and is never expanded itself. For values
 * that do not break out, the result is the same.
 */

import { parseExactly } from '../../diagnostics/exact-json.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import type { Scope } from '../../plan/token-plan.ts';
import { Misfit, parseObject } from './claim-types.ts';
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

/** Stands in JSON text for an inserted piece while its shape is read; no policy's text has it. */
const mark = '\uE000';
const marks = /\uE000(\d+)\uE000/g;

export type MapTemplate =
  | { readonly kind: 'fixed'; readonly value: JsonValue }
  | { readonly kind: 'computed'; evaluate(scope: Scope): JsonValue };

/**
 * The template of a JSON text; undefined where it is no JSON whatever is inserted.
 *
 * @param ignoreUnresolved whether a variable without a value inserts an empty text rather than failing the request
 */
export function compileMapTemplate(
  pieces: readonly TemplatePiece[],
  ignoreUnresolved: boolean,
): MapTemplate | undefined {
  const inserted: Inserted[] = [];
  let text = '';
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      text += piece.text.replaceAll(mark, '');
      continue;
    }
    // Inside a string a mark is characters of it; outside, a string of its own. Both parse, and the tree tells them apart.
    const place = `${mark}${inserted.length}${mark}`;
    text += insideString(text) ? place : `"${mark}${place}"`;
    inserted.push(piece);
  }
  let value: JsonValue;
  try {
    value = parseExactly(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const node = toNode(value, inserted);
  if (node.kind === 'fixed') return node;
  if (node.kind === 'list' || node.kind === 'string') return undefined;
  return { kind: 'computed', evaluate: (scope) => parseObject(build(node, scope, ignoreUnresolved)) };
}

/** Whether JSON text ends inside a string. */
function insideString(text: string): boolean {
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\' && inside) at++;
    else if (text[at] === '"') inside = !inside;
  }
  return inside;
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
      return Object.fromEntries(
        node.members.map(([name, value]) => [buildText(name, scope, ignore), build(value, scope, ignore)]),
      );
  }
}

function buildText(parts: readonly (string | Inserted)[], scope: Scope, ignore: boolean): string {
  return parts
    .map((part) => (typeof part === 'string' ? part : insideOfString(insertedText(part, scope, ignore))))
    .join('');
}

/** What the text means between quotes: escapes are read, as after Apigee's expansion; a bare quote would break out. */
function insideOfString(text: string): string {
  if (!/["\\]|\p{Cc}/u.test(text)) return text;
  return String(parsed(`"${text}"`, (value) => typeof value === 'string'));
}

function parsed(json: string, fits: (value: JsonValue) => boolean): JsonValue {
  try {
    const value = parseExactly(json);
    if (fits(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Misfit('would not be the JSON object that the policy writes', 'apigee.invalid-json-format');
}

function insertedText(inserted: Inserted, scope: Scope, ignore: boolean): string {
  const text = inserted.read(scope);
  if (text === undefined && !ignore) throw unresolvedVariable(inserted.expression);
  return text ?? '';
}
