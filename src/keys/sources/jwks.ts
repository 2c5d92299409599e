/**
 * @module
 * A file with a JWK set: the key of one `kid`. Without it, to sign: all that can, in the order of the set; to encrypt:
 * the one key that fits.
 */
import type { Steps } from '../../diagnostics/steps.ts';
import { type Jwk, readFromJwkSet, readJwkMembers, readJwkSet } from '../../jose/jwk.ts';
import type { HeldKey } from '../held-key.ts';
import { checkFit, hasError, type KeyUse } from '../key-use.ts';
import { keyFileText, readKeyFile } from './key-file.ts';
import { fromJwk, nouns } from './key-text.ts';
import { type KeyRequest, refused, type SourceReading, type SpecOf } from './source.ts';

export function* readJwks({ path, kid }: SpecOf<'jwks'>, request: KeyRequest): Steps<SourceReading> {
  const file = readKeyFile(path, request);
  if (file.kind === 'refused') return file.reading;
  const text = keyFileText(file.bytes) ?? '';
  const reading = kid === undefined ? yield* readFitting(text, path, request) : readOne(text, kid, request);
  return { keys: reading.keys, findings: [...file.findings, ...reading.findings] };
}

function readOne(text: string, kid: string, { use }: KeyRequest): SourceReading {
  const reading = readFromJwkSet(text, kid);
  return reading.ok ? fromJwk(reading.value, use) : { keys: [], findings: [reading.finding] };
}

interface Member {
  readonly held: HeldKey;
  readonly jwk: Jwk;
}

/** Keys of another kind and for another use are left out: a set usually has them too. */
function* readFitting(text: string, path: string, { use }: KeyRequest): Steps<SourceReading> {
  const set = readJwkSet(text);
  if (!set.ok) return { keys: [], findings: [set.finding] };
  const members: Member[] = [];
  for (const value of set.value) {
    const reading = readJwkMembers(value);
    if (!reading.ok) return { keys: [], findings: [reading.finding] };
    const jwk = reading.value;
    members.push(...fromJwk(jwk, use).keys.map((held) => ({ held, jwk })));
    yield;
  }
  if (use.purpose.use === 'enc') return chooseRecipient(members, path, use);
  if (members.length > 0) return { keys: members.map(({ held }) => held), findings: [] };
  const needed = nouns[use.kind].replace(/^an? /, '');
  return refused('jose.no-matching-key', `The JWK set ${path} has no ${needed} that can sign.`);
}

/** One that says `use: enc` comes before those that say nothing; a token is never encrypted to whichever came first. */
function chooseRecipient(members: readonly Member[], path: string, use: KeyUse): SourceReading {
  const fitting = members.filter(({ held }) => !hasError(checkFit(use, held)));
  const marked = fitting.filter(({ jwk }) => jwk.use === 'enc');
  const [chosen, second] = marked.length > 0 ? marked : fitting;
  // Where the set has private keys alone, that is what is wrong with it.
  const key = chosen ?? members.find(({ held }) => held.key.type === 'private');
  if (key !== undefined && second === undefined) return { keys: [key.held], findings: [] };
  const found = second === undefined ? 'no key' : 'several keys';
  const message = `The JWK set ${path} has ${found} to encrypt to by these algorithms.`;
  return refused('jose.no-matching-key', message, 'Write `kid:` beside `jwks:`, the `kid` of the key that is meant.');
}
