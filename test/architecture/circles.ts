/**
 * @module
 * Files that import each other, directly or around a corner. A type counts as much as a value: who reads one of two
 * such files must read the other.
 */
import { importsOf, type SourceFile } from './source-file.ts';

/** Each circle as the paths of its files, sorted (Tarjan's strongly connected components of more than one file). */
export function circles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  return new Search(files).circles.map((paths) => paths.toSorted()).sort();
}

interface Visited {
  readonly index: number;
  /** The lowest index that can be reached from here among the open files. */
  low: number;
  isOpen: boolean;
}

class Search {
  readonly circles: (readonly string[])[] = [];
  readonly #imports: ReadonlyMap<string, readonly string[]>;
  readonly #visited = new Map<string, Visited>();
  readonly #open: string[] = [];

  constructor(files: readonly SourceFile[]) {
    this.#imports = new Map(files.map((file) => [file.path, importsOf(file).map(({ target }) => target)]));
    for (const { path } of files) this.#visit(path);
  }

  #visit(path: string): Visited {
    const known = this.#visited.get(path);
    if (known !== undefined) return known;
    const index = this.#visited.size;
    const visited = { index, low: index, isOpen: true };
    this.#visited.set(path, visited);
    this.#open.push(path);
    for (const target of this.#imports.get(path) ?? []) {
      if (!this.#imports.has(target)) continue;
      const other = this.#visit(target);
      if (other.isOpen) visited.low = Math.min(visited.low, other.low);
    }
    if (visited.low === index) this.#close(path);
    return visited;
  }

  #close(path: string): void {
    const paths = this.#open.splice(this.#open.indexOf(path));
    for (const one of paths) {
      const visited = this.#visited.get(one);
      if (visited !== undefined) visited.isOpen = false;
    }
    if (paths.length > 1) this.circles.push(paths);
  }
}
