/**
 * @module
 * What a look at one file or at one peer has shown: its keys, and what of it is not taken.
 */
import { parsedRecord } from '../../diagnostics/json.ts';
import { readJwkSet } from '../../jose/jwk.ts';
import { readPublicJwk } from '../../keys/public-jwk.ts';
import type { PublishedKey } from '../../keys/published-keys.ts';

/** A key with what its source says of it. */
export type SeenKey = Pick<PublishedKey, 'held' | 'algorithms'>;

export interface Sight {
  /** The file, or the address. */
  readonly from: string;
  /** Undefined if it could not be read or did not answer: then it counts as before. */
  readonly keys: readonly SeenKey[] | undefined;
  /** What is wrong with it: sentences, without any part of a key. */
  readonly objections: readonly string[];
}

/** More than one process publishes. @internal Exported for the test at the limit. */
export const maxKeysOfSource = 256;

/** Reads a JWK set, or one JWK. A key that is refused does not hide the others. */
export function readSet(text: string, from: string): Sight {
  const set = readJwkSet(text);
  const members = set.ok ? set.value : singleJwk(text);
  if (members === undefined) return { from, keys: undefined, objections: ['It is neither a JWK set nor a JWK.'] };
  const taken = members.slice(0, maxKeysOfSource).map(readPublicJwk);
  const refused = new Set(taken.flatMap((reading) => (reading.ok ? [] : [reading.reason])));
  if (members.length > maxKeysOfSource) refused.add(`It has more than ${maxKeysOfSource} keys; the rest is left out.`);
  return { from, keys: taken.filter((reading) => reading.ok), objections: [...refused] };
}

function singleJwk(text: string): readonly unknown[] | undefined {
  const jwk = parsedRecord(text);
  return typeof jwk?.['kty'] === 'string' ? [jwk] : undefined;
}
