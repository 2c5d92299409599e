/**
 * @module
 * The keys that `verify` is given: files, JWK sets, and those of a configuration.
 */
import type { StandInKeys } from '../configuration/keys/stand-in-keys.ts';
import { readJwkMembers, readJwkSet } from '../jose/jwk.ts';
import type { KeyFinding } from '../jose/key-finding.ts';
import { type KeyForm, readMaterial, type SecretEncoding } from '../keys/key-material.ts';
import { isEncrypted, isPrivateKey, pemBlocks } from '../keys/pem.ts';
import { type GivenKeys, keysOfSnapshot } from '../trial/snapshot-keys.ts';
import type { VerifyingKey } from '../verification/verifying-key.ts';
import { type Arguments, listOption, stringOption } from './command.ts';
import { readInput } from './input-file.ts';
import { fetchKeySet, isAddress } from './key-set-address.ts';
import { loadedSnapshot } from './loaded-snapshot.ts';
import { recallKeys } from './remembered-keys.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';

/** The options for keys in files. */
export const keyOptions = {
  key: { type: 'string', multiple: true },
  encoding: { type: 'string' },
  'passphrase-file': { type: 'string' },
} as const;

const encodings = ['utf8', 'hex', 'base64', 'base64url'] as const satisfies readonly SecretEncoding[];

/** What their values may be. */
export const keyChoices = { encoding: encodings };

/** The keys of `--key`, with `--encoding` and `--passphrase-file`. @throws CommandError, UsageError */
export function keysOfOptions(args: Arguments): GivenKeys {
  const encoding = readEncoding(stringOption(args, 'encoding') ?? 'utf8');
  const passphraseFile = stringOption(args, 'passphrase-file');
  // As in a configuration, the line break at the end is not part of it.
  const password = passphraseFile === undefined ? undefined : readInput(passphraseFile).replace(/\r?\n$/, '');
  const unlock = 'Give its passphrase with --passphrase-file FILE.';
  const given = listOption(args, 'key').map((path) => keysOfFile(path, { jwk: true, encoding, password }, unlock));
  return { keys: given.flatMap(({ keys }) => keys), notes: given.flatMap(({ notes }) => notes) };
}

function readEncoding(name: string): SecretEncoding {
  const encoding = encodings.find((one) => one === name);
  if (encoding !== undefined) return encoding;
  throw new UsageError('--encoding takes utf8, hex, base64 or base64url.');
}

/**
 * A private key, a public key, a certificate, a JWK, a JWK set, or else a secret.
 *
 * @param unlock what to do about a private key with a passphrase that is not given
 * @throws CommandError
 */
export function keysOfFile(path: string, form: KeyForm, unlock: string): GivenKeys {
  const text = readInput(path);
  if (readJwkSet(text).ok) return keysOfSet(text, path);
  const isLocked = pemBlocks(text).filter(isPrivateKey).some(isEncrypted);
  if (isLocked && form.password === undefined) {
    throw new CommandError(`${path}: The private key is encrypted. ${unlock}`);
  }
  // Other keys need no passphrase, and verify as what they are.
  const reading = isLocked
    ? readMaterial('private', text, 'file', form)
    : readMaterial('secret', text, 'file', { ...form, password: undefined });
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
export async function keysOfConfiguration(
  file: string,
  at: number,
  { environment }: Pick<Terminal, 'environment'>,
  standInKeys?: StandInKeys,
): Promise<GivenKeys> {
  return keysOfSnapshot(await loadedSnapshot(file, at, { environment, standInKeys, recall: recallKeys }), file, at);
}
