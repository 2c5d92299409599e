/**
 * @module
 * Where the token goes: to the Authorization header, or to the runtime variable that `jwt` names.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
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
  noteHeader(reading, variable);
  return { variable: variable.text, output: { ...authorization, prefixElsewhere: variablePrefix } };
}

/** On the gateway a later action reads the variable and does something with it; here the token must go into a header. */
function noteHeader(reading: Reading, variable: SourceText): void {
  reading.report('datapower.variable-output', variable, {
    severity: 'warning',
    message: `The token is put into the variable \`${variable.text}\`, and mintproc runs no action that could use it; it writes it to \`authorization\` as well.`,
    suggestion: 'Name the header that the backend reads in the entry in mintproc.yaml: `output: { header: … }`.',
  });
}
