/**
 * @module
 * `<Algorithm>`, `<Algorithms>` and `<Type>`: whether the token is signed or encrypted, and with which algorithms.
 */
import { nearest } from '../../diagnostics/suggest.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { algorithms, firstAlgorithms } from './editions.ts';
import { type PolicyEncryption, readEncryption } from './encryption.ts';
import { reportNewer } from './newer.ts';
import type { PolicyReader } from './policy-reader.ts';
import { childOf, trimmedText } from './xml-parts.ts';

/** The token is either signed or encrypted. */
export type Protection =
  | { readonly kind: 'signed'; readonly algorithm: SignatureAlgorithm }
  | { readonly kind: 'encrypted'; readonly encryption: PolicyEncryption };

/** Undefined if there are errors, which are reported. */
export function readProtection(reader: PolicyReader, policy: XmlElement): Protection | undefined {
  const single = childOf(policy, 'Algorithm');
  const pair = childOf(policy, 'Algorithms');
  checkType(reader, policy, pair !== undefined);
  if (single !== undefined && pair !== undefined) {
    const message = 'The policy has both `<Algorithm>`, which signs, and `<Algorithms>`, which encrypts';
    reader.refuse('InvalidConfiguration', pair, message, 'Remove one of them.');
    return undefined;
  }
  if (pair !== undefined) {
    const encryption = readEncryption(reader, policy, pair);
    return encryption && { kind: 'encrypted', encryption };
  }
  if (single === undefined) {
    const message = 'The policy has no `<Algorithm>`';
    reader.refuse('MissingConfigurationElement', policy, message, `Write one of ${algorithms.join(', ')}.`);
    return undefined;
  }
  const algorithm = readSignature(reader, single);
  return algorithm && { kind: 'signed', algorithm };
}

function readSignature(reader: PolicyReader, element: XmlElement): SignatureAlgorithm | undefined {
  const name = trimmedText(element);
  if (name.text === '') {
    reader.refuse('InvalidEmptyElement', element, '`<Algorithm>` is empty');
    return undefined;
  }
  if (algorithms.includes(name.text)) {
    if (!firstAlgorithms.includes(name.text)) reportNewer(reader, name, 'this signature algorithm');
    return signatureAlgorithms.get(name.text);
  }
  const message = name.text.includes(',')
    ? 'A token is signed with one algorithm; only VerifyJWT takes a list'
    : `${reader.edition.product} does not support this signature algorithm`;
  const guess = nearest(name.text, algorithms);
  const suggestion = guess === undefined ? `Write one of ${algorithms.join(', ')}.` : `Did you mean \`${guess}\`?`;
  reader.refuse('InvalidJwtAlgorithm', name, message, suggestion);
  return undefined;
}

/** `<Type>` repeats what the algorithm elements say, and must agree with them. */
function checkType(reader: PolicyReader, policy: XmlElement, encrypted: boolean): void {
  const element = childOf(policy, 'Type');
  if (element === undefined) return;
  const type = trimmedText(element);
  const expected = encrypted ? 'Encrypted' : 'Signed';
  if (type.text === expected) return;
  const known = type.text === 'Signed' || type.text === 'Encrypted';
  const message = known
    ? `\`<Type>\` is ${type.text}, but \`<${encrypted ? 'Algorithms' : 'Algorithm'}>\` means ${expected}`
    : '`<Type>` must be Signed or Encrypted';
  reader.refuse(
    'InvalidValueForElement',
    type.text === '' ? element : type,
    message,
    `Write \`<Type>${expected}</Type>\`.`,
  );
}
