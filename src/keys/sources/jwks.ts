/**
 * @module
 * A file with a JWK set: the key of one `kid`, or all that can sign, in the order of the set.
 */
import type { Steps } from '../../diagnostics/steps.ts';
import { readFromJwkSet, readJwkMembers, readJwkSet } from '../../jose/jwk.ts';
import type { HeldKey } from '../held-key.ts';
import { keyFileText, readKeyFile } from './key-file.ts';
import { fromJwk } from './key-text.ts';
import { type KeyRequest, refused, type SourceReading, type SpecOf } from './source.ts';

export function* readJwks({ path, kid }: SpecOf<'jwks'>, request: KeyRequest): Steps<SourceReading> {
  const file = readKeyFile(path, request);
  if (file.kind === 'refused') return file.reading;
  const text = keyFileText(file.bytes) ?? '';
  const reading = kid === undefined ? yield* readAll(text, path, request) : readOne(text, kid, request);
  return { keys: reading.keys, findings: [...file.findings, ...reading.findings] };
}

function readOne(text: string, kid: string, { kind }: KeyRequest): SourceReading {
  const reading = readFromJwkSet(text, kid);
  return reading.ok ? fromJwk(reading.value, kind) : { keys: [], findings: [reading.finding] };
}

/** Keys of another kind, public ones and those for encryption are left out: a set usually has them too. */
function* readAll(text: string, path: string, { kind }: KeyRequest): Steps<SourceReading> {
  const set = readJwkSet(text);
  if (!set.ok) return { keys: [], findings: [set.finding] };
  const keys: HeldKey[] = [];
  for (const member of set.value) {
    const reading = readJwkMembers(member);
    if (!reading.ok) return { keys: [], findings: [reading.finding] };
    keys.push(...fromJwk(reading.value, kind).keys);
    yield;
  }
  if (keys.length > 0) return { keys, findings: [] };
  const needed = kind === 'secret' ? 'secret' : 'private key';
  return refused('jose.no-matching-key', `The JWK set ${path} has no ${needed} that can sign.`);
}
