/**
 * @module
 * `mintproc keys rotate`: adds the key that follows the one that signs, with the date from which it signs. Everything
 * is tried on the new contents of the files before one of them is written.
 */
import { realpathSync } from 'node:fs';
import { diskFiles, type FileReader, resolveFrom } from '../../configuration/files.ts';
import type { NamedKeyForm } from '../../configuration/keys-schema.ts';
import { called, theyAre } from '../../diagnostics/harmless.ts';
import { formatProblem } from '../../diagnostics/problem.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import { generationsAt } from '../../keys/generations.ts';
import { type HeldKey, isSameMaterial, keyId } from '../../keys/held-key.ts';
import { shownName } from '../../keys/ring-state.ts';
import { publishedUntil, type RingKey, signerAt } from '../../keys/rotation.ts';
import { successorKey } from '../../keys/successor-key.ts';
import { recallKeys } from '../remembered-keys.ts';
import { CommandError, type Terminal } from '../terminal.ts';
import { type DeclaredKeys, readDeclaredKeys, type SigningPolicy } from './declarations.ts';
import { exclusively } from './exclusive-run.ts';
import { folderStore } from './folder-store.ts';
import type { Change, KeyStore, NewKeyFile, StoredKey } from './key-store.ts';
import { replaceFile } from './replace-file.ts';
import { announcementTime, timeText, wholeSecond } from './rotation-settings.ts';
import { versionsStore } from './versions-store.ts';
import { deleteFiles, overlaid } from './written-change.ts';

export interface RotateOptions {
  readonly file: string;
  readonly name: string;
  readonly algorithm: string | undefined;
  /** The time in milliseconds since the epoch, or after now. */
  readonly activeFrom: { readonly time: number } | { readonly after: number } | undefined;
  /** Milliseconds. */
  readonly overlap: number;
  readonly at: number;
  readonly prune: boolean;
  readonly isDryRun: boolean;
}

/** @throws CommandError if nothing was done */
export async function rotateKey(options: RotateOptions, terminal: Terminal): Promise<void> {
  const read = (): Promise<DeclaredKeys> => {
    const { environment } = terminal;
    return readDeclaredKeys(options.file, options.at, { environment, recall: recallKeys });
  };
  if (options.isDryRun) {
    const rotation = planned(options, await read());
    await check(rotation, options, terminal);
    report(rotation, options, terminal);
    return;
  }
  const store = storeOf(options.name, await read());
  store.checkWritable();
  await exclusively(realpathSync(store.lockFolder), async () => {
    // What another run did before this one had the lock is read here.
    const rotation = planned(options, await read());
    rotation.store.checkWritable();
    await check(rotation, options, terminal);
    for (const { path, text, rights } of rotation.change.writes) replaceFile(realPath(path), text, rights);
    deleteFiles(rotation.change.deletions, terminal);
    report(rotation, options, terminal);
  });
}

/** A link stays a link. */
function realPath(path: string): string {
  return diskFiles.read(path).kind === 'bytes' ? realpathSync(path) : path;
}

interface Rotation {
  readonly declared: DeclaredKeys;
  readonly policies: readonly SigningPolicy[];
  readonly store: KeyStore;
  readonly added: NewKeyFile;
  readonly held: HeldKey;
  readonly algorithm: SignatureAlgorithm;
  readonly before: RingKey;
  readonly ended: readonly StoredKey[];
  readonly change: Change;
  /** How long a token is valid, in milliseconds. */
  readonly lifetime: number;
}

/** @throws CommandError if it may not be done */
function planned(options: RotateOptions, declared: DeclaredKeys): Rotation {
  const { name, at, overlap } = options;
  const store = storeOf(name, declared);
  const policies = declared.policiesOf(name);
  const before = signerOf(policies, options);
  if (before.held.outside !== undefined) throw new CommandError(inService);
  refuseFixedIds(policies);
  const lifetime = Math.max(...policies.flatMap(({ ring }) => ring.map((key) => key.lifetime)));
  const { signer, coming, ended } = generationsAt(store.keys, { now: at, lifetime, overlap });
  const [next] = coming;
  if (next !== undefined) {
    throw new CommandError(
      `A rotation of this key is under way: ${next.label} signs from ${timeText(next.activeFrom)} on. Nothing was changed. Run the command again after that time.`,
    );
  }
  const algorithm = algorithmOf(policies, options.algorithm);
  const held = successorKey(algorithm, before.held.key);
  const activeFrom = activeFromOf(options, declared, algorithm, before);
  const added = newKeyFile(
    held,
    { activeFrom, retireAfter: activeFrom + wholeSecond(overlap) },
    declared.named.get(name),
  );
  const removed = options.prune ? ended : [];
  const own = store.change(added, signer, removed);
  const change = options.prune ? { ...own, deletions: [...own.deletions, ...store.leftovers] } : own;
  return { declared, policies, store, added, held, algorithm, before, ended, change, lifetime };
}

