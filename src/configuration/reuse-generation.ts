/**
 * @module
 * The generation of what Envoy keeps: Envoy drops its tokens when an answer has another one. Equal configurations with
 * equal keys have one generation, in every worker and in every instance, however long each has run.
 */
import { hash } from 'node:crypto';
import type { Steps } from '../diagnostics/steps.ts';
import { materialOf } from '../keys/held-key.ts';
import type { FoundKey } from '../keys/rotation.ts';
import type { ConfigurationDigests } from './configuration-digests.ts';

/** Characters in base64url: 96 bits, so that two configurations never have one generation by chance. */
const length = 16;

/**
 * The generation can be seen in Envoy. It contains the values of secret variables, so it contains the private keys too:
 * nobody without these can try out values.
 *
 * @param found the keys as their sources have them now, by declaration
 */
export function* reuseGeneration(
  digests: ConfigurationDigests,
  found: ReadonlyMap<string, readonly FoundKey[]>,
): Steps<string> {
  const { policies, keys, variables, settings, routes } = digests;
  const parts = [policies, keys, variables, settings].map((part) => [...part]);
  const materials: string[] = [];
  for (const { held } of [...found.values()].flat()) {
    materials.push(hash('sha256', materialOf(held.key), 'base64url'));
    yield;
  }
  const whole = JSON.stringify([parts, routes, materials]);
  return hash('sha256', whole, 'base64url').slice(0, length);
}
