/**
 * @module
 * The keys that `verify` is given: files, JWK sets, and those of a configuration.
 */
import { diskFiles } from '../configuration/files.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import { formatProblem } from '../diagnostics/problem.ts';
import { readJwkMembers, readJwkSet } from '../jose/jwk.ts';
import type { KeyFinding } from '../jose/key-finding.ts';
import { type HeldKey, keyId } from '../keys/held-key.ts';
import { readMaterial, type SecretEncoding } from '../keys/key-material.ts';
import { publishedAt } from '../keys/rotation.ts';
import type { VerifyingKey } from '../verification/verifying-key.ts';
import { readInput } from './input-file.ts';
import { fetchKeySet, isAddress } from './key-set-address.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface GivenKeys {
  readonly keys: readonly VerifyingKey[];
  /** What is worth knowing of them: sentences. */
  readonly notes: readonly string[];
}

/** A private key, a public key, a certificate, a JWK, a JWK set, or else a secret. @throws CommandError */
export function keysOfFile(path: string, encoding: SecretEncoding): GivenKeys {
  const text = readInput(path);
  if (readJwkSet(text).ok) return keysOfSet(text, path);
  const reading = readMaterial('secret', text, 'file', { jwk: true, encoding });
  if (!reading.ok) throw new CommandError(`${path}: ${sentences(reading.finding)}`);
  const { key, jwk } = reading;
  const { kid, use, operations, algorithm } = jwk ?? {};
  return { keys: [{ key, kid, use, operations, algorithms: oneOrAll(algorithm), from: path }], notes: [] };
}

/** @param source a file or a URL @throws CommandError, UsageError */
export async function keysOfJwks(source: string): Promise<GivenKeys> {
  return isAddress(source) ? keysOfSet(await fetchKeySet(source), 'the JWK set') : keysOfSet(readInput(source), source);
}

/** RFC 7517 section 5: a key that cannot be read is passed over. */
function keysOfSet(text: string, from: string): GivenKeys {
  const set = readJwkSet(text);
  if (!set.ok) throw new CommandError(`${from}: ${sentences(set.finding)}`);
  const readings = set.value.map(readJwkMembers);
  const keys = readings.flatMap((reading): readonly VerifyingKey[] => {
    if (!reading.ok) return [];
    const { key, kid, use, operations, algorithm } = reading.value;
    return [{ key, kid, use, operations, algorithms: oneOrAll(algorithm), from }];
  });
  const unread = readings.find((reading) => !reading.ok);
  if (unread === undefined) return { keys, notes: [] };
  const count = readings.length - keys.length;
  return { keys, notes: [`${from}: ${count} of ${readings.length} keys cannot be read. ${unread.finding.message}`] };
}

function sentences({ message, suggestion }: KeyFinding): string {
  return suggestion === undefined ? message : `${message} ${suggestion}`;
}

function oneOrAll(algorithm: string | undefined): readonly string[] | undefined {
  return algorithm === undefined ? undefined : [algorithm];
}

/**
 * The keys that the configuration publishes at a time, its secrets, and the secrets that it encrypts with.
 *
 * @throws CommandError
 */
export function keysOfConfiguration(
  file: string,
  at: number,
  { environment }: Pick<Terminal, 'environment'>,
): GivenKeys {
  readInput(file);
  const options = { files: diskFiles, environment, now: () => at, withoutKeys: 'all' } as const;
  const { snapshot, problems } = loadConfiguration(file, options);
  if (snapshot === undefined) {
    const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
    throw new CommandError(`${file} does not load:\n${errors.join('\n')}`);
  }
  return keysOfSnapshot(snapshot, file, at);
}

/** @param from names the configuration */
export function keysOfSnapshot(snapshot: Snapshot, from: string, at: number): GivenKeys {
  const signing = [...snapshot.keys.rings.values()].flatMap((ring) => publishedAt(ring, at));
  const recipients = [...snapshot.policies.values()].flatMap((policy) => policy.recipients);
  const keys = [
    ...signing.map(({ held, algorithms }) => verifyingKey(held, from, 'sig', [...algorithms])),
    ...recipients.map(({ held }) => verifyingKey(held, from, 'enc', undefined)),
  ];
  const isMade = signing.some(({ held }) => held.generated);
  return { keys, notes: isMade ? [`${from}: \`generate\` makes another key in every process.`] : [] };
}

function verifyingKey(
  held: HeldKey,
  from: string,
  use: 'sig' | 'enc',
  algorithms: readonly string[] | undefined,
): VerifyingKey {
  return { key: held.key, kid: keyId(held), use, operations: undefined, algorithms, from };
}
