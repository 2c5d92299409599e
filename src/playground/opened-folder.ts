/**
 * @module
 * The configuration that the playground was opened with: its files, its policies, the cases of its tests, and writing a
 * file back. Everything is read from the disk each time, so that it shows what is there.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readConfiguration } from '../configuration/configuration.ts';
import type { Placed } from '../configuration/configuration-part.ts';
import type { PolicyEntry } from '../configuration/configuration-schema.ts';
import { type FileReader, readTextFile, resolveFrom } from '../configuration/files.ts';
import { Problems } from '../diagnostics/problem.ts';
import { finish } from '../diagnostics/steps.ts';
import { Documents } from '../documents/document-file.ts';
import { dialectOf } from './dialect-of.ts';
import { casesOf } from './folder-cases.ts';
import type { FileKind, Folder, FolderFile, FolderPolicy, SaveAnswer, SaveBody } from './interface.ts';
import { isInside } from './workspace-files.ts';

export interface FolderOptions {
  /** The `mintproc.yaml`. */
  readonly config: string;
  /** As the user gave it. */
  readonly shown: string;
  readonly hasKeys: boolean;
  readonly disk: FileReader;
  /** The test files of the folder. */
  readonly testFiles: () => readonly string[];
  /** Writes a file aside and renames it; its permissions stay. */
  readonly replaceFile: (path: string, text: string) => void;
}

interface ReadFolder {
  /** Of the files of the configuration. */
  readonly paths: readonly string[];
  readonly policies: readonly FolderPolicy[];
}

export class OpenedFolder {
  readonly #options: FolderOptions;
  readonly #folder: string;

  constructor(options: FolderOptions) {
    this.#options = options;
    this.#folder = dirname(options.config);
  }

  get config(): string {
    return this.#options.config;
  }

  read(): Folder {
    const { shown, hasKeys, disk, testFiles, config } = this.#options;
    const found = this.#configuration();
    return {
      path: shown,
      files: this.#filesOf(found),
      policies: found.policies,
      cases: casesOf(testFiles(), config, disk),
      hasKeys,
    };
  }

  /** Writes one of the files, if it is still what the page has read. */
  save({ name, text, version }: SaveBody): SaveAnswer {
    const failed = (message: string): SaveAnswer => ({ ok: false, reason: 'failed', message });
    const known = this.#filesOf(this.#configuration()).find((file) => file.name === name);
    if (known === undefined) return failed('This is not a file of the opened configuration, so it is not written.');
    const target = this.#targetOf(name);
    if (target === undefined) return failed('The file is a link that leads out of the folder, so it is not written.');
    if (known.version !== version) {
      const message = 'Somebody else has changed the file since it was read, so nothing was written.';
      return { ok: false, reason: 'conflict', message };
    }
    try {
      this.#options.replaceFile(target, text);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return failed(`The file cannot be written (${String(error.code)}).`);
    }
    return { ok: true, version: versionOf(text) };
  }

  /** The real path of a file; undefined if it is outside of the folder. */
  #targetOf(name: string): string | undefined {
    const target = realpathSync(join(this.#folder, name));
    return target.startsWith(join(realpathSync(this.#folder), sep)) ? target : undefined;
  }

  /** The configuration, and the files that it and those that it includes are written in, with mistakes or without. */
  #configuration(): ReadFolder {
    const { config, disk } = this.#options;
    const paths: string[] = [];
    const files: FileReader = {
      read: (path) => {
        paths.push(path);
        return disk.read(path);
      },
      list: (path) => disk.list(path),
    };
    const context = { files, documents: new Documents(), problems: new Problems() };
    const policies = finish(readConfiguration(config, context))?.policies ?? [];
    return { paths, policies: policies.map((placed) => this.#policyOf(placed)) };
  }

  /** Each file once. One that is outside of the folder stays where it is. */
  #filesOf({ paths, policies }: ReadFolder): readonly FolderFile[] {
    const files = new Map<string, FileKind>(paths.map((path) => [this.#nameOf(path), 'configuration']));
    for (const { file, dialect } of policies) if (!files.has(file)) files.set(file, dialect);
    return [...files].flatMap(([name, kind]) => {
      const contents = isInside(name) ? readTextFile(this.#options.disk, join(this.#folder, name)) : undefined;
      if (contents?.kind !== 'text') return [];
      return [{ name, text: contents.text, kind, version: versionOf(contents.text) }];
    });
  }

  #policyOf({ entry, origin }: Placed<PolicyEntry>): FolderPolicy {
    const path = resolveFrom(origin.folder, entry.file);
    const contents = readTextFile(this.#options.disk, path);
    const dialect = dialectOf(contents.kind === 'text' ? contents.text : '');
    return { name: entry.name, dialect, file: this.#nameOf(path) };
  }

  #nameOf(path: string): string {
    return relative(resolve(this.#folder), resolve(path)).split(sep).join('/');
  }
}

/** Identifies what was read. */
function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
