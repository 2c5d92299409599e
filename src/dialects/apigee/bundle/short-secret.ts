/**
 * @module
 * Whether the secret of a policy is in the export and shorter than its algorithm's hash. Apigee Edge signed with it, so
 * that the entry has to allow it.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import { reason } from '../../export-reasons.ts';
import type { Reason, Writable } from '../../exported.ts';
import { attributeOf, childOf } from '../xml-parts.ts';
import type { BundledPolicy } from './bundle.ts';

export interface ShortSecret {
  readonly reasons: readonly Reason[];
  readonly entry: Readonly<Record<string, Writable>>;
  /** Warnings that the entry has to allow. */
  readonly meant: readonly Code[];
}

export function shortSecretOf(policy: BundledPolicy): ShortSecret {
  if (!isShort(policy)) return { reasons: [], entry: {}, meant: [] };
  const message = 'The secret in the export is shorter than the hash of its algorithm, so it is easier to guess.';
  const suggestion = 'Change it where tokens are verified, and here. Then remove `allowShortSecret`.';
  return {
    reasons: [reason('note', 'jose.short-secret', policy.place, { message, suggestion })],
    entry: { allowShortSecret: true },
    meant: ['jose.short-secret'],
  };
}

function isShort({ plan, root, needs }: BundledPolicy): boolean {
  const { algorithm, key } = plan ?? {};
  const bits = Number(/^HS(\d+)$/.exec(algorithm?.name ?? '')?.[1] ?? 0);
  const value = secretElement(root);
  if (key?.kind !== 'variable' || value === undefined || attributeOf(value, 'encoding') !== undefined) return false;
  const [setter, ...others] = needs.variables.find(({ name }) => name === key.name)?.setters ?? [];
  const form = setter?.setting.assigned?.form;
  if (form === undefined || others.length > 0 || !('value' in form)) return false;
  return Buffer.byteLength(form.value) * 8 < bits;
}

function secretElement(root: BundledPolicy['root']) {
  const secret = childOf(root, 'SecretKey');
  return secret && attributeOf(secret, 'encoding') === undefined ? childOf(secret, 'Value') : undefined;
}
