/**
 * @module
 * What is at a place of a document: a key, a value, an element, a part of an expression, a variable. Completion and
 * documentation both ask it.
 */
import type { EditorState } from '@codemirror/state';
import type { Dialect, FileKind, ProfileName } from '../../interface.ts';
import type { EditorLanguage } from './editor-props.ts';
import { openPart } from './embedded.ts';
import { parsedTree } from './parsed-tree.ts';
import { type XmlPlace, xmlPlace } from './xml-place.ts';
import { type YamlPlace, yamlPlace } from './yaml-place.ts';

export type Place =
  | { readonly kind: 'yaml'; readonly file: FileKind; readonly place: YamlPlace }
  | { readonly kind: 'xml'; readonly place: XmlPlace }
  /** `before` is the expression up to the cursor. */
  | { readonly kind: 'expression'; readonly profile: ProfileName; readonly before: string }
  | { readonly kind: 'variable'; readonly dialect: Dialect; readonly from: number };

/** Longer expressions and scalars get no completion. */
const maxText = 32_768;

export function placeAt(state: EditorState, at: number, language: EditorLanguage): Place | undefined {
  switch (language.kind) {
    case 'data':
      return undefined;
    case 'expression':
      return at > maxText ? undefined : inExpression(language.profile, state.sliceDoc(0, at));
    case 'file':
      return language.file === 'apigee' ? xmlOr(state, at) : yamlOr(state, at, language.file, language.profile);
  }
}

function xmlOr(state: EditorState, at: number): Place | undefined {
  const place = xmlPlace(state, at);
  if (place === undefined) return undefined;
  const isText = place.kind === 'text' || place.kind === 'attribute-value';
  if (isText && at - place.from <= maxText) {
    const before = state.sliceDoc(place.from, at);
    const start = place.name === 'ref' ? 0 : openPart('apigee', before);
    if (start !== undefined) return { kind: 'variable', dialect: 'apigee', from: place.from + start };
  }
  return { kind: 'xml', place };
}

/** The keys whose whole value is an expression, or a template of Apigee. */
const expressionKey = /^variables(?:\[\])?$/;

function yamlOr(state: EditorState, at: number, file: FileKind, profile: ProfileName = 'flex'): Place | undefined {
  const from = startOfScalar(state, at);
  const before = from === undefined || at - from > maxText ? '' : state.sliceDoc(from, at);
  const start = file === 'configuration' ? undefined : openPart(file, before);
  if (start !== undefined && from !== undefined) {
    if (file === 'datapower') return { kind: 'variable', dialect: 'datapower', from: from + start };
    return inExpression(profile, before.slice(start));
  }
  if (isInBlock(state, at)) return undefined;
  const place = yamlPlace(state, at);
  if (place === undefined) return undefined;
  return (file === 'configuration' ? inVariable(place, at, before) : undefined) ?? { kind: 'yaml', file, place };
}

/** `expression:` and `template:` of a variable of the configuration. */
function inVariable({ kind, path, from }: YamlPlace, at: number, before: string): Place | undefined {
  if (kind !== 'value' || !expressionKey.test(path.at(-3) ?? '')) return undefined;
  const text = before.replace(/^["']/, '');
  if (path.at(-1) === 'expression') return inExpression('flex', text);
  if (path.at(-1) !== 'template') return undefined;
  const start = openPart('configuration', before);
  return start === undefined ? undefined : { kind: 'variable', dialect: 'apigee', from: Math.min(from + start, at) };
}

function inExpression(profile: ProfileName, before: string): Place | undefined {
  return isInString(before) ? undefined : { kind: 'expression', profile, before };
}

const scalars = /^(?:Literal|QuotedLiteral|BlockLiteralContent)$/;

function startOfScalar(state: EditorState, at: number): number | undefined {
  const node = parsedTree(state, at).resolve(at, -1);
  return scalars.test(node.name) ? node.from : undefined;
}

function isInBlock(state: EditorState, at: number): boolean {
  return /^BlockLiteral/.test(parsedTree(state, at).resolve(at, -1).name);
}

/** Whether the end of the text is in a string or a comment. A quote that YAML escapes opens a string, too. */
function isInString(text: string): boolean {
  const parts = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\\?"(?:[^"\\]|\\[^"])*\\?"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g;
  const rest = text.replace(parts, (part) => (part.startsWith('//') ? part : ' '.repeat(part.length)));
  return /['"`]|\/\/[^\n]*$|\/\*/.test(rest.replace(/\/\/[^\n]*\n/g, '\n'));
}
