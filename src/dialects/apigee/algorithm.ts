/**
 * @module
 * `<Algorithm>`, `<Algorithms>` and `<Type>`: whether the token is signed or encrypted, and by what.
 */
import { nearest } from '../../diagnostics/suggest.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { type PolicyEncryption, readEncryption } from './encryption.ts';
import type { Reading } from './reading.ts';
import { childOf, trimmedText } from './xml-parts.ts';

/** How the token is protected: it is signed, or it is encrypted. */
export type Protection =
  | { readonly kind: 'signed'; readonly algorithm: SignatureAlgorithm }
  | { readonly kind: 'encrypted'; readonly encryption: PolicyEncryption };

/** Undefined where problems, which are reported, forbid the policy. */
export function readProtection(reading: Reading, policy: XmlElement): Protection | undefined {
  const single = childOf(policy, 'Algorithm');
  const pair = childOf(policy, 'Algorithms');
  checkType(reading, policy, pair !== undefined);
  if (single !== undefined && pair !== undefined) {
    const message = 'The policy has both `<Algorithm>`, which signs, and `<Algorithms>`, which encrypts';
    reading.refuse('InvalidConfiguration', pair, message, 'Keep the one that you mean.');
    return undefined;
  }
  if (pair !== undefined) {
    const encryption = readEncryption(reading, policy, pair);
    return encryption && { kind: 'encrypted', encryption };
  }
  if (single === undefined) {
    const message = 'The policy has no `<Algorithm>`';
    reading.refuse(
      'MissingConfigurationElement',
      policy,
      message,
      `Write one of ${reading.edition.algorithms.join(', ')}.`,
    );
    return undefined;
  }
  const algorithm = readSignature(reading, single);
  return algorithm && { kind: 'signed', algorithm };
}

function readSignature(reading: Reading, element: XmlElement): SignatureAlgorithm | undefined {
  const name = trimmedText(element);
  if (name.text === '') {
    reading.refuse('InvalidEmptyElement', element, '`<Algorithm>` is empty');
    return undefined;
  }
  const known = reading.edition.algorithms;
  if (known.includes(name.text)) return signatureAlgorithms.get(name.text);
  const guess = nearest(name.text, known);
  const message = name.text.includes(',')
    ? 'A token is signed by one algorithm; lists are for VerifyJWT'
    : `This is no algorithm by which Apigee ${reading.edition.name === 'edge' ? 'Edge' : 'X'} signs`;
  const suggestion = guess === undefined ? `Write one of ${known.join(', ')}.` : `Did you mean \`${guess}\`?`;
  reading.refuse(
    'InvalidJwtAlgorithm',
    name,
    message,
    signatureAlgorithms.has(name.text) ? 'Write `edition: x` if the policy runs on Apigee X.' : suggestion,
  );
  return undefined;
}

/** `<Type>` says again what the algorithm elements say, and must agree with them. */
function checkType(reading: Reading, policy: XmlElement, encrypted: boolean): void {
  const element = childOf(policy, 'Type');
  if (element === undefined) return;
  const type = trimmedText(element);
  const expected = encrypted ? 'Encrypted' : 'Signed';
  if (type.text === expected) return;
  const known = type.text === 'Signed' || type.text === 'Encrypted';
  const message = known
    ? `\`<Type>\` says ${type.text}, and \`<${encrypted ? 'Algorithms' : 'Algorithm'}>\` says ${expected}`
    : '`<Type>` is Signed or Encrypted';
  reading.refuse(
    'InvalidValueForElement',
    type.text === '' ? element : type,
    message,
    `Write \`<Type>${expected}</Type>\`.`,
  );
}
