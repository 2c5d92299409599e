/**
 * @module
 * Servers and what they read in a path, and disguised paths, for the search `routes`.
 */
import type { Dice } from '../search/dice.ts';

/** What servers are known to do to a path, each written down without a look at how mintproc does it. */
const habits: Readonly<Record<string, (path: string) => string>> = {
  decode: (path) => decodeBytes(path),
  'decode ASCII': (path) => path.replace(/%([0-7][0-9a-f])/gi, fromHex),
  'decode %u': (path) => path.replace(/%u([0-9a-f]{4})/gi, fromHex),
  'decode overlong UTF-8': (path) =>
    path.replace(/%c([01])%([89ab][0-9a-f])/gi, (_, a, b) =>
      String.fromCharCode((parseInt(a, 16) << 6) | (parseInt(b, 16) & 63)),
    ),
  'normalize (NFKC)': (path) => path.normalize('NFKC'),
  'backslashes are slashes': (path) => path.split('\\').join('/'),
  'no parameters': (path) =>
    path
      .split('/')
      .map((segment) => segment.split(';')[0])
      .join('/'),
  'end at a zero byte': (path) => path.split('\0')[0] ?? '',
  'end at ?': (path) => path.split('?')[0] ?? '',
  'end at #': (path) => path.split('#')[0] ?? '',
  'trim segments': (path) =>
    path
      .split('/')
      .map((segment) => segment.trim())
      .join('/'),
  'Windows file names': (path) =>
    path
      .split('/')
      .map((segment) => (/^\.{1,2}$/.test(segment) ? segment : segment.replace(/[. ]+$/, '')))
      .join('/'),
  'no tabs and line breaks': (path) => path.replaceAll('\t', '').replaceAll('\n', '').replaceAll('\r', ''),
  'merge slashes': (path) =>
    `/${path
      .split('/')
      .filter((segment) => segment !== '')
      .join('/')}`,
  'resolve dots': resolve,
  'lower case': (path) => path.toLowerCase(),
};

/** Decoding comes before the rest: twice, or in two ways. */
const decodings = ['decode', 'decode ASCII', 'decode %u', 'decode overlong UTF-8', 'normalize (NFKC)'];
const others = Object.keys(habits).filter((name) => !decodings.includes(name));

/** By bytes, of which those that are no UTF-8 stay as they were written. */
function decodeBytes(path: string): string {
  const bytes = Buffer.from(path, 'utf8')
    .toString('latin1')
    .replace(/%([0-9a-f]{2})/gi, fromHex);
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? path.replace(/%([0-7][0-9a-f])/gi, fromHex) : text;
}

function fromHex(_: string, digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16));
}

function resolve(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

const disguises: readonly ((character: string, dice: Dice) => string)[] = [
  (character) => character,
  (character) => character,
  hex,
  (character) => hex(character).replaceAll('%', '%25'),
  (character) => hex(character).replaceAll('%', '%2525'),
  (character) => `%u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  (character) => `%u${(character.charCodeAt(0) + 0xfee0).toString(16)}`,
  (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0),
  (character) => encodeURIComponent(String.fromCharCode(character.charCodeAt(0) + 0xfee0)),
  (character) => `%c${character.charCodeAt(0) >> 6}%${((character.charCodeAt(0) & 63) | 128).toString(16)}`,
  (character) => (character === '/' ? '\\' : character),
];

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

const fillers = [
  '',
  '',
  '',
  '',
  ';v=1',
  ' ',
  '%20',
  '%09',
  '.',
  '%00',
  '%0a',
  '%3b',
  '%3f',
  '#',
  '%23',
  '//',
  '/./',
  '%c0',
  '%f8%87%bf%bf%bf',
  '%fc%83%bf%bf%bf%bf',
  '%ff',
  '\u3000',
];

/** The characters of a path after its first slash, some of them in other forms and with something between them. */
export function disguisedPath(path: string, dice: Dice): string {
  const busy = dice.pick([5, 20, 60]);
  const text = [...path.slice(1)].map((character) => {
    const shown = dice.chance(busy) ? dice.pick(disguises)(character, dice) : character;
    return dice.chance(8) ? `${shown}${dice.pick(fillers)}` : shown;
  });
  return `/${text.join('')}${dice.pick(fillers)}`;
}

/** A server: its decodings, and its other transformations. */
export function randomServer(dice: Dice): readonly string[] {
  const decodes = Array.from({ length: dice.roll(4) }, () => dice.pick(decodings));
  const does = others.filter(() => dice.chance(40));
  return [...decodes, ...does];
}

/** The path that a server reads in `:path`, in lower case. */
export function readBy(server: readonly string[], target: string): string {
  const [path = ''] = target.split('?');
  return server.reduce((text, name) => habits[name]?.(text) ?? text, path).toLowerCase();
}
