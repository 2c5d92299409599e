/**
 * @module
 * `<SecretKey>` and `<PrivateKey>`: the variable that holds the signing key. Its value is read from the file or
 * environment variable that the configuration declares for it.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Place, SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { SignatureAlgorithm } from '../../jose/signature-algorithms.ts';
import type { Computed, VariableKey } from '../../plan/token-plan.ts';
import { privatePrefix } from '../private-names.ts';
import { readEncoding } from './key-encoding.ts';
import { checkLiteral } from './literal-template.ts';
import type { PolicyReader } from './policy-reader.ts';
import { readValue } from './value.ts';
import { textOf } from './value-text.ts';
import { attributeOf, childOf, trimmedText } from './xml-parts.ts';

const keyElements: readonly string[] = ['SecretKey', 'PrivateKey', 'PublicKey', 'PasswordKey', 'DirectKey'];

export interface PolicyKey {
  readonly key: VariableKey | undefined;
  /** The header parameter `kid`; undefined if the policy does not set it. */
  readonly id:
    | { readonly kind: 'fixed'; readonly text: string; readonly place: Place }
    | { readonly kind: 'computed'; readonly value: Computed<string>; readonly place: Place }
    | undefined;
}

const none: PolicyKey = { key: undefined, id: undefined };

/** The key for an algorithm. Missing and unexpected elements are reported. */
export function readKey(reader: PolicyReader, policy: XmlElement, algorithm: SignatureAlgorithm): PolicyKey {
  const wanted = algorithm.keyKind === 'secret' ? 'SecretKey' : 'PrivateKey';
  reportStrayKeys(reader, policy, wanted, algorithm.name);
  const element = childOf(policy, wanted);
  if (element === undefined) {
    const message = `${algorithm.name} needs \`<${wanted}>\`, which the policy does not have`;
    const suggestion = `Write \`<${wanted}><Value ref="private.…"/></${wanted}>\`.`;
    reader.refuse('MissingConfigurationElement', policy, message, suggestion);
    return none;
  }
  const place = readSecretName(reader, element, 'Value');
  const password = childOf(element, 'Password') === undefined ? undefined : readSecretName(reader, element, 'Password');
  const id = readId(reader, element, [place, password]);
  if (place === undefined) return { key: undefined, id };
  const encoding = readEncoding(reader, element, 'utf8');
  return { key: { kind: 'variable', name: place.text, encoding, password: password?.text, place }, id };
}

export function reportStrayKeys(reader: PolicyReader, policy: XmlElement, wanted: string, algorithm: string): void {
  for (const child of policy.children) {
    if (!keyElements.includes(child.name) || child.name === wanted) continue;
    const message = `${algorithm} does not use \`<${child.name}>\``;
    const suggestion = `Remove it, or write \`<${wanted}>\` instead.`;
    reader.refuse('InvalidConfigurationForActionAndAlgorithm', child, message, suggestion);
  }
}

/** The variable that the `ref` of `<Value>` or `<Password>` names; undefined if it is not allowed for secrets. */
export function readSecretName(
  reader: PolicyReader,
  key: XmlElement,
  name: 'Value' | 'Password',
): SourceText | undefined {
  const element = childOf(key, name);
  const write = `Write \`<${name} ref="private.…"/>\` and declare the variable in mintproc.yaml.`;
  if (element === undefined) {
    reader.refuse('InvalidKeyConfiguration', key, `\`<${key.name}>\` has no \`<${name}>\``, write);
    return undefined;
  }
  if (trimmedText(element).text !== '') {
    // The problem is located at the element, because the text may be the secret.
    reader.refuse('InvalidSecretInConfig', element, 'The policy contains a secret as text', write);
    return undefined;
  }
  const ref = attributeOf(element, 'ref');
  if (ref === undefined || ref.text === '') {
    reader.refuse('EmptyElementForKeyConfiguration', element, `\`<${name}>\` does not name a variable`, write);
    return undefined;
  }
  if (!ref.text.startsWith(privatePrefix)) {
    // The message does not repeat the name, which may be the secret.
    const message = 'The name of a variable for a secret must begin with `private.`';
    reader.refuse('InvalidVariableNameForSecret', ref, message, write);
    return undefined;
  }
  reader.noteUse(ref, 'secret', reader.declared === undefined ? 'unknown' : 'declared', undefined);
  return ref;
}

const maxIdLength = 256;

/** The name of a variable in braces, which Apigee does not expand. No key has this form. */
const insertion = /^\{[A-Za-z_][\w.-]{0,127}\}$/;

/** A long text, and one with line breaks or braces (as in a JWK), may be a key that was written by mistake. */
function mayBeKey(id: string): boolean {
  return id.length > maxIdLength || /[\r\n{}]/.test(id);
}

/** @throws MintError if a variable holds a key in place of its identifier */
function checkedId(id: string): string {
  if (!mayBeKey(id)) return id;
  const message = `The variable of the key's \`<Id>\` is not a key identifier: it has more than ${maxIdLength} characters, line breaks or braces.`;
  throw new MintError('apigee.generation-failed', message, { subject: 'kid' });
}

/** `<Id>`: text, variable, or both. Tokens show it, so it must not be the variable that holds the key. */
export function readId(
  reader: PolicyReader,
  key: XmlElement,
  secrets: readonly (SourceText | undefined)[],
): PolicyKey['id'] {
  const element = childOf(key, 'Id');
  if (element === undefined) return undefined;
  const value = readValue(reader, element, true);
  if (value.kind === 'fixed') {
    if (insertion.test(value.text.text)) checkLiteral(reader, value.text, '<Id ref="NAME"/>');
    else if (mayBeKey(value.text.text)) {
      reader.report('apigee.invalid-kid', element, {
        message: '`<Id>` is not a valid key identifier, and tokens would show it.',
        suggestion: `Write the identifier of the key, never the key itself: one line of at most ${maxIdLength} characters, without braces.`,
      });
    }
    return { kind: 'fixed', text: value.text.text, place: value.text.placeAt(0) };
  }
  if (value.kind === 'absent') {
    const message = '`<Id>` is empty, so tokens have no `kid`.';
    reader.report('apigee.ignored-element', element, { message });
    return undefined;
  }
  if (secrets.some((secret) => secret?.text === value.name)) {
    reader.report('apigee.private-variable', attributeOf(element, 'ref') ?? element, {
      message: 'This variable holds the key or its password; with `<Id>`, tokens would show it.',
      suggestion: 'Name another variable, or write the identifier as text.',
    });
  }
  return {
    kind: 'computed',
    place: value.place,
    value: {
      needs: () => value.value.needs(),
      evaluate(scope) {
        const found = value.value.evaluate(scope);
        return found === undefined ? undefined : checkedId(textOf(found));
      },
    },
  };
}
