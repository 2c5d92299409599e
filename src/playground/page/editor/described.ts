/**
 * @module
 * The word of the tables at a place of a document, for hover and keyboard documentation.
 */
import type { EditorState } from '@codemirror/state';
import type { FunctionWord, LanguageTables, ProfileName, Word } from '../../interface.ts';
import type { EditorLanguage } from './editor-props.ts';
import { type Place, placeAt } from './place.ts';
import type { XmlPlace } from './xml-place.ts';
import { isAtPath, type YamlPlace } from './yaml-place.ts';

export interface Described {
  readonly from: number;
  readonly to: number;
  readonly word: Word | FunctionWord;
}

/** Characters of a name in each kind of text. */
const nameParts = { expression: /[\w:]/, variable: /[\w.-]/, yaml: /[\w.-]/, xml: /[\w.-]/ } as const;

/** The longest name that is looked up. */
const maxName = 200;

export function describedAt(
  state: EditorState,
  at: number,
  language: EditorLanguage,
  tables: LanguageTables,
): Described | undefined {
  // A place is that of the text before it: the character at the cursor decides.
  const line = state.doc.lineAt(at);
  const place = placeAt(state, Math.min(at + 1, line.to), language);
  if (place === undefined) return undefined;
  const { from, to } = wordAround(state, at, nameParts[place.kind]);
  if (from === to || to - from > maxName) return undefined;
  const word = wordOf(
    state.sliceDoc(from, to),
    place,
    tables,
    state.sliceDoc(Math.max(line.from, from - maxName), from),
  );
  return word && { from, to, word };
}

function wordAround(state: EditorState, at: number, part: RegExp): { readonly from: number; readonly to: number } {
  const line = state.doc.lineAt(at);
  let from = at - line.from;
  let to = from;
  while (from > 0 && part.test(line.text.charAt(from - 1))) from -= 1;
  while (to < line.length && part.test(line.text.charAt(to))) to += 1;
  return { from: line.from + from, to: line.from + to };
}

function wordOf(name: string, place: Place, tables: LanguageTables, before: string): Word | undefined {
  switch (place.kind) {
    case 'expression':
      return expressionWord(name, place.profile, tables, before);
    case 'variable':
      return place.dialect === 'flex' ? undefined : variableWord(name, tables.variables[place.dialect]);
    case 'yaml':
      return keyWord(name, place.place, tables.files[place.file]);
    case 'xml':
      return xmlWord(name, place.place, tables);
  }
}

/** A value is explained by its key. */
function keyWord(name: string, { kind, path }: YamlPlace, keys: LanguageTables['files']['flex']): Word | undefined {
  const [key, around] = kind === 'key' ? [name, path] : [path.at(-1)?.replace(/\[\]$/, ''), path.slice(0, -1)];
  return keys.find((word) => word.name === key && isAtPath(word.path, around));
}

function xmlWord(name: string, place: XmlPlace, tables: LanguageTables): Word | undefined {
  const { kind, path } = place;
  const parent = path.split('/').slice(0, -1).join('/');
  const own = path.split('/').at(-1) ?? '';
  const wanted: Readonly<Record<XmlPlace['kind'], readonly [path: string, name: string]>> = {
    element: [path, name],
    close: [parent, own],
    attribute: [path, `@${name}`],
    'attribute-value': [path, `@${place.name}`],
    text: [parent, own],
  };
  const [at, called] = wanted[kind];
  return tables.files.apigee.find((word) => word.path === at && word.name === called);
}

function expressionWord(name: string, profile: ProfileName, tables: LanguageTables, before: string): Word | undefined {
  const { functions, members, keywords } = tables.profiles[profile];
  const owner = /[A-Za-z_][\w.]*\.$/.exec(before)?.[0];
  if (owner !== undefined) return members.find((word) => word.name === `${owner}${name}`);
  const short = (word: Word) => word.name.split('::').at(-1);
  return (
    [...members, ...keywords, ...functions].find((word) => word.name === name) ??
    functions.find((word) => short(word) === name)
  );
}

/** The placeholders of a variable stand for any name, N for a number. */
function variableWord(name: string, words: readonly Word[]): Word | undefined {
  const called = (word: Word) => word.name.replace(/\(.*/, '');
  return words.find((word) => called(word) === name) ?? words.find((word) => patternOf(called(word)).test(name));
}

function patternOf(name: string): RegExp {
  const source = name
    .replaceAll('.', '\\.')
    .replace(/\bN\b/, '\\d+')
    .replace(/\bPOLICY\b/, '[^.]+')
    .replace(/\bNAME\b/, '.+');
  return new RegExp(`^${source}$`);
}
