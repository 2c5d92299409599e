/**
 * @module
 * `<PublicKey>`, `<SecretKey>`, `<PasswordKey>` and `<DirectKey>`: the key that a token is encrypted to.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { PasswordOptions } from '../../jose/key-management.ts';
import type { KeySource, TextKey, VariableKey } from '../../plan/token-plan.ts';
import { type PolicyKey, readId, readSecretName, reportStrayKeys } from './key.ts';
import { readEncoding } from './key-encoding.ts';
import type { PolicyReader } from './policy-reader.ts';
import { type ElementValue, readValue } from './value.ts';
import { attributeOf, childOf, trimmedText } from './xml-parts.ts';

export interface Recipient {
  /** Undefined if the policy's entry must name it. */
  readonly key: KeySource | undefined;
  readonly id: PolicyKey['id'];
  readonly password?: PasswordOptions;
}

/** Undefined if there are errors, which are reported. */
export function readRecipient(
  reader: PolicyReader,
  policy: XmlElement,
  wanted: 'SecretKey' | 'PublicKey' | 'PasswordKey' | 'DirectKey',
  algorithm: string,
): Recipient | undefined {
  reportStrayKeys(reader, policy, wanted, algorithm);
  const element = childOf(policy, wanted);
  if (element === undefined) {
    reader.refuse(
      'MissingConfigurationElement',
      policy,
      `${algorithm} needs \`<${wanted}>\`, which the policy does not have`,
    );
    return undefined;
  }
  return wanted === 'PublicKey' ? readPublicKey(reader, element) : readSecretKey(reader, element);
}

function readSecretKey(reader: PolicyReader, element: XmlElement): Recipient | undefined {
  const place = readSecretName(reader, element, 'Value');
  const id = readId(reader, element, [place]);
  // In `<DirectKey>`, `<Value>` has the attribute `encoding`, with Base64 as its default. A password has no encoding.
  const encoding =
    element.name === 'DirectKey'
      ? readEncoding(reader, childOf(element, 'Value'), 'base64')
      : readEncoding(reader, element, 'utf8');
  const password = element.name === 'PasswordKey' ? readPassword(reader, element) : undefined;
  if (place === undefined) return undefined;
  const key: VariableKey = { kind: 'variable', name: place.text, encoding, password: undefined, place };
  return { key, id, ...(password === undefined ? {} : { password }) };
}

/** More iterations could delay all other requests by more than a tenth of a second for each token. */
const maxIterations = 100_000;

/** RFC 7518 section 4.8.1 sets the minimums. The maximums keep one token from delaying all others. */
function readPassword(reader: PolicyReader, element: XmlElement): PasswordOptions {
  return {
    saltBytes: readNumber(reader, childOf(element, 'SaltLength'), { byDefault: 8, from: 8, to: 1024 }),
    iterations: readNumber(reader, childOf(element, 'PBKDF2Iterations'), {
      byDefault: 10_000,
      from: 1000,
      to: maxIterations,
    }),
  };
}

interface Bounds {
  readonly byDefault: number;
  readonly from: number;
  readonly to: number;
}

function readNumber(reader: PolicyReader, element: XmlElement | undefined, { byDefault, from, to }: Bounds): number {
  if (element === undefined) return byDefault;
  const { text } = trimmedText(element);
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= from && number <= to) return number;
  reader.refuse(
    'InvalidValueForElement',
    element,
    `\`<${element.name}>\` must be a whole number from ${from} to ${to}`,
  );
  return byDefault;
}

const forms = ['Value', 'Certificate', 'JWKS'];

function readPublicKey(reader: PolicyReader, element: XmlElement): Recipient | undefined {
  const given = element.children.filter(({ name }) => forms.includes(name));
  const [form] = given;
  const id = readId(reader, element, []);
  if (form === undefined || given.length > 1) {
    const message = '`<PublicKey>` must have exactly one of `<Value>`, `<Certificate>` and `<JWKS>`';
    reader.refuse('InvalidKeyConfiguration', given[1] ?? element, message);
    return undefined;
  }
  if (form.name === 'JWKS') return readKeySet(reader, element, form, id);
  const key = readPublicText(reader, form);
  return key === 'invalid' ? undefined : { key, id };
}

/**
 * The key, which must be known when the policy loads: a client must not choose the key that its token is encrypted to.
 */
function readPublicText(reader: PolicyReader, form: XmlElement): KeySource | 'invalid' {
  const ref = attributeOf(form, 'ref');
  const text = trimmedText(form);
  const own: TextKey | undefined = text.text === '' ? undefined : { kind: 'text', text: text.text, place: text };
  if (ref !== undefined && ref.text !== '') return readPublicVariable(reader, ref, own);
  if (own !== undefined) return own;
  reader.refuse('InvalidPublicKeyValue', form, `\`<${form.name}>\` has neither a key nor a \`ref\``);
  return 'invalid';
}

function readPublicVariable(reader: PolicyReader, ref: SourceText, own: TextKey | undefined): KeySource {
  const constant = reader.given?.get(ref.text) ?? reader.declared?.constant(ref.text);
  reader.noteUse(ref, 'secret', constant === undefined ? 'unknown' : 'declared', undefined);
  if (typeof constant === 'string') return { kind: 'text', text: constant, place: ref };
  if (own !== undefined) return own;
  return { kind: 'variable', name: ref.text, encoding: 'utf8', password: undefined, place: ref };
}

function readKeySet(
  reader: PolicyReader,
  element: XmlElement,
  form: XmlElement,
  id: PolicyKey['id'],
): Recipient | undefined {
  if (childOf(element, 'Id') === undefined) {
    const message = '`<JWKS>` needs an `<Id>` that selects one of its keys';
    reader.refuse('InvalidPublicKeyId', element, message);
    return undefined;
  }
  if (['uri', 'uriRef'].some((name) => attributeOf(form, name) !== undefined)) {
    reader.report('apigee.remote-key-set', form, {
      message: 'mintproc does not fetch key sets from the network.',
      suggestion:
        "Mount the key set as a file, and write `recipient: { jwks: …, kid: … }` in the policy's entry in mintproc.yaml.",
    });
    return { key: undefined, id };
  }
  const key = readPublicText(reader, form);
  const kid = fixedId(reader, readValue(reader, childOf(element, 'Id') ?? element, true));
  if (key === 'invalid') return undefined;
  if (kid === undefined) {
    const message = 'The `<Id>` that selects a key of the `<JWKS>` must be known when the policy loads';
    reader.refuse('InvalidPublicKeyId', element, message, 'Write the identifier as text, or declare its variable.');
    return undefined;
  }
  return { key: key.kind === 'text' ? ({ ...key, kid, isJwk: true } satisfies TextKey) : key, id };
}

function fixedId(reader: PolicyReader, value: ElementValue): string | undefined {
  if (value.kind === 'fixed') return value.text.text;
  if (value.kind === 'absent') return undefined;
  const constant = reader.declared?.constant(value.name);
  return typeof constant === 'string' ? constant : value.fallback?.text;
}