/** @throws CommandError if the key cannot be rotated by this command */
function storeOf(name: string, declared: DeclaredKeys): KeyStore {
  const form = declared.named.get(name);
  if (form === undefined) throw new CommandError(unknownKey(name, [...declared.named.keys()]));
  const { document, folder } = declared.originOf(name);
  const { versions } = form;
  if (versions !== undefined) {
    if (versions.some(({ passphrase }) => passphrase !== undefined)) throw new CommandError(encrypted);
    return versionsStore({ name, versions, file: document.source.file, usedElsewhere: declared.filesBesides(name) });
  }
  if (form.directory === undefined) throw new CommandError(notRotatable(name, form, document.source.file));
  if (form.passphrase !== undefined) throw new CommandError(encrypted);
  if (form.kid !== undefined) throw new CommandError(namedFolder);
  if (form.activeFrom !== undefined || form.retireAfter !== undefined) throw new CommandError(datedFolder);
  return folderStore(resolveFrom(folder, form.directory));
}

const encrypted =
  'The keys have a passphrase, and this command writes keys without one. Add the new version yourself: docs/keys.md has an example.';

const inService =
  'A service holds the key that signs now, and this command makes keys as files. Make the next key in the service, and add it as a version with `activeFrom`.';

const namedFolder =
  'The key has `kid:`, which only one key can have, and the folder will have two. Rename the file to 19700101T000000Z--KID.pem, with that `kid`, and remove `kid:`.';

const datedFolder =
  'The key has `activeFrom:` or `retireAfter:`, which would apply to the new key too. Remove it: the names of the files have the dates.';

function unknownKey(name: string, names: readonly string[]): string {
  const guess = nearest(name, names);
  const hint = guess === undefined ? theyAre('keys', names) : `Did you mean \`${guess}\`?`;
  return [`${called('The configuration has no key', name)} under \`keys\`.`, hint ?? ''].join(' ').trim();
}

function notRotatable(name: string, form: NamedKeyForm, file: string): string {
  const place = form.file === undefined ? '{ … }' : `{ file: ${form.file} }`;
  const written = form.kid === undefined ? place : place.replace(' }', `, kid: ${form.kid} }`);
  return [
    `${called('The key', name)} has one place, and a rotation needs two. Write it as the first of several versions, in ${file}:`,
    `    versions:`,
    `      - ${written}`,
  ].join('\n');
}

/** The key that signs now. @throws CommandError if no key of a policy does */
function signerOf(policies: readonly SigningPolicy[], { name, at }: RotateOptions): RingKey {
  if (policies.length === 0) {
    throw new CommandError(
      `${called('No policy signs with the key', name)}, so nobody can say how long its tokens are valid. Write \`key:\` with its name in the entry of a policy.`,
    );
  }
  const signers = policies.map(({ ring }) => signerAt(ring, at));
  const [first] = signers;
  if (first === undefined || signers.some((signer) => signer === undefined)) {
    throw new CommandError(
      'No key of a policy signs now, so the new one would have no predecessor. Add a key by hand: it signs at once.',
    );
  }
  return first;
}

function refuseFixedIds(policies: readonly SigningPolicy[]): void {
  const fixed = policies.filter(({ ownKid }) => ownKid !== undefined).map(({ name }) => name);
  if (fixed.length === 0) return;
  throw new CommandError(
    `${called('The policy', fixed[0] ?? '')} writes the same \`kid\` into every token, so verifiers would take the new key for the old one. Write \`kid: key\` in its entry, or remove the \`kid\` from the policy.`,
  );
}

function algorithmOf(policies: readonly SigningPolicy[], wanted: string | undefined): SignatureAlgorithm {
  const used = [...new Set(policies.map(({ algorithm }) => algorithm))];
  if (wanted !== undefined && !used.includes(wanted)) {
    throw new CommandError(
      `The policies sign with ${used.join(' and ')}, so a key for another algorithm would not fit. Change the policies first.`,
    );
  }
  const algorithm = signatureAlgorithms.get(wanted ?? used[0] ?? '');
  if (algorithm === undefined) throw new TypeError('an algorithm without a row');
  return algorithm;
}

/** @throws CommandError if verifiers could not know the key by then */
function activeFromOf(
  { at, activeFrom }: RotateOptions,
  { settings }: DeclaredKeys,
  algorithm: SignatureAlgorithm,
  before: RingKey,
): number {
  const announced = algorithm.keyKind === 'secret' ? undefined : announcementTime(settings);
  if (announced === undefined && activeFrom === undefined) {
    const why = algorithm.keyKind === 'secret' ? 'A secret is never published' : 'The configuration has no `jwks`';
    throw new CommandError(
      `${why}, so only you know when every verifier has the new key. Say it: --active-from TIME, or --active-from 24h.`,
    );
  }
  const earliest = wholeSecond(at + (announced ?? 0));
  const wanted = activeFrom === undefined ? earliest : 'time' in activeFrom ? activeFrom.time : at + activeFrom.after;
  const begins = wholeSecond(wanted);
  if (begins < earliest) {
    throw new CommandError(
      `--active-from is too early: verifiers may have a copy of the JWKS without the new key until ${timeText(earliest)}. If the old key must not sign any more, write its name under \`revoked\`.`,
    );
  }
  const end = Math.min(before.retireAfter, before.stopsAt);
  if (end < begins) {
    throw new CommandError(
      `The key that signs now retires at ${timeText(end)}, before the new one may sign (${timeText(begins)}): requests between would be refused. Write a later \`retireAfter\` first.`,
    );
  }
  return begins;
}

