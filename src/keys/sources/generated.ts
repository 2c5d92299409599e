/**
 * @module
 * A key that this process generates when it starts, for trials. Every restart and every instance has another one,
 * so it is marked as generated wherever it is shown.
 */
import { keyWarning } from '../../jose/key-finding.ts';
import { heldKey } from '../held-key.ts';
import { type KeyRequest, refused, type SourceReading, type SpecOf } from './source.ts';

export function readGenerated({ algorithm }: SpecOf<'generated'>, { use, made }: KeyRequest): SourceReading {
  if (use.purpose.use === 'enc') {
    const message =
      'A key to encrypt to cannot be generated: nobody else would have it, so nobody could read the tokens.';
    const suggestion = 'Write `file:` or `jwks:` with the key of the recipient.';
    return refused('keys.generated-recipient', message, suggestion);
  }
  const key = made ?? heldKey(algorithm.generateKey(), { generated: true });
  const message = 'The key is generated: the next restart replaces it, and every other instance has another one.';
  const suggestion = 'Write `file:` with your own key, except for trials.';
  return { keys: [key], findings: [keyWarning('keys.generated', message, suggestion)] };
}
