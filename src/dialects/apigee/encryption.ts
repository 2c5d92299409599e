/**
 * @module
 * Encrypted tokens: `<Algorithms>` and `<Compress>`. On Apigee a token is signed or encrypted, never both.
 */
import { nearest } from '../../diagnostics/suggest.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import { contentEncryptions } from '../../jose/content-encryption.ts';
import { keyManagements } from '../../jose/key-management.ts';
import type { Encryption } from '../../plan/token-plan.ts';
import type { PolicyKey } from './key.ts';
import type { PolicyReader } from './policy-reader.ts';
import { readRecipient } from './recipient.ts';
import { childOf, trimmedText } from './xml-parts.ts';

/** Each key management algorithm of Apigee, with the element that holds its key. */
export const keyElements: ReadonlyMap<string, 'SecretKey' | 'PublicKey' | 'PasswordKey' | 'DirectKey'> = new Map([
  ['dir', 'DirectKey'],
  ['RSA-OAEP-256', 'PublicKey'],
  ['A128KW', 'SecretKey'],
  ['A192KW', 'SecretKey'],
  ['A256KW', 'SecretKey'],
  ['A128GCMKW', 'SecretKey'],
  ['A192GCMKW', 'SecretKey'],
  ['A256GCMKW', 'SecretKey'],
  ['PBES2-HS256+A128KW', 'PasswordKey'],
  ['PBES2-HS384+A192KW', 'PasswordKey'],
  ['PBES2-HS512+A256KW', 'PasswordKey'],
  ['ECDH-ES', 'PublicKey'],
  ['ECDH-ES+A128KW', 'PublicKey'],
  ['ECDH-ES+A192KW', 'PublicKey'],
  ['ECDH-ES+A256KW', 'PublicKey'],
]);

/** The encryption without its header; `id` is the key's identifier. */
export interface PolicyEncryption extends Omit<Encryption, 'header'> {
  readonly id: PolicyKey['id'];
}

/** Undefined if there are errors, which are reported. */
export function readEncryption(
  reader: PolicyReader,
  policy: XmlElement,
  pair: XmlElement,
): PolicyEncryption | undefined {
  const name = readName(reader, pair, 'Key', [...keyElements.keys()]);
  const contentName = readName(reader, pair, 'Content', [...contentEncryptions.keys()]);
  const element = name === undefined ? undefined : keyElements.get(name);
  const recipient =
    name === undefined || element === undefined ? undefined : readRecipient(reader, policy, element, name);
  const compress = readCompress(reader, childOf(policy, 'Compress'));
  const management = keyManagements.get(name ?? '');
  const content = contentEncryptions.get(contentName ?? '');
  if (management === undefined || content === undefined || recipient === undefined) return undefined;
  return { ...recipient, management, content, compress, encloses: 'claims' };
}

function readName(reader: PolicyReader, pair: XmlElement, name: string, known: readonly string[]): string | undefined {
  const element = childOf(pair, name);
  const text = element === undefined ? undefined : trimmedText(element);
  if (element === undefined || text === undefined) {
    reader.refuse(
      'MissingConfigurationElement',
      pair,
      `\`<Algorithms>\` has no \`<${name}>\``,
      `Write one of ${known.join(', ')}.`,
    );
    return undefined;
  }
  if (known.includes(text.text)) return text.text;
  const guess = nearest(text.text, known);
  const suggestion = guess === undefined ? `Write one of ${known.join(', ')}.` : `Did you mean \`${guess}\`?`;
  reader.refuse(
    'InvalidJwtAlgorithm',
    text.text === '' ? element : text,
    `Apigee does not support this algorithm for \`<${name}>\``,
    suggestion,
  );
  return undefined;
}

function readCompress(reader: PolicyReader, element: XmlElement | undefined): boolean {
  if (element === undefined) return false;
  const { text } = trimmedText(element);
  if (text !== 'true' && text !== 'false') {
    reader.refuse('InvalidValueForElement', element, `\`<${element.name}>\` must be true or false`);
  }
  return text === 'true';
}
