/**
 * @module
 * What people do wrong with a secret in a file, a row each.
 */
import type { Dice } from '../../search/dice.ts';
import { aroundMark, asJson, block, type Draft, indented, mark, onLine, onSecret } from './drafts.ts';
import type { Place } from './places.ts';

export interface Mistake {
  readonly name: string;
  readonly format: Place['format'] | 'any';
  make(draft: Draft, dice: Dice): Draft;
}

/** The last word before the secret: its key or element. */
const lastWord = /([\w.-]+)(?=[^\w]*@@)/;

const strays = [
  'x',
  '"',
  "'",
  '}',
  ']',
  ',',
  ': ',
  '# ',
  '&',
  '*',
  '%',
  '@',
  '`',
  '!',
  '|',
  '> ',
  '<',
  '\\',
  '- ',
  '? ',
];

type Row = readonly [name: string, format: Mistake['format'], make: Mistake['make']];

const rows: readonly Row[] = [
  ['nothing', 'any', (draft) => draft],
  ['truncated', 'any', (draft) => onSecret(draft, (secret) => secret.slice(0, secret.length >> 1))],
  ['without its beginning', 'any', (draft) => onSecret(draft, (secret) => secret.slice(secret.length >> 2))],
  ['doubled', 'any', (draft) => onSecret(draft, (secret) => secret + secret)],
  [
    'a misspelt key',
    'any',
    (draft) => onLine(draft, (line) => line.replace(lastWord, (word) => `${word.slice(0, 2)}${word.slice(3)}`)),
  ],
  [
    'another key',
    'any',
    (draft, dice) => onLine(draft, (line) => line.replace(lastWord, dice.pick(['foo', 'kid', 'alg', 'value', 'name']))),
  ],
  ['a list', 'yaml', (draft) => aroundMark(draft, '[@@]')],
  ['a list below', 'yaml', (draft) => onLine(draft, (line) => line.replace(mark, () => `\n${' '.repeat(10)}- @@`))],
  [
    'a map',
    'yaml',
    (draft, dice) => aroundMark(draft, dice.pick(['{ value: @@ }', '{ @@ }', '{ @@: x }', '{ k: @@, d: @@ }'])),
  ],
  ['a map below', 'yaml', (draft) => onLine(draft, (line) => line.replace(mark, () => `\n${' '.repeat(10)}value: @@`))],
  [
    'wrong indentation',
    'yaml',
    (draft, dice) => onLine(draft, (line) => indented(line, dice.pick([-4, -3, -2, -1, 1, 2, 3]))),
  ],
  ['in the next line', 'yaml', (draft, dice) => aroundMark(draft, `\n${' '.repeat(dice.roll(10))}@@`)],
  [
    'a tab',
    'any',
    (draft, dice) => (dice.chance(50) ? onLine(draft, (line) => `\t${line.trimStart()}`) : aroundMark(draft, '\t@@')),
  ],
  ['a stray character before it', 'any', (draft, dice) => aroundMark(draft, `${dice.pick(strays)}@@`)],
  [
    'a stray character behind it',
    'any',
    (draft, dice) => aroundMark(draft, `@@${dice.pick([' ', ''])}${dice.pick(strays)}`),
  ],
  [
    'on one line with its siblings',
    'yaml',
    (draft) => onLine(draft, (line) => line.replace(/^(\s*(?:- )?)([\w.-]+): (.*)$/, '$1$2: $3, foo: 1')),
  ],
  ['double quotes', 'any', (draft) => aroundMark(draft, '"@@"')],
  ['single quotes', 'any', (draft) => aroundMark(draft, "'@@'")],
  ['two kinds of quotes', 'any', (draft, dice) => aroundMark(draft, dice.pick(['"@@\'', '\'@@"', '“@@”', '`@@`']))],
  ['an open quote', 'any', (draft, dice) => aroundMark(draft, dice.pick(['"@@', "'@@", '@@"', "@@'"]))],
  ['Base64 of it', 'any', (draft) => onSecret(draft, (secret) => Buffer.from(secret).toString('base64'))],
  ['hex of it', 'any', (draft) => onSecret(draft, (secret) => Buffer.from(secret).toString('hex'))],
  ['URL-encoded', 'any', (draft) => onSecret(draft, encodeURIComponent)],
  ['as JSON text', 'any', (draft) => onSecret(draft, (secret) => JSON.stringify(secret).slice(1, -1))],
  ['without line breaks', 'any', (draft) => onSecret(draft, (secret) => secret.replace(/-----[A-Z ]+-----|\n/g, ''))],
  [
    'as a path',
    'any',
    (draft, dice) =>
      onSecret(
        draft,
        (secret) =>
          `${dice.pick(['./', '/etc/keys/', ''])}${secret.replace(/-----[A-Z ]+-----|\n/g, '')}${dice.pick(['', '.pem', '/'])}`,
      ),
  ],
  ['as a name', 'any', (draft) => onSecret(draft, (secret) => secret.replace(/[^\w.-]/g, '').slice(0, 64))],
  [
    'as a reference',
    'any',
    (draft, dice) => aroundMark(draft, dice.pick(['$(@@)', '{@@}', '$@@', '#[@@]', '{{ @@ }}', '%@@%'])),
  ],
  ['twice', 'any', (draft) => onLine(draft, (line) => `${line}\n${line}`)],
  [
    'anchored',
    'yaml',
    (draft) => onLine(draft, (line) => `${line.replace(mark, '&a @@')}\n${line.replace(/[\w.-]+: .*/, 'foo: *a')}`),
  ],
  ['an anchor or alias', 'yaml', (draft, dice) => aroundMark(draft, dice.pick(['*@@', '&@@ x', '&@@', '*a@@']))],
  [
    'a tag',
    'yaml',
    (draft, dice) => aroundMark(draft, dice.pick(['!@@ x', '!!binary @@', '!!@@', '!<@@> x', '!!int @@'])),
  ],
  ['a block', 'yaml', (draft, dice) => block(draft, dice, '|')],
  [
    'a block with a wrong indicator',
    'yaml',
    (draft, dice) => block(draft, dice, dice.pick(['|9', '|0', '>', '|x', '|-5', '>+', '|@@', '| @@'])),
  ],
  ['a comment in front', 'any', (draft) => onLine(draft, (line) => `${line.replace(/\S.*/, '# key: @@')}\n${line}`)],
  [
    'a comment behind',
    'yaml',
    (draft, dice) => onLine(draft, (line) => line.replace(mark, () => dice.pick(['x # @@', '@@ # x', '"x"# @@']))),
  ],
  [
    'CRLF',
    'any',
    (draft) => ({ text: draft.text.replaceAll('\n', '\r\n'), secret: draft.secret.replaceAll('\n', '\r\n') }),
  ],
  ['CR', 'any', (draft) => ({ text: draft.text.replaceAll('\n', '\r'), secret: draft.secret })],
  ['NUL', 'any', (draft, dice) => aroundMark(draft, dice.pick(['\0@@', '@@\0']))],
  [
    'a byte order mark',
    'any',
    (draft, dice) => (dice.chance(50) ? aroundMark(draft, '\uFEFF@@') : { ...draft, text: `\uFEFF${draft.text}` }),
  ],
  ['bytes that are not UTF-8', 'any', (draft) => aroundMark(draft, '@@\uFFFD')],
  [
    'a key instead of a value',
    'yaml',
    (draft, dice) =>
      onLine(draft, (line) =>
        line.replace(/([\w.-]+): @@/, dice.pick(['@@: $1', '? @@', '@@:', '"@@": $1', '@@ : $1', '? $1: @@\n: x'])),
      ),
  ],
  ['JSON', 'yaml', (draft, dice) => asJson(draft, dice)],
  [
    'a wrong escape',
    'any',
    (draft, dice) => aroundMark(draft, dice.pick(['"\\q@@"', '"\\x@@"', '"\\u@@"', '"\\U@@"', '\\@@'])),
  ],
  [
    'a file that ends too early',
    'any',
    ({ text, secret }, dice) => ({
      text: text.slice(0, text.indexOf(mark) + mark.length),
      secret: secret.slice(0, Math.max(13, dice.roll(secret.length))),
    }),
  ],
  [
    'a line break inside',
    'any',
    (draft, dice) =>
      onSecret(draft, (secret) => `${secret.slice(0, 20)}\n${' '.repeat(dice.roll(9))}${secret.slice(20)}`),
  ],
  ['a merge', 'yaml', (draft) => onLine(draft, (line) => line.replace(/([\w.-]+): @@/, '<<: @@'))],
  [
    'another document',
    'yaml',
    (draft, dice) => aroundMark(draft, dice.pick(['@@\n---\n@@', '\n---\n@@\n', '\n...\n@@\n', '\n%YAML @@\n'])),
  ],
  [
    'next to an unknown sibling',
    'yaml',
    (draft) => onLine(draft, (line) => `${line}\n${line.replace(/\S.*/, 'foo: { bar: 1 }')}`),
  ],
  [
    'next to a wrong expression',
    'any',
    (draft) => ({
      ...draft,
      text: draft.text
        .replace("headers['x-tenant']", "headers['x-tenant'")
        .replace('{request.header', '{uper(request.header')
        .replace('300', '300x')
        .replace('type="number"', 'type="numbr"'),
    }),
  ],
  [
    'next to a wrong expression on one line',
    'yaml',
    (draft) => ({
      ...draft,
      text: draft.text
        .replace('value: "#[authentication.clientId]" }', 'value: "#[uper(1)]" }')
        .replace(/\n {4}customClaims:[\s\S]*/, '\n    customClaims: [{ name: a, value: "#[uper(1)]" }]\n')
        .replace(/(\s+)(\S+: )@@/, '$1{ $2@@ }'),
    }),
  ],
  [
    'an entity',
    'xml',
    (draft, dice) =>
      aroundMark(draft, dice.pick(['&@@;', '&#@@;', '&#x@@;', '&@@', '<!DOCTYPE a [<!ENTITY b "@@">]>'])),
  ],
  [
    'CDATA',
    'xml',
    (draft, dice) =>
      aroundMark(draft, dice.pick(['<![CDATA[@@]]>', '<![CDATA[@@', '@@]]>', '<!-- @@ -->', '<!-- @@ -- -->'])),
  ],
  [
    'an attribute instead of an element',
    'xml',
    (draft, dice) =>
      onLine(draft, (line) =>
        line.replace(
          /<(\w+)([^<>]*)>@@<\/\1>/,
          dice.pick([
            '<$1$2 value="@@"/>',
            '<$1$2 @@=""/>',
            '<$1$2 @@/>',
            '<$1$2 ref=@@/>',
            '<$1$2 ref="@@" ref="@@"/>',
          ]),
        ),
      ),
  ],
  [
    'an element instead of text',
    'xml',
    (draft, dice) =>
      aroundMark(
        draft,
        dice.pick(['<@@/>', '<Value>@@</Value>', '<@@>', '<a b="@@"/>', '</@@>', '<?@@?>', '<a @@>', '<Key>@@</Key>']),
      ),
  ],
  ['next to the element', 'xml', (draft) => onLine(draft, (line) => line.replace(/^(.*)@@(.*)$/, '@@$1$2'))],
  [
    'in the name of the policy',
    'xml',
    (draft) => ({ ...draft, text: draft.text.replace('</GenerateJWT>', '@@</GenerateJWT>') }),
  ],
  ['escaped', 'xml', (draft) => onSecret(draft, (secret) => secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))],
];

export const mistakes: readonly Mistake[] = rows.map(([name, format, make]) => ({ name, format, make }));
