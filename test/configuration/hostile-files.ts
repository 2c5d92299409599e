/**
 * @module
 * Files that an attack or an accident makes: tokens repeated, nested, cut and mixed, up to 4 MB, in each place where a
 * configuration reads one.
 */
import type { Dice } from '../search/dice.ts';
import type { Files } from './large-configurations.ts';
import { flexPolicy } from './memory-files.ts';

const tokens = [
  ...['a: [', '[', '{', '- ', '-\n', '? ', '?\n', ': ', '&a ', '*a ', '&a *a ', '!t ', '!!omap ', '---\n', '...\n'],
  ...["'", '"', '"\\"', '#x\n', '\n', '\t', ' ', '\r\n', ',', '{},', '[],', 'a,', 'a: b\n', '- a: &b\n', '- <<: *b\n'],
  ...[
    '|\n',
    '>\n',
    '%YAML 1.1\n---\n',
    '1e999999 ',
    '0x',
    '\\',
    'x',
    '\ufeff',
    '- - - ',
    '? a\n: b\n',
    '{a: ',
    '}',
    ']',
  ],
  ...['<a>', '<a b="c">', '</a>', '<![CDATA[', ']]>', '&amp;', '&#x41;', '<!--', '-->', '<Claim name="a">b</Claim>'],
  ...['{"keys":[', '{"kty":"oct"},', '"k":"a",', '#[', '((', '{x', 'a ++ ', '$('],
] as const;

const config =
  'policies:\n  - name: p\n    file: p.yaml\n    key: { jwks: k.json }\nroutes:\n  - match: {}\n    policies: [p]\n';
const sound: Files = {
  'mintproc.yaml': config,
  'p.yaml': flexPolicy({ sub: "#[attributes.headers['x']]" }, '').replace('HS256', 'ES256'),
  'k.json': '{"keys":[]}',
};

/** What a file of a dialect begins with, so that it is read as one. */
const beginnings = [
  '',
  '# jwt-generation-flex\n',
  '- policyRef:\n    name: jwt-generation-flex\n  config:\n    signingMethod: ES256\n    customClaims:\n',
  '<GenerateJWT name="p"><AdditionalClaims>',
  'assembly:\n  execute:\n    - jwt-generate:\n        version: 2.0.0\n',
];

export interface Hostile {
  readonly name: string;
  readonly bytes: number;
  readonly files: Files;
}

export function hostileFiles(dice: Dice): Hostile {
  const file = dice.pick(Object.keys(sound));
  // Small ones are many and some are as large as a file may be.
  const bytes = dice.chance(8) ? 4_000_000 : 2 ** (8 + dice.roll(11));
  const chosen = Array.from({ length: 1 + dice.roll(3) }, () => dice.pick(tokens));
  const start = file === 'mintproc.yaml' ? dice.pick(['', config]) : dice.pick(beginnings);
  const body = dice.chance(80) ? repeated(chosen.join(''), bytes) : mixed(dice, chosen, Math.min(bytes, 65_536));
  const text = mutated(dice, start + body);
  return {
    name: `${file}: ${JSON.stringify(start)} and ${JSON.stringify(chosen)}`,
    bytes: text.length,
    files: { ...sound, [file]: text },
  };
}

function repeated(token: string, bytes: number): string {
  return token.repeat(Math.ceil(bytes / token.length)).slice(0, bytes);
}

function mixed(dice: Dice, chosen: readonly string[], bytes: number): string {
  let text = '';
  while (text.length < bytes) text += dice.pick(dice.chance(50) ? chosen : tokens);
  return text;
}

/** Cut, or with something else in its middle. */
function mutated(dice: Dice, text: string): string {
  const at = dice.roll(text.length + 1);
  if (dice.chance(15)) return text.slice(0, at);
  return dice.chance(15) ? text.slice(0, at) + dice.pick(tokens) + text.slice(at) : text;
}
