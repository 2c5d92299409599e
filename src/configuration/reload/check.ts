/**
 * @module
 * Runs in the process that checks a configuration for the process that serves: it reads, parses and loads the files,
 * and sends what it found in messages that are small enough to be handled between two requests.
 */
import type { Problem } from '../../diagnostics/problem.ts';
import { Documents } from '../../documents/document-file.ts';
import {
  loadWithServices,
  type OutsideAnswer,
  OutsideKeys,
  OutsideSigners,
} from '../../keys/outside/outside-signers.ts';
import { type Unlocked, UnlockedKeys } from '../../keys/unlocked-keys.ts';
import type { Settings } from '../configuration-schema.ts';
import type { FileReader } from '../files.ts';
import { noSigningKeys } from '../keys/key-rings.ts';
import type { TlsPart } from '../listener-tls.ts';
import { type LoadOptions, loadConfiguration } from '../load.ts';
import type { LoadContext } from '../load-context.ts';
import { proveKeys } from '../prove-keys.ts';
import { FileDigests } from './file-digests.ts';
import { type InputPart, KeptFiles, partsOf } from './load-inputs.ts';
import { type SerializedHeldKey, serializeKeys } from './serialized-keys.ts';

/** What to check. */
export interface CheckQuestion {
  /** The path of the configuration. */
  readonly file: string;
  /** The time of the question, in milliseconds since the epoch. */
  readonly now: number;
  /** The `tls` of the configuration in force. */
  readonly tls?: Settings['tls'];
}

/** The messages to the checking process. */
export type CheckRequest =
  | ({ readonly kind: 'check' } & CheckQuestion)
  /** The answer to `pause`. */
  | { readonly kind: 'go-on' };

/** The messages from the checking process. */
export type CheckMessage =
  /** Sent before a file is read: if the read hangs, the last one names the file. */
  | { readonly kind: 'reading'; readonly path: string }
  /** Sent as soon as it is known, since loading the rest may exceed the time limit. */
  | { readonly kind: 'tls'; readonly part: TlsPart }
  | InputPart
  /** The receiver asks for the rest in a later event-loop turn. */
  | { readonly kind: 'pause' }
  | {
      readonly kind: 'end';
      readonly end: CheckEnd;
      readonly problems: readonly Problem[];
      /** The generated keys. */
      readonly generated: ReadonlyMap<string, SerializedHeldKey>;
      /** The decrypted keys. */
      readonly unlocked: ReadonlyMap<string, Unlocked>;
      /** What services said of the keys that they hold. */
      readonly outside: ReadonlyMap<string, OutsideAnswer>;
      /** Milliseconds that loading took. */
      readonly loadTime: number;
    };

/** `unsettled`: files changed while they were read, so what was read may not fit together. */
export type CheckEnd = 'loaded' | 'refused' | 'unsettled';

/** A file that is wrong throughout has a problem on each line; nobody reads all of them. */
const maxProblems = 1000;

/** Checks a configuration. The configuration in force is not known here: the serving process compares them. */
export async function check(
  { file, now, tls }: CheckQuestion,
  context: Pick<LoadContext, 'files' | 'environment'>,
  send: (message: CheckMessage) => void,
): Promise<void> {
  const kept = new KeptFiles(announcing(context.files, send));
  const documents = new Documents();
  const unlocked = new UnlockedKeys();
  const tlsApart = { before: tls, report: (part: TlsPart) => send({ kind: 'tls', part: withoutExcerpts(part) }) };
  const outside = new OutsideKeys(new OutsideSigners({ environment: context.environment ?? {} }));
  const options: LoadOptions = {
    ...context,
    outside,
    files: kept,
    documents,
    unlocked,
    tlsApart,
    withoutKeys: 'all',
    now: () => now,
  };
  let loadTime = 0;
  const loaded = await loadWithServices(outside, () => {
    const began = performance.now();
    const result = loadConfiguration(file, options);
    loadTime = performance.now() - began;
    return result;
  });
  const { snapshot, problems } = await proveKeys(loaded);
  const { files, folders } = kept;
  const digests = new FileDigests();
  const parsed = new Map(snapshot === undefined ? [] : documents.parsed());
  for (const part of partsOf({ files, folders, parsed })) {
    digests.add(part);
    send(part);
  }
  const end = snapshot === undefined ? 'refused' : 'loaded';
  send({
    kind: 'end',
    end: digests.match(context.files) ? end : 'unsettled',
    problems: sendable(problems),
    generated: serializeKeys({ ...noSigningKeys, generated: snapshot?.keys.generated ?? new Map() }).generated,
    unlocked: unlocked.all,
    outside: outside.answers,
    loadTime,
  });
}

/** Sends the path of each file and folder before it is read. */
function announcing(files: FileReader, send: (message: CheckMessage) => void): FileReader {
  const announced = <T>(path: string, read: () => T): T => {
    send({ kind: 'reading', path });
    return read();
  };
  return {
    read: (path) => announced(path, () => files.read(path)),
    list: (path) => announced(path, () => files.list(path)),
  };
}

function withoutExcerpts(part: TlsPart): TlsPart {
  switch (part.kind) {
    case 'plain':
      return part;
    case 'pair':
      return { ...part, warnings: sendable(part.warnings ?? []) };
    case 'unusable':
      return { ...part, problems: sendable(part.problems) };
  }
}

/** At most `maxProblems`, errors first, and without excerpts: the log shows no lines of files. */
function sendable(problems: readonly Problem[]): Problem[] {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity !== 'error');
  return [...errors, ...warnings].slice(0, maxProblems).map(({ excerpt: _, ...problem }) => problem);
}
