/**
 * @module
 * An XML element with the place of each part.
 */
import type { SourceText } from '../diagnostics/source-text.ts';

export interface XmlAttribute {
  readonly name: string;
  /** The value inside the quotes. */
  readonly value: SourceText;
}

export interface XmlElement {
  readonly name: string;
  /** Where its name starts in the file. */
  readonly offset: number;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** Its own text and CDATA, without that of its children. Nothing is trimmed. */
  readonly text: SourceText;
}
