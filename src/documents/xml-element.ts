/**
 * @module
 * An XML element with the places of what it holds.
 */
import type { SourceText } from '../diagnostics/source-text.ts';

export interface XmlAttribute {
  readonly name: string;
  /** Where the value begins, inside its quotes. */
  readonly value: SourceText;
}

export interface XmlElement {
  readonly name: string;
  /** Where its name begins in the file. */
  readonly offset: number;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** Its own text and CDATA, without that of its children, as written: nothing is trimmed. */
  readonly text: SourceText;
}
