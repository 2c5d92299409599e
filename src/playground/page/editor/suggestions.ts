/**
 * @module
 * What may be written at the cursor, from the tables of the process.
 */
import type { EditorState } from '@codemirror/state';
import type { FileKind, FunctionWord, KeyWord, LanguageTables, ProfileName, Word } from '../../interface.ts';
import type { EditorLanguage } from './editor-props.ts';
import { namesFor } from './named.ts';
import { type Place, placeAt } from './place.ts';
import type { XmlPlace } from './xml-place.ts';
import { isAtPath, type YamlPlace } from './yaml-place.ts';

export interface Suggestion {
  readonly kind: 'function' | 'member' | 'keyword' | 'key' | 'value' | 'element' | 'attribute' | 'variable' | 'name';
  readonly label: string;
  /** What is written; `#{…}` is a part that the author fills in. */
  readonly template: string;
  /** Shown after the label. */
  readonly detail?: string;
  readonly word?: Word | FunctionWord;
}

export interface Suggestions {
  /** What is replaced, up to the cursor. */
  readonly from: number;
  readonly options: readonly Suggestion[];
}

/** @param isAsked whether the author asked for them, where nothing is written yet */
export function suggestionsAt(
  state: EditorState,
  at: number,
  language: EditorLanguage,
  tables: LanguageTables,
  isAsked: boolean,
): Suggestions | undefined {
  const place = placeAt(state, at, language);
  const found = place === undefined ? undefined : suggestionsOf(state, place, at, tables);
  if (found === undefined || found.options.length === 0) return undefined;
  const isEmpty = found.from === at;
  return isEmpty && !isAsked && !/[.<{(]$/.test(state.sliceDoc(at - 1, at)) ? undefined : found;
}

function suggestionsOf(state: EditorState, place: Place, at: number, tables: LanguageTables): Suggestions | undefined {
  switch (place.kind) {
    case 'yaml':
      return yamlSuggestions(state, place.file, place.place, at, tables);
    case 'xml':
      return xmlSuggestions(place.place, at, tables);
    case 'variable':
      return place.dialect === 'flex' ? undefined : { from: place.from, options: variables(tables, place.dialect) };
    case 'expression':
      return expressionSuggestions(place.profile, place.before, at, tables);
  }
}

/** The words of API Connect that name a variable. */
const namesVariable = /^(?:iss|sub|aud|exp|private)-claims?$/;

function yamlSuggestions(
  state: EditorState,
  file: FileKind,
  { kind, path, from }: YamlPlace,
  at: number,
  tables: LanguageTables,
): Suggestions {
  const keys = tables.files[file];
  const values = valuesAt(path, keys);
  const named = file === 'configuration' ? namesFor(state, path).map((one) => plainText('name', one)) : [];
  const name = path.at(-1) ?? '';
  const ofVariables = file === 'datapower' && namesVariable.test(name) ? variables(tables, file) : [];
  const typed = state.sliceDoc(from, at);
  const start = from + (/^["']/.test(typed) ? 1 : 0);
  if (kind === 'value') return { from: start, options: [...values, ...named, ...ofVariables] };
  const options = keys.filter((key) => isAtPath(key.path, path)).map(keySuggestion);
  return { from: start, options: [...options, ...values, ...named] };
}

function keySuggestion(word: KeyWord): Suggestion {
  return { kind: 'key', label: word.name, template: `${word.name}: `, word };
}

/** The few values of the key that the path ends with. */
function valuesAt(path: readonly string[], keys: readonly KeyWord[]): readonly Suggestion[] {
  const name = (path.at(-1) ?? '').replace(/\[\]$/, '');
  const found = keys.find((key) => key.name === name && key.values.length > 0 && isAtPath(key.path, path.slice(0, -1)));
  return (found?.values ?? []).map((value) => plainText('value', value));
}

function plainText(kind: 'value' | 'name', text: string): Suggestion {
  return { kind, label: text, template: text };
}

function xmlSuggestions({ kind, path, name, from }: XmlPlace, at: number, tables: LanguageTables): Suggestions {
  const words = tables.files.apigee;
  const inside = words.filter((word) => word.path === path);
  const parent = path.split('/').slice(0, -1).join('/');
  const own = path.split('/').at(-1) ?? '';
  const elements = inside.filter((word) => !word.name.startsWith('@'));
  switch (kind) {
    case 'element':
      return { from, options: elements.map((word) => elementSuggestion(word, '')) };
    case 'close':
      return { from, options: own === '' ? [] : [{ kind: 'element', label: own, template: `${own}>` }] };
    case 'attribute':
      return { from, options: inside.filter((word) => word.name.startsWith('@')).map(attributeSuggestion) };
    case 'attribute-value':
      return { from, options: xmlValues(words, path, `@${name}`) };
    case 'text': {
      const values = xmlValues(words, parent, own);
      return values.length > 0
        ? { from, options: values }
        : { from: at, options: elements.map((word) => elementSuggestion(word, '<')) };
    }
  }
}

function elementSuggestion(word: KeyWord, before: string): Suggestion {
  return { kind: 'element', label: `${before}${word.name}`, template: `${before}${word.name}`, word };
}

function attributeSuggestion(word: KeyWord): Suggestion {
  const name = word.name.slice(1);
  return { kind: 'attribute', label: name, template: `${name}="#{}"`, word };
}

function xmlValues(words: readonly KeyWord[], path: string, name: string): readonly Suggestion[] {
  const found = words.find((word) => word.path === path && word.name === name);
  return (found?.values ?? []).map((value) => plainText('value', value));
}

/** Placeholders such as NAME are filled in by the author. */
function variables(tables: LanguageTables, dialect: 'apigee' | 'datapower'): readonly Suggestion[] {
  return tables.variables[dialect].map((word) => ({
    kind: word.name.endsWith(')') ? 'function' : 'variable',
    label: word.name,
    template: word.name.replace(/\b(?:NAME|POLICY|N)\b/g, (name) => `#{${name}}`),
    word,
  }));
}

/** `attributes.` and the name that follows it. */
const memberSyntax = /(?:^|[^\w.])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.([A-Za-z_]\w*)?$/;
const nameSyntax = /[A-Za-z_][\w:]*$/;
/** An operand before the word: the function is written between its arguments. */
const infixSyntax = /(?:[)\]}'"`]|\b(?!(?:and|or|not|else|default|if|as|is)\b)\w+)\s+$/;

function expressionSuggestions(
  profile: ProfileName,
  before: string,
  at: number,
  tables: LanguageTables,
): Suggestions | undefined {
  const table = tables.profiles[profile];
  const member = memberSyntax.exec(before);
  if (member !== null) {
    const [, owner = '', typed = ''] = member;
    return { from: at - typed.length, options: membersOf(owner, table.members) };
  }
  if (/\.\w*$/.test(before)) return undefined;
  const typed = nameSyntax.exec(before)?.[0] ?? '';
  const isInfix = infixSyntax.test(before.slice(0, before.length - typed.length));
  const options = [
    ...table.members.filter(({ name }) => !name.includes('.')).map((word) => plain('member', word)),
    ...table.functions
      .filter(({ name }) => /^\w/.test(name))
      .map((word) => functionSuggestion(word, typed, before, isInfix)),
    ...table.keywords.map((word) => plain('keyword', word)),
  ];
  return { from: at - typed.length, options };
}

function membersOf(owner: string, members: readonly Word[]): readonly Suggestion[] {
  const found = members.filter(({ name }) => name.slice(0, name.lastIndexOf('.')) === owner);
  return found.map((word) => {
    const name = word.name.slice(owner.length + 1);
    return { kind: 'member', label: name, template: name, word };
  });
}

function plain(kind: 'member' | 'keyword', word: Word): Suggestion {
  return { kind, label: word.name, template: word.name, word };
}

function functionSuggestion(word: FunctionWord, typed: string, before: string, isInfix: boolean): Suggestion {
  const short = word.name.split('::').at(-1) ?? word.name;
  const module = word.name.slice(0, -short.length - 2);
  const isImported = module !== '' && before.includes(`* from ${module}`);
  const written = isImported ? short : word.name;
  return {
    kind: 'function',
    label: typed.includes(':') ? word.name : short,
    template: isInfix ? `${written} ` : `${written}(#{})`,
    ...(module === '' ? {} : { detail: module }),
    word,
  };
}
