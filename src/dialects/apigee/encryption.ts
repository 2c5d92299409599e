/**
 * @module
 * Encrypted tokens: `<Algorithms>` and their keys are read and checked as a whole, and then refused by name, since this
 * version does not encrypt. A policy that encrypts is never taken for one that signs.
 */
import { nearest } from '../../diagnostics/suggest.ts';
import type { XmlElement } from '../located-xml.ts';
import { readId, readSecretName, reportStrayKeys } from './key.ts';
import type { Reading } from './reading.ts';
import { readValue } from './value.ts';
import { attributeOf, childOf, trimmedText } from './xml-parts.ts';

const keyAlgorithms: ReadonlyMap<string, 'SecretKey' | 'PublicKey' | 'PasswordKey' | 'DirectKey'> = new Map([
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

const contentAlgorithms = ['A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'A256GCM'];

export function checkEncryption(reading: Reading, policy: XmlElement, pair: XmlElement): void {
  const key = readName(reading, pair, 'Key', [...keyAlgorithms.keys()]);
  readName(reading, pair, 'Content', contentAlgorithms);
  const wanted = key === undefined ? undefined : keyAlgorithms.get(key);
  if (key !== undefined && wanted !== undefined) checkKey(reading, policy, wanted, key);
  checkFlag(reading, childOf(policy, 'Compress'));
  reading.report('apigee.encryption-unavailable', pair, {
    message: 'The policy makes an encrypted token, and this version of mintproc only signs.',
    suggestion: 'Until it does, keep this policy on Apigee, or sign by `<Algorithm>`.',
  });
}

function readName(reading: Reading, pair: XmlElement, name: string, known: readonly string[]): string | undefined {
  const element = childOf(pair, name);
  const text = element === undefined ? undefined : trimmedText(element);
  if (element === undefined || text === undefined) {
    reading.refuse(
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
  reading.refuse(
    'InvalidJwtAlgorithm',
    text.text === '' ? element : text,
    `Apigee has no such algorithm for \`<${name}>\``,
    suggestion,
  );
  return undefined;
}

function checkKey(
  reading: Reading,
  policy: XmlElement,
  wanted: 'SecretKey' | 'PublicKey' | 'PasswordKey' | 'DirectKey',
  algorithm: string,
): void {
  reportStrayKeys(reading, policy, wanted, algorithm);
  const element = childOf(policy, wanted);
  if (element === undefined) {
    reading.refuse(
      'MissingConfigurationElement',
      policy,
      `${algorithm} encrypts with \`<${wanted}>\`, and the policy has none`,
    );
    return;
  }
  if (wanted === 'PublicKey') checkPublicKey(reading, element);
  else {
    readId(reading, element, [readSecretName(reading, element, 'Value')]);
    checkEncoding(reading, element);
    for (const name of ['SaltLength', 'PBKDF2Iterations']) checkNumber(reading, childOf(element, name));
  }
}

const forms = ['Value', 'Certificate', 'JWKS'];

function checkPublicKey(reading: Reading, element: XmlElement): void {
  const given = element.children.filter(({ name }) => forms.includes(name));
  const [form] = given;
  if (form === undefined || given.length > 1) {
    const message = '`<PublicKey>` has exactly one of `<Value>`, `<Certificate>` and `<JWKS>`';
    reading.refuse('InvalidKeyConfiguration', given[1] ?? element, message);
    return;
  }
  const named = ['uri', 'uriRef'].some((name) => attributeOf(form, name) !== undefined);
  if (!named && readValue(reading, form).kind === 'absent') {
    reading.refuse('InvalidPublicKeyValue', form, `\`<${form.name}>\` holds no key and names none`);
  }
  readId(reading, element, []);
  if (form.name === 'JWKS' && childOf(element, 'Id') === undefined) {
    reading.refuse(
      'InvalidPublicKeyId',
      element,
      'A `<JWKS>` holds several keys, and no `<Id>` says which one is meant',
    );
  }
}

const encodings = ['base16', 'hex', 'base64', 'base64url'];

function checkEncoding(reading: Reading, element: XmlElement): void {
  const holder = element.name === 'DirectKey' ? childOf(element, 'Value') : element;
  const encoding = holder === undefined ? undefined : attributeOf(holder, 'encoding');
  if (encoding === undefined || encodings.includes(encoding.text.toLowerCase())) return;
  reading.refuse(
    'InvalidValueForElement',
    encoding,
    'This encoding is not known',
    `Write one of ${encodings.join(', ')}.`,
  );
}

function checkNumber(reading: Reading, element: XmlElement | undefined): void {
  if (element === undefined || /^[1-9]\d{0,8}$/.test(trimmedText(element).text)) return;
  reading.refuse('InvalidValueForElement', element, `\`<${element.name}>\` is a whole number above zero`);
}

function checkFlag(reading: Reading, element: XmlElement | undefined): void {
  if (element === undefined || /^(?:true|false)$/.test(trimmedText(element).text)) return;
  reading.refuse('InvalidValueForElement', element, `\`<${element.name}>\` is true or false`);
}
