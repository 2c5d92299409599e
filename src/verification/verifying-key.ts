/**
 * @module
 * The keys that a verifier has, and which of them a token's header names.
 */
import type { KeyObject } from 'node:crypto';
import { isPlainName } from '../diagnostics/harmless.ts';
import { listed } from '../diagnostics/listing.ts';
import type { SignatureAlgorithm } from '../jose/signature-algorithms.ts';
import { checkVerifyingKey } from '../jose/verify-signature.ts';

export interface VerifyingKey {
  /** A secret, a public key, or a private key, which can verify too. */
  readonly key: KeyObject;
  readonly kid: string | undefined;
  /** What its JWK says of its use; undefined if it says nothing. */
  readonly use: string | undefined;
  readonly operations: readonly string[] | undefined;
  /** The algorithms that it may be used with; undefined if all that fit. */
  readonly algorithms: readonly string[] | undefined;
  /** Where the user gave it, such as the path of a file. */
  readonly from: string;
}

export type KeyChoice =
  /** `unnamed`: the token's `kid` is not the name of any of them, because they have none. */
  | { readonly ok: true; readonly keys: readonly VerifyingKey[]; readonly unnamed: boolean }
  | { readonly ok: false; readonly message: string };

/**
 * The keys that may have signed a token.
 *
 * @param kid of the token; undefined if it has none
 */
export function chooseKeys(
  all: readonly VerifyingKey[],
  kid: string | undefined,
  algorithm: SignatureAlgorithm,
): KeyChoice {
  if (all.length === 0) return { ok: false, message: 'There is no key to verify it with.' };
  const named = kid === undefined ? all : all.filter((key) => key.kid === kid);
  const unnamed = kid !== undefined && named.length === 0;
  const candidates = unnamed ? all.filter((key) => key.kid === undefined) : named;
  if (kid !== undefined && candidates.length === 0) return { ok: false, message: unknownKid(kid, all) };
  const objections = candidates.map((key) => objectionTo(key, algorithm));
  const fitting = candidates.filter((_, index) => objections[index] === undefined);
  if (fitting.length > 0) return { ok: true, keys: fitting, unnamed };
  const [objection = ''] = objections;
  const others = candidates.length === 1 ? '' : ` None of the other ${candidates.length - 1} keys fits either.`;
  return { ok: false, message: `${objection}${others}` };
}

function unknownKid(kid: string, all: readonly VerifyingKey[]): string {
  const names = new Set(all.flatMap((key) => (key.kid === undefined ? [] : [key.kid])));
  const plain = [...names].filter(isPlainName);
  const wanted = isPlainName(kid) ? ` \`${kid}\`` : ', which is not a plain name';
  const known = plain.length === 0 ? 'They have none that can be shown.' : `They have: ${listed(plain)}.`;
  return `No key has the token's \`kid\`${wanted}. ${known}`;
}

/** Why a key may not verify with the algorithm; undefined if it may. */
function objectionTo(key: VerifyingKey, algorithm: SignatureAlgorithm): string | undefined {
  const finding = checkVerifyingKey(algorithm, key.key);
  if (finding !== undefined) return finding.message;
  if (key.use !== undefined && key.use !== 'sig') return 'The `use` of the JWK is not `sig`.';
  const mayVerify = key.operations?.some((name) => name === 'verify' || name === 'sign') ?? true;
  if (!mayVerify) return 'The `key_ops` of the JWK has no `verify`.';
  if (key.algorithms === undefined || key.algorithms.includes(algorithm.name)) return undefined;
  return `The key is for another algorithm than the token's ${algorithm.name}.`;
}
