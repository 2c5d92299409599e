/**
 * @module
 * A file with a JWK set. `kid` chooses one key. Without `kid`, the keys to sign with are all that can sign, in the
 * order of the set; the key to encrypt to is the only one that fits.
 */
import type { Steps } from '../../diagnostics/steps.ts';
import { type Jwk, readFromJwkSet, readJwkMembers, readJwkSet } from '../../jose/jwk.ts';
import type { HeldKey } from '../held-key.ts';
import { checkFit, hasError, type KeyUse } from '../key-use.ts';
import { mistakenSet } from '../mistaken-key.ts';
import { keyFileText, readKeyFile } from './key-file.ts';
import { fromJwk, nouns } from './key-text.ts';
import { type KeyRequest, refused, type SourceReading, type SpecOf } from './source.ts';

export function* readJwks({ path, kid }: SpecOf<'jwks'>, request: KeyRequest): Steps<SourceReading> {
  const file = readKeyFile(path, request);
  if (file.kind === 'refused') return file.reading;
  const known = keyFileText(file.bytes);
  const mistaken = mistakenSet(file.bytes, known);
  if (mistaken !== undefined) return { keys: [], findings: [...file.findings, mistaken] };
  const text = known ?? '';
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

/** Keys of another kind or for another use are skipped: a set usually has them too. */
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

/** Keys with `use: enc` are preferred. If several keys fit, that is an error; the order of the set does not decide. */
function chooseRecipient(members: readonly Member[], path: string, use: KeyUse): SourceReading {
  const fitting = members.filter(({ held }) => !hasError(checkFit(use, held)));
  const marked = fitting.filter(({ jwk }) => jwk.use === 'enc');
  const [chosen, second] = marked.length > 0 ? marked : fitting;
  // If the set has only private keys, the error is that they are private.
  const key = chosen ?? members.find(({ held }) => held.key.type === 'private');
  if (key !== undefined && second === undefined) return { keys: [key.held], findings: [] };
  const found = second === undefined ? 'no key' : 'several keys';
  const message = `The JWK set ${path} has ${found} to encrypt to with these algorithms.`;
  return refused('jose.no-matching-key', message, 'Write the `kid` of the key next to `jwks:`.');
}
