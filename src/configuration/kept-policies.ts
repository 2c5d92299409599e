/**
 * @module
 * The policies whose tokens Envoy may keep.
 */
import { hash } from 'node:crypto';
import type { EnvoyReuse } from '../decision/rules.ts';
import type { ReuseKey } from '../request/envoy-reuse.ts';
import type { CompiledPolicy } from './policy/policy-loader.ts';

export function keptPolicies(
  policies: ReadonlyMap<string, CompiledPolicy>,
): Omit<EnvoyReuse, 'generation'> | undefined {
  const kept = [...policies.values()].filter(({ inEnvoy }) => inEnvoy > 0).map(({ name }) => name);
  if (kept.length === 0) return undefined;
  const key: ReuseKey = { caller: { kind: 'none' }, parts: [] };
  return { digest: hash('sha256', JSON.stringify(key), 'base64url'), caller: key.caller, policies: new Set(kept) };
}
