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
  fileFor({ name, kind, origin }: ExportedKey, api: { readonly index: number; readonly name: string }): KeyFile {
    const source = JSON.stringify([api.index, name, kind, origin]);
    const known = this.#files.get(source);
    if (known !== undefined) return known;
    const own = this.#names.take([name, `${api.name}-${name}`]);
    const made: KeyFile = { name: own, file: `keys/${own}.${extensions[kind]}`, kind, origin, entries: [] };
    this.#files.set(source, made);
    return made;
  }

  get all(): readonly KeyFile[] {
    return [...this.#files.values()];
  }
}
