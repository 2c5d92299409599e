/**
 * @module
 * Which parts of an XML file may be shown, by the elements that they stand in. The file is read anew for it, and only when
 * something is wrong with it.
 */
import { LocatedError } from '../diagnostics/problem.ts';
import { type Harmless, type Range, SourceText } from '../diagnostics/source-text.ts';
import { DocumentFile } from './document-file.ts';
import { readXml } from './located-xml.ts';
import type { XmlElement } from './xml-element.ts';

/** Each is a pattern for ways of elements' names, such as `GenerateJWT/Subject`; elements of keys fit neither. */
export interface HarmlessElements {
  /** Whose text is an author's own words. */
  readonly texts: RegExp;
  /** Whose text has a known form, such as an algorithm: what has not this form may be a secret of another element. */
  readonly typed: readonly [elements: RegExp, form: RegExp];
  /** Whose attributes are. */
  readonly attributes: RegExp;
}

export function harmlessXml(words: () => ReadonlySet<string>, elements: HarmlessElements): Harmless {
  return {
    words,
    ranges(text) {
      try {
        return rangesIn(readXml(new DocumentFile(SourceText.ofFile('', text))), text, '', elements);
      } catch (error) {
        if (error instanceof LocatedError) return [];
        throw error;
      }
    },
  };
}

function rangesIn(element: XmlElement, text: string, above: string, elements: HarmlessElements): Range[] {
  const way = `${above}${element.name}`;
  const attributes = elements.attributes.test(way) ? element.attributes.map(({ value }) => value) : [];
  const [typed, form] = elements.typed;
  const isOwn = elements.texts.test(way) || (typed.test(way) && form.test(element.text.text.trim()));
  const own = isOwn ? [...attributes, element.text] : attributes;
  return [
    ...own.flatMap((part) => pieces(part, text)),
    ...element.children.flatMap((child) => rangesIn(child, text, `${way}/`, elements)),
  ];
}

/** The characters of a text as they stand in the file: comments and the marks of CDATA between them are none of it. */
function pieces(part: SourceText, text: string): Range[] {
  const ranges: Range[] = [];
  if (part.text.includes('-----')) return ranges;
  for (let index = 0; index < part.text.length; index++) {
    const start = part.offsetAt(index);
    const end = text[start] === '&' ? text.indexOf(';', start) + 1 : start + 1;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === start) ranges[ranges.length - 1] = [last[0], end];
    else if (last === undefined || start >= last[1]) ranges.push([start, end]);
  }
  return ranges;
}
