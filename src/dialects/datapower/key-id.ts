/**
 * @module
 * The header parameter `kid`: the JWK's own, or what `custom-kid-value-jws` and `-jwe` say in its place.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Computed, HeaderStep } from '../../plan/token-plan.ts';
import { assignmentOf } from './assignments.ts';
import { constantVariable } from './constants.ts';
import { contextVariable } from './context-variables.ts';
import { readName } from './property-text.ts';
import type { Reading } from './reading.ts';
import type { Properties } from './schema.ts';
import { canonicalName } from './variable-names.ts';
import { resolveVariable } from './variables.ts';

type KidProperty = 'custom-kid-value-jws' | 'custom-kid-value-jwe';

/**
 * The vendor's page shows the property with a variable's name, its object model calls it the value itself: a name that
 * something sets is a variable, any other is the value.
 */
export function readKeyId(reading: Reading, properties: Properties, property: KidProperty): HeaderStep {
  const name = readName(reading, properties, property);
  if (name === undefined) return { kind: 'key-id' };
  if (!isSet(reading, name.text)) {
    if (!identifier.test(name.text)) {
      reading.report('datapower.invalid-kid', name, {
        message: `\`${property}\` is neither the name of a variable that is set nor an identifier, and tokens would show it.`,
        suggestion: 'Write the identifier of the key, never the key: one word without quotes and braces.',
      });
    }
    reading.report('datapower.literal-kid', name, {
      severity: 'warning',
      // Not the name itself: it may be the key, written where its name belongs.
      message: `Nothing sets a variable of this name, so \`${property}\` is taken as the \`kid\` itself.`,
      suggestion: 'If it is a variable, declare it in mintproc.yaml: `variables: { NAME: … }`.',
    });
    return { kind: 'fixed', name: 'kid', value: name.text };
  }
  const variable = resolveVariable(reading, name);
  const value: Computed<string> = { evaluate: (scope) => kidOf(variable.evaluate(scope)) };
  return { kind: 'computed', name: 'kid', value, place: reading.placeOf(property) };
}

function isSet(reading: Reading, name: string): boolean {
  const canonical = canonicalName(name);
  return (
    constantVariable(reading, name) !== undefined ||
    reading.declared?.find(name) !== undefined ||
    assignmentOf(reading.before, canonical) !== undefined ||
    contextVariable(canonical, reading.api.operations) !== undefined
  );
}

/** The characters of a URI (RFC 3986 section 2), and so of Base64 and of every name: no JSON, and no text of several lines. */
const identifier = /^[\w.~:/?#[\]@!$&'()*+,;=%-]{1,256}$/;

/** A vendor's limit; a list names one key for each of several signatures, and a compact token has one. */
const longestKid = 256;

function kidOf(value: JsonValue | undefined): string {
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  const [kid] = items;
  if (items.length === 1 && typeof kid === 'string' && kid !== '' && kid.length <= longestKid) return kid;
  const message = `The variable of the \`kid\` holds no string of 1 to ${longestKid} characters.`;
  throw new MintError('datapower.invalid-variable', message, { subject: 'kid' });
}
