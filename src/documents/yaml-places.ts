/**
 * @module
 * The places of the parts of a YAML document, whether it was parsed here or in another process.
 */
import type { SourceText } from '../diagnostics/source-text.ts';

export type YamlPath = readonly (string | number)[];

export interface UnclearScalar {
  readonly path: YamlPath;
  readonly message: string;
  readonly suggestion: string;
}

export interface YamlPlaces {
  /** The offset of the value at `path`, or of its nearest existing ancestor if there is none. */
  offsetOf(path: YamlPath): number;
  /** The offset of the key that the last part of `path` names; in a list, that of the value. */
  keyOffsetOf(path: YamlPath): number;
  /** The names of the keys of the map at `path`, in the order in which they are written. */
  namesAt(path: YamlPath): readonly string[];
  /** The scalar at `path` as source text. Its `text` is the value that the YAML parser returned. */
  scalarAt(path: YamlPath): SourceText;
  /**
   * The values below `path` that readers of YAML take for different things; none if another process parsed the
   * document. @param ours whether only mintproc reads the file
   */
  unclearBelow(path: YamlPath, ours: boolean): readonly UnclearScalar[];
}
