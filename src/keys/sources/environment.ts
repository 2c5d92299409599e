/**
 * @module
 * A key in an environment variable, usually on one line with `\n` written out.
 */
import { readKeyText } from './key-text.ts';
import { type KeyRequest, nothing, type SourceReading, type SpecOf } from './source.ts';

export function readEnvironment({ variable }: SpecOf<'environment'>, request: KeyRequest): SourceReading {
  const text = request.access.environment[variable];
  if (text === undefined) return nothing('keys.no-variable', 'The environment variable is not set.');
  return readKeyText(text, 'file', request);
}
