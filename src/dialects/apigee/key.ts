/**
 * @module
 * `<SecretKey>` and `<PrivateKey>`: which variable holds the key that signs. Its value is read by the runtime, from the
 * file or environment variable that the configuration declares for it.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Place, SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { SignatureAlgorithm } from '../../jose/signature-algorithms.ts';
import type { Computed, VariableKey } from '../../plan/token-plan.ts';
import { privatePrefix } from '../private-names.ts';
import { readEncoding } from './key-encoding.ts';
import type { Reading } from './reading.ts';
import { readValue } from './value.ts';
import { textOf } from './value-text.ts';
import { attributeOf, childOf, trimmedText } from './xml-parts.ts';

const keyElements: readonly string[] = ['SecretKey', 'PrivateKey', 'PublicKey', 'PasswordKey', 'DirectKey'];

export interface PolicyKey {
  readonly key: VariableKey | undefined;
  /** The header parameter `kid`; undefined where the policy sets none. */
  readonly id:
    | { readonly kind: 'fixed'; readonly text: string }
    | { readonly kind: 'computed'; readonly value: Computed<string>; readonly place: Place }
    | undefined;
}

const none: PolicyKey = { key: undefined, id: undefined };

/** The key for an algorithm. What is missing or does not belong there is reported. */
export function readKey(reading: Reading, policy: XmlElement, algorithm: SignatureAlgorithm): PolicyKey {
  const wanted = algorithm.keyKind === 'secret' ? 'SecretKey' : 'PrivateKey';
  reportStrayKeys(reading, policy, wanted, algorithm.name);
  const element = childOf(policy, wanted);
  if (element === undefined) {
    const message = `${algorithm.name} signs with \`<${wanted}>\`, and the policy has none`;
    const suggestion = `Write \`<${wanted}><Value ref="private.…"/></${wanted}>\`.`;
    reading.refuse('MissingConfigurationElement', policy, message, suggestion);
    return none;
  }
  const place = readSecretName(reading, element, 'Value');
  const password =
    childOf(element, 'Password') === undefined ? undefined : readSecretName(reading, element, 'Password');
  const id = readId(reading, element, [place, password]);
  if (place === undefined) return { key: undefined, id };
  const encoding = readEncoding(reading, element, 'utf8');
  return { key: { kind: 'variable', name: place.text, encoding, password: password?.text, place }, id };
}

export function reportStrayKeys(reading: Reading, policy: XmlElement, wanted: string, algorithm: string): void {
  for (const child of policy.children) {
    if (!keyElements.includes(child.name) || child.name === wanted) continue;
    const message = `${algorithm} does not use \`<${child.name}>\``;
    const suggestion = `Leave it out, or write \`<${wanted}>\` in its place.`;
    reading.refuse('InvalidConfigurationForActionAndAlgorithm', child, message, suggestion);
  }
}

/** The variable that `ref` of `<Value>` or `<Password>` names; undefined where it may hold no secret. */
export function readSecretName(reading: Reading, key: XmlElement, name: 'Value' | 'Password'): SourceText | undefined {
  const element = childOf(key, name);
  const write = `Write \`<${name} ref="private.…"/>\` and declare the variable in mintproc.yaml.`;
  if (element === undefined) {
    reading.refuse('InvalidKeyConfiguration', key, `\`<${key.name}>\` has no \`<${name}>\``, write);
    return undefined;
  }
  if (trimmedText(element).text !== '') {
    // The place is the element's: the text may be the secret.
    reading.refuse('InvalidSecretInConfig', element, 'A secret stands in the policy as text', write);
    return undefined;
  }
  const ref = attributeOf(element, 'ref');
  if (ref === undefined || ref.text === '') {
    reading.refuse('EmptyElementForKeyConfiguration', element, `\`<${name}>\` names no variable`, write);
    return undefined;
  }
  if (!ref.text.startsWith(privatePrefix)) {
    // Not the name itself: it may be the secret.
    const message = 'A secret is read from a variable whose name begins with `private.`';
    reading.refuse('InvalidVariableNameForSecret', ref, message, write);
    return undefined;
  }
  reading.noteUse(ref, 'secret', reading.declared === undefined ? 'unknown' : 'declared');
  return ref;
}

const longestId = 256;

/** What is long, or has lines or the braces of a JWK, is a key that was written or named by mistake. */
function mayBeKey(id: string): boolean {
  return id.length > longestId || /[\r\n{}]/.test(id);
}

/** @throws MintError where a variable holds a key in place of its identifier */
function shownId(id: string): string {
  if (!mayBeKey(id)) return id;
  const message = `The variable of the key's \`<Id>\` holds no identifier: it is longer than ${longestId} characters, or a key.`;
  throw new MintError('apigee.generation-failed', message, { subject: 'kid' });
}

/** `<Id>`: text, variable, or both. It is on show, so it must not be the variable that holds the key. */
export function readId(
  reading: Reading,
  key: XmlElement,
  secrets: readonly (SourceText | undefined)[],
): PolicyKey['id'] {
  const element = childOf(key, 'Id');
  if (element === undefined) return undefined;
  const value = readValue(reading, element, true);
  if (value.kind === 'fixed') {
    if (mayBeKey(value.text.text)) {
      reading.report('apigee.invalid-kid', element, {
        message: '`<Id>` is no identifier of a key, and tokens would show it.',
        suggestion: `Write the name of the key, never the key: one line of at most ${longestId} characters, without braces.`,
      });
    }
    return { kind: 'fixed', text: value.text.text };
  }
  if (value.kind === 'absent') {
    const message = `\`<Id>\` is empty, and so the token has no \`kid\`.`;
    reading.report('apigee.ignored-element', element, { severity: 'warning', message });
    return undefined;
  }
  if (secrets.some((secret) => secret?.text === value.name)) {
    reading.report('apigee.private-variable', attributeOf(element, 'ref') ?? element, {
      message: 'This variable holds the key or its password, and `<Id>` would show it in the token.',
      suggestion: 'Name another variable, or write the identifier as text.',
    });
  }
  return {
    kind: 'computed',
    place: value.place,
    value: {
      evaluate(scope) {
        const found = value.value.evaluate(scope);
        return found === undefined ? undefined : shownId(textOf(found));
      },
    },
  };
}
