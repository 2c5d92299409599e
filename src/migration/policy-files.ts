/**
 * @module
 * Where the vendor's files go: `policies/`, under their own names, since some policies take their name from it. A file
 * that several policies are in is copied once.
 */
import type { ExportFile } from '../dialects/exported.ts';
import { plainName } from './plain-names.ts';

export class PolicyFiles {
  /** The copies by their paths, with slashes, relative to the configuration. */
  readonly copies = new Map<string, Uint8Array>();
  readonly #paths = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** The path of the copy. @param api the API whose name tells apart two files of one name */
  pathOf({ path, name, bytes }: ExportFile, api: string): string {
    const source = JSON.stringify([path, name]);
    const known = this.#paths.get(source);
    if (known !== undefined) return known;
    const copy = this.#freePath(plainFileName(name), plainName(api));
    this.#paths.set(source, copy);
    this.copies.set(copy, bytes);
    return copy;
  }

  #freePath(base: string, api: string): string {
    for (let number = 0; ; number += 1) {
      const folder = number === 0 ? '' : number === 1 ? `${api}/` : `${api}-${number}/`;
      const path = `policies/${folder}${base}`;
      const wanted = path.toLowerCase();
      const around = `policies/${folder}`.toLowerCase();
      // Neither a file where another one's folder is, nor a folder where a file is.
      if (this.#taken.has(wanted) || this.#taken.has(`${wanted}/`) || this.#taken.has(around.slice(0, -1))) continue;
      this.#taken.add(wanted);
      this.#taken.add(around);
      return path;
    }
  }
}

function plainFileName(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const [, stem = base, extension = ''] = /^(.*)(\.[A-Za-z0-9]{1,8})$/s.exec(base) ?? [];
  return `${plainName(stem)}${extension}`;
}
