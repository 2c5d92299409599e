/**
 * @module
 * The key of a policy: a crypto object of the gateway, which is one of the configuration's `keys` here, or a JWK in a
 * runtime variable. The crypto object has precedence (vendor page, note 1).
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { KeySource, UnusableKey } from '../../plan/token-plan.ts';
import { constantText, constantVariable } from './constants.ts';
import { textOf } from './inline.ts';
import { because, whyNotConstant } from './not-constant.ts';
import type { PolicyReader } from './policy-reader.ts';
import { readName } from './property-text.ts';
import type { Properties, TextProperty } from './schema.ts';

/**
 * Undefined if the policy does not name a key; then its entry in the configuration must.
 *
 * @param isSecret whether the algorithm needs a secret, for the message only
 */
export function readKey(
  reader: PolicyReader,
  properties: Properties,
  part: 'jws' | 'jwe',
  isSecret: boolean,
): KeySource | 'invalid' | undefined {
  if (isEmpty(reader, properties, `${part}-crypto`) || isEmpty(reader, properties, `${part}-jwk`)) return 'invalid';
  const object = readName(reader, properties, `${part}-crypto`);
  if (object !== undefined) {
    reader.noteSecret(object, 'declared');
    return { kind: 'named', name: object.text, place: object, holds: 'key', own: undefined };
  }
  const variable = readName(reader, properties, `${part}-jwk`);
  const isDynamic = variable === undefined && properties[`${part}-jwk`] !== undefined;
  const isDynamicObject = properties[`${part}-crypto`]?.includes('$(') === true && variable === undefined;
  if (isDynamic || isDynamicObject) return 'invalid';
  return variable === undefined ? undefined : readJwkVariable(reader, variable, isSecret);
}

/** Whether the name of the key is empty because of its variables, which is reported. */
function isEmpty(reader: PolicyReader, properties: Properties, property: TextProperty): boolean {
  if (properties[property]?.includes('$(') !== true) return false;
  const source = reader.textAt(property);
  if (constantText(reader, source, reader.before) !== '') return false;
  reader.report('policy.invalid-value', source, {
    message: `\`${property}\` is empty after its variables are replaced.`,
    suggestion: 'Set the variable to the name of a key, or write the name itself.',
  });
  return true;
}

function readJwkVariable(reader: PolicyReader, variable: SourceText, isSecret: boolean): KeySource {
  const constant = constantVariable(reader, variable.text);
  reader.noteSecret(variable, constant === undefined ? 'unknown' : 'declared');
  const named = { kind: 'named', name: variable.text, place: variable, holds: 'jwk' } as const;
  if (constant === undefined) return { ...named, own: undefined, unusable: unusable(reader, variable, isSecret) };
  const { value, place = variable } = constant;
  return { ...named, own: { kind: 'text', text: textOf(value), isJwk: true, place } };
}

/** Why the value of the variable is not known when the policy loads; undefined if nothing sets it. */
function unusable(reader: PolicyReader, variable: SourceText, isSecret: boolean): UnusableKey | undefined {
  const why = whyNotConstant(reader, variable.text, reader.before);
  if (why.kind === 'unset' && why.depth === 0) return undefined;
  const code = why.kind === 'unset' ? 'datapower.unset-variable' : 'datapower.dynamic-property';
  if (why.kind !== 'request') return { code, message: `The JWK is not known when the policy loads: ${because(why)}.` };
  return {
    code,
    message: `The JWK would come from the request, so the client could choose the ${isSecret ? 'secret' : 'key'}.`,
  };
}
