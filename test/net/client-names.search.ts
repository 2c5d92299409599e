/**
 * @module
 * Random patterns of `tls.clients` and certificates with random names, judged by regular expressions over the bytes.
 */
import { X509Certificate } from 'node:crypto';
import { ClientName, certificateNames, plainNameOf } from '../../src/net/client-names.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { type AlternativeName, Authority } from './made-certificates.ts';

export const search: Search = {
  name: 'client-names',
  property: 'A client is let in exactly if one of the names in its certificate, byte for byte, is one that is named.',
  inputs: 200_000,
  share: 4_000,
  run,
};

const segments = ['ns', 'a', 'b', 'sa', 'envoy', 'Envoy', '*', 'a*', '*b', 'a*b', '.', '..', '', 'xn--a', 'xn--*'];
const strange = [
  '\0',
  ', ',
  '"',
  '\\',
  "'",
  'URI:',
  'DNS:a.b',
  '*',
  '%2e',
  '\xc3\xbc',
  '\x7f',
  '\n',
  ' ',
  ':',
  '/',
  'A',
  '.',
];
const hosts = ['a.b', 'a.b.c', 'xn--a.b', 'aa.b', 'ab.b', 'b'];

async function run(effort: Effort): Promise<string> {
  const authority = new Authority();
  let admitted = 0;
  for await (const number of effort.inputs()) {
    const dice = new Dice(Math.imul(effort.seed + number, 0x9e3779b1));
    const text = pattern(dice);
    const names = Array.from({ length: dice.roll(4) }, () => alternativeName(dice, text));
    const made = authority.leaf(names, { subject: dice.chance(50) ? 'a.b' : undefined, ca: dice.chance(5) });
    const certificate = new X509Certificate(made.certificate);
    const found = certificateNames(certificate);
    const admits = ClientName.parse(text)?.isOneOf(found) ?? false;
    if (admits !== expected(text, names, certificate.ca)) {
      throw new Finding(
        `${JSON.stringify({ text, names, ca: certificate.ca })} ${admits ? 'is let in' : 'is refused'}`,
      );
    }
    const shown = plainNameOf(found);
    if (shown !== undefined && !/^[!-~]{1,2048}$/.test(shown)) throw new Finding(`it shows ${JSON.stringify(shown)}`);
    if (admits) admitted++;
  }
  return `${admitted} let in`;
}

function pattern(dice: Dice): string {
  const some = (from: readonly string[], length: number): string[] => Array.from({ length }, () => dice.pick(from));
  if (dice.chance(50))
    return `dns:${some(['a', 'b', 'c', 'A', '*', 'a*', '*b', 'xn--a', 'xn--*', ''], 1 + dice.roll(3)).join('.')}`;
  return `spiffe://${dice.pick(['t', 't', 't', 'T', '*', 't.local'])}/${some(segments, 1 + dice.roll(3)).join('/')}`;
}

/** Often a name that the pattern matches, with or without something strange. */
function alternativeName(dice: Dice, text: string): AlternativeName {
  const kind = dice.pick(['URI', 'DNS', 'URI', 'DNS', 'email'] as const);
  const like = text.replace(/^dns:/, '').replaceAll('*', () => dice.pick(['a', 'ab', '', 'x.y', 'x/y', 'xn--a']));
  let value = dice.chance(60) ? like : dice.pick([...hosts, 'spiffe://t/ns/a', 'urn:x', '']);
  if (dice.chance(30)) {
    const at = dice.roll(value.length + 1);
    value = value.slice(0, at) + dice.pick(strange) + value.slice(at);
  }
  return [dice.chance(70) ? (value.includes('/') ? 'URI' : 'DNS') : kind, value];
}

function expected(text: string, names: readonly AlternativeName[], ca: boolean): boolean {
  const stars = (escaped: string, letters: string): RegExp =>
    new RegExp(`^${escaped.replaceAll('\\*', `${letters}+`)}$`);
  // Two stars in a segment are refused, and so is one in an A-label. No generated segment has two.
  if (text.startsWith('dns:')) {
    const host = text.slice(4).toLowerCase();
    if (/xn--\*|^\.|\.\.|\.$|^$/.test(host)) return false;
    const form = stars(RegExp.escape(host), '[a-z0-9_-]');
    const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
    const values = names.filter(([kind]) => kind === 'DNS').map(([, value]) => value.toLowerCase());
    return values.some((value) => form.test(value) && value.split('.').every((part) => label.test(part)));
  }
  const uris = names.filter(([kind]) => kind === 'URI');
  const [first] = uris;
  if (first === undefined || uris.length > 1 || ca) return false;
  if (!/^spiffe:\/\/[a-z0-9.]+\//.test(text) || /\/\.{0,2}(?:\/|$)/.test(text.slice(8))) return false;
  return stars(RegExp.escape(text), '[A-Za-z0-9._-]').test(first[1]) && !/\/\.{1,2}(?:\/|$)/.test(first[1]);
}
