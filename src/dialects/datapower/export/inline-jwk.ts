/**
 * @module
 * Judges the JWKs that are in an API's file, as loading a configuration does: they are used as they are.
 */
import { type Problem, problemAt } from '../../../diagnostics/problem.ts';
import { checkPurpose, type Jwk, readJwk } from '../../../jose/jwk.ts';
import { type KeyFinding, keyError, keyWarning } from '../../../jose/key-finding.ts';
import { checkRecipientKey } from '../../../jose/key-management.ts';
import { checkSigningKey, signatureAlgorithms } from '../../../jose/signature-algorithms.ts';
import type { KeySource, TextKey, TokenPlan } from '../../../plan/token-plan.ts';

/** What is wrong with them; without their text. */
export function inlineJwkProblems({ algorithm, key, encryption, otherKeyAlgorithm }: TokenPlan): readonly Problem[] {
  const signing = algorithm && inlineOf(key);
  const recipient = inlineOf(encryption?.key);
  const problems: Problem[] = [];
  if (signing !== undefined && algorithm !== undefined) {
    problems.push(
      ...judged(signing, (jwk) => [
        ...checkSigningKey(algorithm, jwk.key),
        ...checkPurpose(jwk, { use: 'sig', algorithms: [algorithm.name], operations: ['sign'] }),
        ...(otherKeyAlgorithm === undefined ? [] : otherAlgorithm(jwk, algorithm.name, otherKeyAlgorithm)),
      ]),
    );
  }
  if (recipient !== undefined && encryption !== undefined) {
    const { management, content } = encryption;
    problems.push(
      ...judged(recipient, (jwk) => [
        ...checkRecipientKey(management, content, jwk.key),
        ...checkPurpose(jwk, { use: 'enc', algorithms: [management.name], operations: management.keyOperations }),
      ]),
    );
  }
  return problems;
}

function inlineOf(source: KeySource | undefined): TextKey | undefined {
  return source?.kind === 'named' ? source.own : undefined;
}

function judged({ text, place }: TextKey, check: (jwk: Jwk) => readonly KeyFinding[]): readonly Problem[] {
  const read = readJwk(text);
  const findings = read.ok ? check(read.value) : [read.finding];
  return findings.map((finding) => problemAt(place, 0, finding.code, finding));
}

/** As `keys/key-use.ts` judges it. */
function otherAlgorithm(
  { algorithm: found }: Jwk,
  name: string,
  accepted: NonNullable<TokenPlan['otherKeyAlgorithm']>,
): readonly KeyFinding[] {
  if (found === undefined || found === name) return [];
  if (!signatureAlgorithms.has(found)) {
    return [
      keyError('jose.wrong-key-algorithm', `The policy needs a key for ${name}, but the JWK has another \`alg\`.`),
    ];
  }
  const message = `The JWK is for another algorithm: its \`alg\` is \`${found}\`. As on the gateway, tokens are signed with ${name}.`;
  return [keyWarning(accepted, message)];
}
