/**
 * @module
 * What a process does that checks a configuration for one that serves: it reads the files, parses and loads them, and
 * tells what it found in messages, each of them small enough to be read between two requests.
 */
import type { Problem } from '../../diagnostics/problem.ts';
import { Documents } from '../../documents/document-file.ts';
import { type Unlocked, UnlockedKeys } from '../../keys/unlocked-keys.ts';
import type { Settings } from '../configuration-schema.ts';
import type { FileReader } from '../files.ts';
import { proveKeys } from '../keys/prove-keys.ts';
import type { TlsPart } from '../listener-tls.ts';
import { type LoadOptions, loadConfiguration } from '../load.ts';
import type { LoadContext } from '../load-context.ts';
import { type InputPart, KeptFiles, partsOf } from './load-inputs.ts';
import { ReadRecord } from './read-record.ts';
import { type StoredHeld, storeKeys } from './stored-keys.ts';

/** What is to be checked. */
export interface CheckQuestion {
  /** The path of the configuration. */
  readonly file: string;
  /** When it was asked, in milliseconds since the epoch. */
  readonly now: number;
  /** Of the configuration in force. */
  readonly tls?: Settings['tls'];
}

/** What a process that checks is told. */
export type CheckRequest =
  | ({ readonly kind: 'check' } & CheckQuestion)
  /** The answer to `pause`. */
  | { readonly kind: 'go-on' };

export type CheckMessage =
  /** This is about to be read; the last one of these tells where a reader hangs. */
  | { readonly kind: 'reading'; readonly path: string }
  /** Told as soon as it is known: the rest may take longer than there is time. */
  | { readonly kind: 'tls'; readonly part: TlsPart }
  | InputPart
  /** Enough for one turn of whoever reads this: it asks for the rest. */
  | { readonly kind: 'pause' }
  | {
      readonly kind: 'end';
      readonly end: CheckEnd;
      readonly problems: readonly Problem[];
      /** The keys that were generated. */
      readonly made: ReadonlyMap<string, StoredHeld>;
      /** The keys that a password opened. */
      readonly unlocked: ReadonlyMap<string, Unlocked>;
      /** Milliseconds that loading took. */
      readonly loadTime: number;
    };

/** `unsettled`: files changed while they were read, so what was read belongs together by chance only. */
export type CheckEnd = 'loaded' | 'refused' | 'unsettled';

/** A file that is wrong from end to end has a problem in each line; nobody reads all of them. */
const maxProblems = 1000;

/** Checks a configuration. What was in force before is not known here: whoever asks looks at that. */
export async function check(
  { file, now, tls }: CheckQuestion,
  context: Pick<LoadContext, 'files' | 'environment'>,
  tell: (message: CheckMessage) => void,
): Promise<void> {
  const kept = new KeptFiles(telling(context.files, tell));
  const documents = new Documents();
  const unlocked = new UnlockedKeys();
  const tlsApart = { before: tls, tell: (part: TlsPart) => tell({ kind: 'tls', part: withoutLines(part) }) };
  const options: LoadOptions = {
    ...context,
    files: kept,
    documents,
    unlocked,
    tlsApart,
    withoutKeys: 'all',
    now: () => now,
  };
  const began = performance.now();
  const loaded = loadConfiguration(file, options);
  const loadTime = performance.now() - began;
  const { snapshot, problems } = await proveKeys(loaded);
  const { files, folders } = kept;
  const record = new ReadRecord();
  const parsed = new Map(snapshot === undefined ? [] : documents.parsed());
  for (const part of partsOf({ files, folders, parsed })) {
    record.note(part);
    tell(part);
  }
  const end = snapshot === undefined ? 'refused' : 'loaded';
  tell({
    kind: 'end',
    end: record.holds(context.files) ? end : 'unsettled',
    problems: toTell(problems),
    made: storeKeys({ rings: new Map(), made: snapshot?.keys.made ?? new Map() }).made,
    unlocked: unlocked.all,
    loadTime,
  });
}

function telling(files: FileReader, tell: (message: CheckMessage) => void): FileReader {
  const told = <T>(path: string, look: () => T): T => {
    tell({ kind: 'reading', path });
    return look();
  };
  return {
    read: (path) => told(path, () => files.read(path)),
    list: (path) => told(path, () => files.list(path)),
  };
}

function withoutLines(part: TlsPart): TlsPart {
  if (part.kind === 'unusable') return { ...part, problems: toTell(part.problems) };
  return part.kind === 'pair' ? { ...part, warnings: toTell(part.warnings ?? []) } : part;
}

/** Errors first, so that none is lost where there are too many; the log shows no lines of files. */
function toTell(problems: readonly Problem[]): Problem[] {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity !== 'error');
  return [...errors, ...warnings].slice(0, maxProblems).map(({ excerpt: _, ...problem }) => problem);
}
