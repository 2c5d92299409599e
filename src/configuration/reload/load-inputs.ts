/**
 * @module
 * What a load was made from, so that it can be repeated elsewhere: with the same inputs and the same environment any
 * process makes the same configuration, down to the moment from which each key signs.
 */
import type { Steps } from '../../diagnostics/steps.ts';
import { Documents, type ParsedFile } from '../../documents/document-file.ts';
import { type Unlocked, UnlockedKeys } from '../../keys/unlocked-keys.ts';
import type { FileContents, FileReader, FolderContents } from '../files.ts';
import type { SigningKeys } from '../keys/signing-rings.ts';
import { type Loaded, type LoadOptions, loadInSteps } from '../load.ts';

/** What was read of a configuration. */
export interface ReadInputs {
  /** Everything that was read, by path; what could not be read is there, too. */
  readonly files: ReadonlyMap<string, FileContents>;
  readonly folders: ReadonlyMap<string, FolderContents>;
  /** What was parsed of the files already, without an error; empty where each process parses them itself. */
  readonly parsed: ReadonlyMap<string, ParsedFile>;
}

/** One file or folder: processes hand inputs to each other by these, so that each message is read in no time. */
export type InputPart =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly contents: FileContents;
      readonly parsed: ParsedFile | undefined;
    }
  | { readonly kind: 'folder'; readonly path: string; readonly contents: FolderContents };

export function* partsOf({ files, folders, parsed }: ReadInputs): Generator<InputPart> {
  for (const [path, contents] of files) yield { kind: 'file', path, contents, parsed: parsed.get(path) };
  for (const [path, contents] of folders) yield { kind: 'folder', path, contents };
}

/** Parts that come in, and so become the inputs again. */
export class ArrivingInputs implements ReadInputs {
  readonly files = new Map<string, FileContents>();
  readonly folders = new Map<string, FolderContents>();
  readonly parsed = new Map<string, ParsedFile>();

  take(part: InputPart): void {
    if (part.kind === 'folder') {
      this.folders.set(part.path, part.contents);
      return;
    }
    this.files.set(part.path, part.contents);
    if (part.parsed !== undefined) this.parsed.set(part.path, part.parsed);
  }
}

export interface LoadInputs extends ReadInputs {
  /** The path of the configuration. */
  readonly file: string;
  /** Of the snapshot. */
  readonly version: number;
  /** When its loading began, in milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds from then until new keys are published, at most. */
  readonly announcedIn: number;
  /** The keys that a password opened already. */
  readonly unlocked: ReadonlyMap<string, Unlocked>;
  /** The rings of the configuration before, and the keys that were generated until the end of this load. */
  readonly before: SigningKeys;
}

/** Makes the same configuration again, in steps; `context` is what the inputs do not say. */
export function repeatLoad(inputs: LoadInputs, context: Omit<LoadOptions, 'files'>): Steps<Loaded> {
  const { file, version, now, announcedIn, before } = inputs;
  const documents = new Documents(inputs.parsed);
  const unlocked = new UnlockedKeys(inputs.unlocked);
  // Of TLS was told where it was loaded first.
  const tlsApart = { before: undefined, tell: () => undefined };
  const options = {
    files: filesOf(inputs),
    documents,
    unlocked,
    version,
    before,
    announcedIn,
    tlsApart,
    withoutKeys: 'some' as const,
    now: () => now,
  };
  return loadInSteps(file, { ...context, ...options });
}

/** Remembers what it reads, and reads nothing twice, so that one load cannot see two states of a file. */
export class KeptFiles implements FileReader {
  readonly files = new Map<string, FileContents>();
  readonly folders = new Map<string, FolderContents>();
  readonly #source: FileReader;

  constructor(source: FileReader) {
    this.#source = source;
  }

  read = (path: string): FileContents => kept(this.files, path, (name) => this.#source.read(name));

  list = (path: string): FolderContents => kept(this.folders, path, (name) => this.#source.list(name));
}

function kept<T>(known: Map<string, T>, path: string, read: (path: string) => T): T {
  const contents = known.get(path) ?? read(path);
  known.set(path, contents);
  return contents;
}

/**
 * The files of an earlier load, and no others: a load that asks for one of them takes another course than the first did,
 * which is a defect.
 */
export function filesOf({ files, folders }: Pick<LoadInputs, 'files' | 'folders'>): FileReader {
  const known = <T>(contents: T | undefined): T => {
    if (contents === undefined) throw new TypeError('a repeated load asks for a file that the first did not read');
    return contents;
  };
  return { read: (path) => known(files.get(path)), list: (path) => known(folders.get(path)) };
}
