/**
 * @module
 * The files of the keys that somebody must provide: one for each key of an API, since two proxies may have had
 * different keys under one name.
 */
import type { ExportedKey } from '../dialects/exported.ts';
import { PlainNames } from './plain-names.ts';

export interface KeyFile {
  readonly name: string;
  /** Relative to the configuration. */
  readonly file: string;
  readonly kind: ExportedKey['kind'];
  /** What it signs with, each once: several policies may use one key. */
  readonly algorithms: Set<string>;
  readonly origin: string;
  /** The names of the entries that use it. */
  readonly entries: string[];
}

const extensions: Readonly<Record<ExportedKey['kind'], string>> = {
  private: 'pem',
  secret: 'secret',
  public: 'pub.pem',
};

export class KeyFiles {
  readonly #files = new Map<string, KeyFile>();
  readonly #names = new PlainNames();

  /** @param api the number of the API */
  fileFor(key: ExportedKey, api: { readonly index: number; readonly name: string }): KeyFile {
    const { name, kind, origin, algorithm } = key;
    const source = JSON.stringify([api.index, name, kind, origin]);
    const file = this.#files.get(source) ?? this.#made(key, api.name);
    this.#files.set(source, file);
    if (algorithm !== undefined) file.algorithms.add(algorithm);
    return file;
  }

  #made({ name, kind, origin }: ExportedKey, api: string): KeyFile {
    const own = this.#names.take([name, `${api}-${name}`]);
    const file = `keys/${own}.${extensions[kind]}`;
    return { name: own, file, kind, algorithms: new Set(), origin, entries: [] };
  }

  get all(): readonly KeyFile[] {
    return [...this.#files.values()];
  }
}
