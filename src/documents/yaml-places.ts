/**
 * @module
 * Where the parts of a YAML document stand, whether it was parsed here or in another process.
 */
import type { SourceText } from '../diagnostics/source-text.ts';

export type YamlPath = readonly (string | number)[];

/** Where the parts of a document stand. */
export interface YamlPlaces {
  /** The offset of the value at `path`; of its nearest existing ancestor where there is none. */
  offsetOf(path: YamlPath): number;
  /** The offset of the key that the last part of `path` names, or of the value in a list. */
  keyOffsetOf(path: YamlPath): number;
  /** The scalar at `path` as source text; `text` is what the YAML reader made of it. */
  scalarAt(path: YamlPath): SourceText;
}
