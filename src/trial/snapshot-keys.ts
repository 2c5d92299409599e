/**
 * @module
 * The keys that verify and open the tokens of a configuration.
 */
import type { StandInKeys } from '../configuration/keys/stand-in-keys.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import { type HeldKey, keyId, SameKeys } from '../keys/held-key.ts';
import { publishedAt } from '../keys/rotation.ts';
import type { VerifyingKey } from '../verification/verifying-key.ts';

export interface GivenKeys {
  readonly keys: readonly VerifyingKey[];
  /** What is worth knowing of them: sentences. */
  readonly notes: readonly string[];
}

/** @param from names the configuration */
export function keysOfSnapshot(snapshot: Snapshot, from: string, at: number): GivenKeys {
  const signing = [...snapshot.keys.rings.values()].flatMap((ring) => publishedAt(ring, at));
  const recipients = [...snapshot.policies.values()].flatMap((policy) => policy.recipients);
  const known = new SameKeys(signing);
  const remembered = snapshot.keys.remembered.filter(({ held, until }) => until > at && known.find(held) === undefined);
  const keys = [
    ...[...signing, ...remembered].map(({ held, algorithms }) =>
      verifyingKey(held, from, 'sig', algorithms.size === 0 ? undefined : [...algorithms]),
    ),
    ...recipients.map(({ held }) => verifyingKey(held, from, 'enc', undefined)),
  ];
  const isMade = signing.some(({ held }) => held.generated);
  return { keys, notes: isMade ? [`${from}: \`generate\` makes another key in every process.`] : [] };
}

/** What opens tokens that are encrypted to keys that were made for the run. @param from names the configuration */
export function keysOfStandIns(standIns: StandInKeys | undefined, from: string): readonly VerifyingKey[] {
  const made = (standIns?.made ?? []).filter(({ role }) => role === 'recipient');
  return made.map(({ key }) => ({
    ...{ key, from, use: 'enc', kid: undefined },
    ...{ operations: undefined, algorithms: undefined },
  }));
}

function verifyingKey(
  held: HeldKey,
  from: string,
  use: 'sig' | 'enc',
  algorithms: readonly string[] | undefined,
): VerifyingKey {
  return { key: held.key, kid: keyId(held), use, operations: undefined, algorithms, from };
}
