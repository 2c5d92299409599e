/**
 * @module
 * An XML element as plain data that another process can be handed, and back.
 */
import type { SourceText } from '../diagnostics/source-text.ts';
import type { XmlElement } from './xml-element.ts';

/** A text, and the offset of its beginning. */
type PlainText = readonly [text: string, offset: number];

export interface PlainXml {
  readonly name: string;
  readonly offset: number;
  readonly attributes: readonly (readonly [name: string, value: PlainText])[];
  readonly children: readonly PlainXml[];
  readonly text: PlainText;
}

export function plainXml({ name, offset, attributes, children, text }: XmlElement): PlainXml {
  return {
    name,
    offset,
    attributes: attributes.map((attribute) => [attribute.name, plainText(attribute.value)]),
    children: children.map(plainXml),
    text: plainText(text),
  };
}

function plainText(text: SourceText): PlainText {
  return [text.text, text.offsetAt(0)];
}

/** The element again; of a text only its beginning has its place. */
export function locatedXml(source: SourceText, { name, offset, attributes, children, text }: PlainXml): XmlElement {
  return {
    name,
    offset,
    attributes: attributes.map(([attribute, value]) => ({ name: attribute, value: locatedText(source, value) })),
    children: children.map((child) => locatedXml(source, child)),
    text: locatedText(source, text),
  };
}

function locatedText(source: SourceText, [text, offset]: PlainText): SourceText {
  return source.embed(text, [offset]);
}
