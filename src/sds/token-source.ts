/**
 * @module
 * The policies of a configuration whose tokens are written to files, as what makes those tokens.
 */
import { hash } from 'node:crypto';
import type { TokenFileSettings } from '../configuration/policy/sds-settings.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import { arrival } from '../diagnostics/later.ts';
import { placeText } from '../diagnostics/source-text.ts';
import { isSameMaterial, materialDigest } from '../keys/held-key.ts';
import { endOf, signerAt } from '../keys/rotation.ts';
import { ConstantScope } from '../mint/constant.ts';
import type { TokenSource } from './token-file.ts';

export interface PolicyFile {
  readonly settings: TokenFileSettings;
  readonly source: TokenSource;
}

type Policy = Snapshot['policies'] extends ReadonlyMap<string, infer P> ? P : never;

export function tokenSources(snapshot: Snapshot): readonly PolicyFile[] {
  const { variables, settings: others } = snapshot.digests;
  const context = { snapshot, shared: digest([...variables], [...others]) };
  return [...snapshot.policies.values()].flatMap((policy) => {
    const { tokenFile: settings } = policy;
    return settings === undefined ? [] : [{ settings, source: sourceOf(policy, settings, context) }];
  });
}

interface SourceContext {
  readonly snapshot: Snapshot;
  /** A digest of what all policies share. */
  readonly shared: string;
}

function sourceOf(
  policy: Policy,
  { lifetime, place }: TokenFileSettings,
  { snapshot, shared }: SourceContext,
): TokenSource {
  const { minter, values, recipients } = policy;
  const ring = snapshot.keys.rings.get(policy.name) ?? [];
  const { tokenBytes } = snapshot.settings.limits;
  const times = [...ring, ...recipients].flatMap((key) => [key.activeFrom, endOf(key)]);
  return {
    policy: policy.name,
    place: placeText(place),
    lifetime,
    identity: identityOf(policy, snapshot, shared),
    async mint(now) {
      const scope = new ConstantScope(now);
      const token = await arrival(minter.mint(scope));
      // The minter itself reads the time. Whatever else is read would make this a token of no request.
      const foreign = [...scope.read].find((input) => input !== 'time');
      if (foreign !== undefined) throw new TypeError(`a constant token reads the ${foreign}`);
      return values.of(token, tokenBytes);
    },
    signerAt: (now) => signerAt(ring, now)?.held,
    trusts: (key) => ring.some(({ held }) => isSameMaterial(held, key)),
    nextSwitch: (now) => Math.min(...times.filter((time) => time > now), Number.POSITIVE_INFINITY),
  };
}

/** Of everything that may change the token: the policy with its entry, what is shared, and who can read it. */
function identityOf({ name, recipients }: Policy, { digests }: Snapshot, shared: string): string {
  return digest(
    shared,
    digests.policies.get(name),
    recipients.map(({ held }) => materialDigest(held)),
  );
}

function digest(...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}
