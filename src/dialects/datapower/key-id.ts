/**
 * @module
 * The header parameter `kid`: that of the JWK, unless `custom-kid-value-jws` or `custom-kid-value-jwe` replaces it.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Computed, HeaderStep } from '../../plan/token-plan.ts';
import { isPrivate } from '../private-names.ts';
import { assignmentOf } from './assignments.ts';
import { constantVariable } from './constants.ts';
import { contextVariable } from './context-variables.ts';
import type { PolicyReader } from './policy-reader.ts';
import { readName } from './property-text.ts';
import type { Properties } from './schema.ts';
import { canonicalName } from './variable-names.ts';
import { resolveVariable } from './variables.ts';

type KidProperty = 'custom-kid-value-jws' | 'custom-kid-value-jwe';

/**
 * The vendor's page shows a variable's name as the property, and its object model the value itself. A name that is set
 * is therefore read as a variable, any other as the value.
 */
export function readKeyId(reader: PolicyReader, properties: Properties, property: KidProperty): HeaderStep {
  const name = readName(reader, properties, property);
  if (name === undefined) return { kind: 'key-id' };
  if (isSecretVariable(reader, name.text)) {
    reader.report('datapower.invalid-kid', name, {
      message: `The variable that \`${property}\` names is a secret, and tokens would show its value.`,
      suggestion:
        'If it is the identifier of a key, declare it with `readable: true`; else write the identifier itself.',
    });
    return { kind: 'key-id' };
  }
  if (!isSet(reader, name.text)) {
    if (!identifier.test(name.text)) {
      reader.report('datapower.invalid-kid', name, {
        message: `\`${property}\` is neither a variable that is set nor a valid key identifier, and tokens would show it.`,
        suggestion: 'Write the identifier of the key, never the key itself: one word without double quotes and braces.',
      });
    }
    reader.report('datapower.literal-kid', name, {
      // The message does not repeat the name: it may be the key, written in the wrong place.
      message: `No variable with this name is set, so the value of \`${property}\` is used as the \`kid\`.`,
      suggestion: 'If it is a variable, declare it in mintproc.yaml: `variables: { NAME: … }`.',
    });
    return { kind: 'fixed', name: 'kid', value: name.text, place: name.placeAt(0) };
  }
  const variable = reader.asKeyId(() => resolveVariable(reader, name));
  const value: Computed<string> = { needs: variable.needs, evaluate: (scope) => kidOf(variable.evaluate(scope)) };
  return { kind: 'computed', name: 'kid', value, place: reader.placeOf(property) };
}

/** Whether the configuration declares it, but not as readable. */
function isSecretVariable({ declared }: PolicyReader, name: string): boolean {
  if (declared === undefined || !isPrivate(name) || declared.find(name) !== undefined) return false;
  return [...declared.names].includes(name);
}

function isSet(reader: PolicyReader, name: string): boolean {
  const canonical = canonicalName(name);
  return (
    constantVariable(reader, name) !== undefined ||
    reader.declared?.find(name) !== undefined ||
    assignmentOf(reader.before, canonical) !== undefined ||
    contextVariable(canonical, reader.api.operations) !== undefined
  );
}

/** The characters of a URI (RFC 3986 section 2), which include those of Base64: not JSON, and not several lines. */
const identifier = /^[\w.~:/?#[\]@!$&'()*+,;=%-]{1,256}$/;

/** The vendor's limit. */
const maxKidLength = 256;

function kidOf(value: JsonValue | undefined): string {
  // A list has one identifier for each of several signatures; a compact token has one.
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  const [kid] = items;
  if (items.length === 1 && typeof kid === 'string' && kid !== '' && kid.length <= maxKidLength) return kid;
  const message = `The variable of the \`kid\` must be a string of 1 to ${maxKidLength} characters.`;
  throw new MintError('datapower.invalid-variable', message, { subject: 'kid' });
}
