/**
 * @module
 * The parts of an element that policies use. Texts are trimmed, because policies are indented.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';

function trimmed(source: SourceText): SourceText {
  const { text } = source;
  const start = text.length - text.trimStart().length;
  return start === text.length ? source.slice(0, 0) : source.slice(start, text.trimEnd().length);
}

export function trimmedText(element: XmlElement): SourceText {
  return trimmed(element.text);
}

/** The trimmed value of an attribute. */
export function attributeOf(element: XmlElement, name: string): SourceText | undefined {
  const found = element.attributes.find((attribute) => attribute.name === name);
  return found === undefined ? undefined : trimmed(found.value);
}

export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The trimmed text of a child; undefined if there is no such child or it has no text. */
export function textIn(element: XmlElement, name: string): string | undefined {
  const child = childOf(element, name);
  const text = child === undefined ? '' : trimmedText(child).text;
  return text === '' ? undefined : text;
}
