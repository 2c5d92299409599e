/**
 * @module
 * The header parameter `kid`: the JWK's own, or what `custom-kid-value-jws` and `-jwe` say in its place.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
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
    reading.report('datapower.literal-kid', name, {
      severity: 'warning',
      message: `Nothing sets a variable \`${name.text}\`, so \`${property}\` is taken as the \`kid\` itself.`,
      suggestion: `If it is a variable, declare it in mintproc.yaml: \`variables: { ${name.text}: … }\`.`,
    });
    return { kind: 'fixed', name: 'kid', value: name.text };
  }
  const variable = resolveVariable(reading, name);
  const value: Computed<string> = { evaluate: (scope) => kidOf(variable.evaluate(scope), name) };
  return { kind: 'computed', name: 'kid', value, place: name.placeAt(0) };
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

/** A vendor's limit; a list names one key for each of several signatures, and a compact token has one. */
const longestKid = 256;

function kidOf(value: JsonValue | undefined, name: SourceText): string {
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  const [kid] = items;
  if (items.length === 1 && typeof kid === 'string' && kid !== '' && kid.length <= longestKid) return kid;
  const message = `The variable \`${name.text}\` of the \`kid\` holds no text of 1 to ${longestKid} characters.`;
  throw new MintError('datapower.invalid-variable', message, { subject: name.text });
}
