/**
 * @module
 * What the import itself finds about a policy, in addition to what the reader of its export says.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { Place } from '../diagnostics/source-text.ts';
import type { Reason } from '../dialects/exported.ts';
import type { PlacedOpen } from './open-values.ts';

/** A value that somebody must fill in. @param where what of the configuration has it */
export function openReason(code: Code, { path, open }: PlacedOpen, where: 'entry' | 'route', place: Place): Reason {
  const message = `\`${path.join('.')}\` of its ${where} is open.`;
  const suggestion = [open.instead, ...open.facts].join(' ');
  return { kind: 'value', problem: { code, severity: 'error', message, suggestion, place } };
}

/** A route that is left out. */
export function unreachedNote(place: Place): Reason {
  const message = 'Another API has a narrower match and took all requests that the policy is for here.';
  return { kind: 'note', problem: { code: 'import.shared-requests', severity: 'note', message, place } };
}