function newKeyFile(
  held: HeldKey,
  times: Pick<NewKeyFile, 'activeFrom' | 'retireAfter'>,
  form: NamedKeyForm | undefined,
): NewKeyFile {
  const { key } = held;
  if (key.type !== 'secret') {
    const text = String(key.export({ type: 'pkcs8', format: 'pem' }));
    return { kid: keyId(held) ?? '', text, extension: 'pem', ...times };
  }
  const encoding = form?.directory === undefined ? 'base64url' : (form.encoding ?? 'base64url');
  const text = key.export().toString(encoding === 'utf8' ? 'base64url' : encoding);
  // A secret has no thumbprint: a digest of it would help to guess it.
  return { kid: timeText(times.activeFrom).replace(/[-:]/g, ''), text, extension: 'secret', ...times };
}

/** Loads the new contents. @throws CommandError if they do not do what was planned */
async function check(
  rotation: Rotation,
  { file, at, name }: RotateOptions,
  { environment, error }: Terminal,
): Promise<void> {
  const { change, added, declared } = rotation;
  const files: FileReader = overlaid(diskFiles, change);
  const before = declared.snapshot.keys;
  const after = await readDeclaredKeys(file, at, { environment, files, before });
  for (const policy of after.policiesOf(name)) checkPolicy(policy, rotation, at);
  // Each start of a new instance reads the same.
  const fresh = await readDeclaredKeys(file, added.activeFrom, { environment, files });
  for (const policy of fresh.policiesOf(name)) {
    const signer = signerAt(policy.ring, added.activeFrom);
    if (signer === undefined || !isSameMaterial(signer.held, rotation.held))
      throw new CommandError(notInForce(policy.name));
  }
  const known = new Set(declared.problems.map(({ code, message }) => `${code} ${message}`));
  for (const problem of after.problems) {
    if (problem.severity === 'warning' && !known.has(`${problem.code} ${problem.message}`))
      error(formatProblem(problem));
  }
}

function checkPolicy({ name, ring }: SigningPolicy, rotation: Rotation, at: number): void {
  const { added, before, lifetime } = rotation;
  const now = signerAt(ring, at);
  const later = signerAt(ring, added.activeFrom);
  const last = added.activeFrom + lifetime;
  const isStillPublished = now !== undefined && publishedUntil(ring, now) >= last;
  if (
    now?.held.thumbprint === before.held.thumbprint &&
    later &&
    isSameMaterial(later.held, rotation.held) &&
    isStillPublished
  )
    return;
  throw new CommandError(notInForce(name));
}

function notInForce(policy: string): string {
  return `Nothing was changed: with the new key, ${called('the policy', policy)} would not sign with the right key at each time. Do its keys have dates in another order?`;
}

function report(rotation: Rotation, { name, isDryRun }: RotateOptions, { out }: Terminal): void {
  const { added, algorithm, before, change, ended, lifetime, held, declared } = rotation;
  const old = shownName(before.held) ?? 'the key that signs now';
  const next = isDryRun ? 'a new key' : (shownName(held) ?? added.kid);
  const isPublished = held.thumbprint !== undefined && declared.settings.jwks !== undefined;
  const removable = added.retireAfter + lifetime;
  const verb = isDryRun ? 'would write' : 'written';
  const lines: (readonly [string, string])[] = [
    ['signs now', old],
    ['next', `${next} (${algorithm.name})`],
    ['published', isPublished ? 'as soon as mintproc has read the change' : 'no: give it to the verifiers yourself'],
    ['signs from', timeText(added.activeFrom)],
    ['old tokens', `the last one is signed before then, and ends by ${timeText(added.activeFrom + lifetime)}`],
    ['old key', `published until ${timeText(removable)}; --prune removes it after that`],
    ...change.writes.map(({ path }) => [verb, path] as const),
    ...change.deletions.map((path) => [isDryRun ? 'would delete' : 'deleted', path] as const),
  ];
  const kept = ended.filter(({ file }) => file !== undefined && !change.deletions.includes(file));
  if (kept.length > 0) lines.push(['ended', `${kept.map(({ label }) => label).join(', ')}: --prune removes them`]);
  const left = rotation.store.leftovers.filter((path) => !change.deletions.includes(path));
  if (left.length > 0) lines.push(['left over', `${left.join(', ')}: of an interrupted run; --prune deletes them`]);
  out(`${called('The key', name)}${isDryRun ? ' (--dry-run: nothing is written)' : ''}\n`);
  out(lines.map(([label, text]) => `  ${label.padEnd(14)}${text}\n`).join(''));
}
