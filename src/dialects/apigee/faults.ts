/**
 * @module
 * The answer to a request whose token cannot be minted: Apigee's status, body and fault names (vendor page, "Runtime
 * errors").
 *
 * The vendor says to rely on `errorcode` and not on `faultstring`. As on Apigee, the answer contains the names of the
 * policy and of variables, and never their values.
 */

import type { Code } from '../../diagnostics/codes.ts';
import { isPlainName } from '../../diagnostics/harmless.ts';
import { statusOfDialect } from '../../diagnostics/refusals.ts';
import { jsonRefusal } from '../../plan/refusal.ts';
import type { Refusal } from '../../plan/token-plan.ts';
import type { Edition } from './editions.ts';

interface Fault {
  readonly name: string;
  readonly sentence: string;
  /** The kind of the failure's subject, in the vendor's words. */
  readonly subject: 'variable' | 'claim';
}

const faults: ReadonlyMap<string, Fault> = new Map<Code, Fault>([
  [
    'apigee.failed-to-resolve-variable',
    { name: 'FailedToResolveVariable', sentence: 'Failed to resolve variable', subject: 'variable' },
  ],
  ['apigee.invalid-json-format', { name: 'InvalidJsonFormat', sentence: 'Invalid JSON format', subject: 'claim' }],
  ['apigee.generation-failed', { name: 'GenerationFailed', sentence: 'Generation failed', subject: 'claim' }],
  ['mint.encryption-failed', { name: 'EncryptionFailed', sentence: 'Encryption failed', subject: 'claim' }],
  ['jose.too-long-to-compress', { name: 'EncryptionFailed', sentence: 'Encryption failed', subject: 'claim' }],
  ['mint.signing-failed', { name: 'SigningFailed', sentence: 'Signing failed', subject: 'claim' }],
]);

const defaultFault: Fault = { name: 'GenerationFailed', sentence: 'Generation failed', subject: 'claim' };

export function refusal(edition: Edition, policy: string, code: string, subject: string | undefined): Refusal {
  const fault = faults.get(code) ?? defaultFault;
  const about = subject === undefined || !isPlainName(subject) ? '' : ` ${fault.subject}(${subject})`;
  const faultstring = `${fault.sentence}: policy(${policy})${about}`;
  const body = { fault: { faultstring, detail: { errorcode: `${edition.faultPrefix}.${fault.name}` } } };
  return jsonRefusal(statusOfDialect.apigee, body, fault.name);
}
