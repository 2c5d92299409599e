/**
 * @module
 * Remembers published keys across restarts for `serve`, as `jwks.state` asks it to.
 */
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { diskFiles, resolveFrom } from '../configuration/files.ts';
import { publishAheadOf } from '../configuration/jwks-schema.ts';
import { revokedNames } from '../configuration/keys-schema.ts';
import { AsyncFiles } from '../configuration/reload/async-files.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import { listed } from '../diagnostics/listing.ts';
import { finish } from '../diagnostics/steps.ts';
import { type HeldKey, keyId, SameKeys } from '../keys/held-key.ts';
import type { PublishedKey } from '../keys/published-keys.ts';
import { shownName } from '../keys/ring-state.ts';
import { publishedAt, signerAt } from '../keys/rotation.ts';
import type { Log } from '../observe/log.ts';
import { ownKeys } from '../publishing/own-keys.ts';
import { readState, type Unusable } from '../publishing/state-document.ts';
import { type OwnKeys, StateKeeper } from '../publishing/state-keeper.ts';
import { type StateOutputs, StateReport } from '../publishing/state-report.ts';

/**
 * The keys in a state file. One that cannot be used gives none: mintproc starts all the same.
 *
 * @param report called with why it cannot be used; in a process that serves, `StateKeeper` says so
 */
export function recallKeys(path: string, report?: (unusable: Unusable) => void): readonly PublishedKey[] {
  const reading = finish(readState(diskFiles.read(path)));
  if (reading.kind === 'keys') return reading.keys.all;
  report?.(reading);
  return [];
}

export interface Remembering {
  /** All keys that are remembered. */
  keys(): readonly PublishedKey[];
  /** Writes what has changed, soon. */
  changed(): void;
  /** Writes a last time. */
  close(): Promise<void>;
}

/** What is in force. */
interface Configurations {
  readonly inForce: Snapshot;
  readonly announced: Snapshot | undefined;
}

interface RememberOptions extends StateOutputs {
  /** The configuration. */
  readonly file: string;
  readonly current: Configurations;
  now(): number;
}

/** Milliseconds that the start of a process waits for its first write, at most. */
const firstWrite = 5_000;

/** Returns when the keys have been written once, or cannot be. Undefined if the configuration names no state file. */
export async function startRemembering(options: RememberOptions): Promise<Remembering | undefined> {
  const { file, current, log, now } = options;
  const { settings, keys } = current.inForce;
  if (settings.jwks?.state === undefined) return undefined;
  const report = new StateReport(options);
  const keeper = new StateKeeper(
    {
      path: resolveFrom(dirname(file), settings.jwks.state),
      files: new AsyncFiles(),
      witness: report,
      own: () => ownKeysOf(current, now()),
      now,
    },
    keys.remembered,
  );
  warnOfUnannounced(current.inForce, now(), log);
  await Promise.race([keeper.look(), setTimeout(firstWrite, undefined, { ref: false })]);
  report.started(keys.remembered);
  const close = keeper.follow();
  return { keys: () => keeper.keys, changed: () => void keeper.look(), close };
}

function ownKeysOf({ inForce, announced }: Configurations, now: number): OwnKeys {
  const rings = [inForce, announced].flatMap((snapshot) => [...(snapshot?.keys.rings.values() ?? [])]);
  return { keys: ownKeys(rings, now), revoked: revokedNames((announced ?? inForce).settings) };
}

const unannounced = {
  code: 'keys.unannounced',
  reason:
    'The key was not published before this start, and the key before it is not there any more: verifiers may not know it until their copy of the JWKS is older than `maxAge` and `cache`.',
  suggestion:
    'Add a new key beside the old one, with `activeFrom` or in a `directory`, and remove the old one when the new one signs.',
} as const;

/** Policies whose key was replaced while mintproc did not run. */
function warnOfUnannounced({ keys: { rings, remembered }, settings }: Snapshot, now: number, log: Log): void {
  const publishAhead = settings.jwks === undefined ? 0 : publishAheadOf(settings.jwks);
  const known = new SameKeys(remembered);
  const published = new SameKeys([...rings.values()].flatMap((ring) => publishedAt(ring, now)));
  const isAnyGone = remembered.some(({ held, until }) => until > now && published.find(held) === undefined);
  if (!isAnyGone) return;
  const isNew = (held: HeldKey, activeFrom: number): boolean => {
    const past = known.find(held);
    return past === undefined
      ? !Number.isFinite(activeFrom)
      : Math.min(past.activeFrom, past.since + publishAhead) > now;
  };
  const signers = [...rings.values()].flatMap((ring) => signerAt(ring, now) ?? []);
  const names = new Set(
    signers
      .filter(
        ({ held, activeFrom }) => keyId(held) !== undefined && held.thumbprint !== undefined && isNew(held, activeFrom),
      )
      .map(({ held }) => shownName(held) ?? ''),
  );
  if (names.size > 0)
    log.warn('A key signs that verifiers may not know yet.', { kid: listed([...names], 10), ...unannounced });
}
