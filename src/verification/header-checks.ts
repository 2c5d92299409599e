/**
 * @module
 * What a verifier checks of a token's header alone: its algorithm, and the extensions that it must understand.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import { listed } from '../diagnostics/listing.ts';
import { type SignatureAlgorithm, verificationAlgorithms } from '../jose/signature-algorithms.ts';
import { type Check, fail, pass } from './check.ts';

/** The signature algorithm of a token; undefined if no verifier may accept it. */
export function checkAlgorithm({ alg }: JsonObject): {
  readonly check: Check;
  readonly algorithm: SignatureAlgorithm | undefined;
} {
  const algorithm = typeof alg === 'string' ? verificationAlgorithms.get(alg) : undefined;
  if (algorithm !== undefined) return { check: pass('alg', algorithm.name), algorithm };
  return { check: fail('alg', whyNot(alg)), algorithm: undefined };
}

function whyNot(alg: JsonValue | undefined): string {
  if (alg === undefined) return 'The header names no algorithm.';
  if (typeof alg === 'string' && alg.toLowerCase() === 'none') {
    return 'The header says `none`: the token is not signed, so anybody could have made it.';
  }
  const known = `The algorithms are: ${[...verificationAlgorithms.keys()].join(', ')}.`;
  if (typeof alg !== 'string') return `The header names no algorithm, but another value. ${known}`;
  const exact = [...verificationAlgorithms.keys()].find((name) => name.toLowerCase() === alg.toLowerCase());
  return exact === undefined
    ? `This is not the name of a signature algorithm. ${known}`
    : `Verifiers distinguish upper and lower case: write ${exact}.`;
}

/** RFC 7515 section 4.1.11. Undefined if the header has no `crit`. */
export function checkCritical({ crit }: JsonObject): Check | undefined {
  if (crit === undefined) return undefined;
  if (!Array.isArray(crit) || crit.length === 0 || !crit.every((name) => typeof name === 'string')) {
    return fail('crit', 'It must be a list of names that is not empty (RFC 7515 section 4.1.11).');
  }
  const plain = crit.filter((name) => isPlainName(name));
  const names = plain.length === 0 ? '' : ` (${listed(plain)})`;
  return fail(
    'crit',
    `The header has extensions that a verifier must understand${names}. Ordinary verifiers, this one too, know none.`,
  );
}
