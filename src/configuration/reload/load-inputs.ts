/**
 * @module
 * The inputs of a load, so that another process can repeat it: the same inputs and the same environment give the same
 * configuration, including the time from which each key signs.
 */
import type { Steps } from '../../diagnostics/steps.ts';
import { Documents, type ParsedFile } from '../../documents/document-file.ts';
import { type OutsideAnswer, OutsideKeys, OutsideSigners } from '../../keys/outside/outside-signers.ts';
import { type Unlocked, UnlockedKeys } from '../../keys/unlocked-keys.ts';
import type { FileContents, FileReader, FolderContents } from '../files.ts';
import type { SigningKeys } from '../keys/key-rings.ts';
import { type Loaded, type LoadOptions, loadInSteps } from '../load.ts';

/** The files of a configuration. */
export interface ReadInputs {
  /** All files that were read, by path, including those that could not be read. */
  readonly files: ReadonlyMap<string, FileContents>;
  readonly folders: ReadonlyMap<string, FolderContents>;
  /** The files that were parsed without an error; empty if each process parses them itself. */
  readonly parsed: ReadonlyMap<string, ParsedFile>;
}

/** One file or folder. Processes send inputs in these parts, so that each message is handled quickly. */
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

/** Collects the parts that another process sends. */
export class CollectedInputs implements ReadInputs {
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
  /** The version of the snapshot. */
  readonly version: number;
  /** The time at which loading began, in milliseconds since the epoch. */
  readonly now: number;
  /** Maximum time in milliseconds from `now` until new keys are published. */
  readonly announcedIn: number;
  /** The keys that were decrypted already. */
  readonly unlocked: ReadonlyMap<string, Unlocked>;
  /** What services said of the keys that they hold. */
  readonly outside: ReadonlyMap<string, OutsideAnswer>;
  /** The rings of the previous configuration, and the keys that were generated until the end of this load. */
  readonly before: SigningKeys;
}

/** What a repeated load needs in addition to its inputs. */
export interface RepeatContext extends Omit<LoadOptions, 'files' | 'outside'> {
  /** Ask services for signatures. Default: signers of their own. */
  readonly signers?: OutsideSigners;
}

/** Repeats a load, in steps. @param context what the inputs do not contain */
export function repeatLoad(inputs: LoadInputs, { signers, ...context }: RepeatContext): Steps<Loaded> {
  const { file, version, now, announcedIn, before } = inputs;
  const documents = new Documents(inputs.parsed);
  const unlocked = new UnlockedKeys(inputs.unlocked);
  // The process that loaded it first has reported its TLS.
  const tlsApart = { before: undefined, report: () => undefined };
  const options = {
    files: filesOf(inputs),
    documents,
    unlocked,
    outside: new OutsideKeys(signers ?? new OutsideSigners({ environment: context.environment ?? {} }), inputs.outside),
    version,
    before,
    announcedIn,
    tlsApart,
    withoutKeys: 'some' as const,
    // What is remembered is in `before`.
    recall: undefined,
    now: () => now,
  };
  return loadInSteps(file, { ...context, ...options });
}

/** Keeps what it reads and reads nothing twice, so that one load cannot see two states of a file. */
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
 * The files of an earlier load, and no others: a repeated load that reads another file is a defect. @internal Exported
 * for tests, whose files are in memory in the same form.
 */
export function filesOf({ files, folders }: Pick<LoadInputs, 'files' | 'folders'>): FileReader {
  const known = <T>(contents: T | undefined): T => {
    if (contents === undefined) throw new TypeError('a repeated load read a file that the first load did not read');
    return contents;
  };
  return { read: (path) => known(files.get(path)), list: (path) => known(folders.get(path)) };
}
