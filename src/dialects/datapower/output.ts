/**
 * @module
 * Where the token goes: to the Authorization header, or to the runtime variable that `jwt` names.
 */
import type { Output } from '../../plan/token-plan.ts';
import { readName } from './property-text.ts';
import type { Reading } from './reading.ts';
import type { Properties } from './schema.ts';
import { canonicalName } from './variable-names.ts';

export interface Destination {
  /** The runtime variable; undefined where the token goes straight to the header. */
  readonly variable: string | undefined;
  readonly output: Output;
}

const authorization: Output = { header: 'authorization', prefix: 'Bearer ' };

export function readOutput(reading: Reading, properties: Properties): Destination {
  const variable = readName(reading, properties, 'jwt');
  if (variable === undefined) return { variable: undefined, output: authorization };
  const header = /^request\.headers\.(.+)$/.exec(canonicalName(variable.text))?.[1];
  const { variablePrefix } = reading.version;
  if (header !== undefined) return { variable: variable.text, output: { header, prefix: variablePrefix } };
  // A later action of the assembly would read the variable and do something with it.
  return { variable: variable.text, output: { ...authorization, prefixElsewhere: variablePrefix, variable } };
}
