/**
 * @module
 * Converts an XML element to plain data, which can be passed to another process, and back.
 */
import type { SourceText } from '../diagnostics/source-text.ts';
import type { XmlElement } from './xml-element.ts';

/** A text and the offset of its start. */
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

/** The element of the plain data. Of a text, only the start has a place. */
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
