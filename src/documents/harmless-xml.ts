/**
 * @module
 * Which parts of an XML file may be shown, by the elements that contain them. The file is read again for this, and only
 * if it has a problem.
 */
import { LocatedError } from '../diagnostics/problem.ts';
import { type Harmless, type Range, SourceText } from '../diagnostics/source-text.ts';
import { DocumentFile } from './document-file.ts';
import { readXml } from './located-xml.ts';
import type { XmlElement } from './xml-element.ts';

/** Patterns for paths of element names, such as `GenerateJWT/Subject`. Elements that hold keys match none of them. */
export interface HarmlessElements {
  /** Elements whose text is the author's own words. */
  readonly texts: RegExp;
  /** Elements whose text has a known form, such as an algorithm. Any other text may be a secret of another element. */
  readonly typed: readonly [elements: RegExp, form: RegExp];
  /** Elements whose attributes are the author's own words. */
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

function rangesIn(element: XmlElement, text: string, parent: string, elements: HarmlessElements): Range[] {
  const path = `${parent}${element.name}`;
  const attributes = elements.attributes.test(path) ? element.attributes.map(({ value }) => value) : [];
  const [typed, form] = elements.typed;
  const isOwn = elements.texts.test(path) || (typed.test(path) && form.test(element.text.text.trim()));
  const own = isOwn ? [...attributes, element.text] : attributes;
  return [
    ...own.flatMap((part) => pieces(part, text)),
    ...element.children.flatMap((child) => rangesIn(child, text, `${path}/`, elements)),
  ];
}

/** Where the characters of a text are in the file, without the comments and CDATA markers between them. */
function pieces(part: SourceText, text: string): Range[] {
  const ranges: Range[] = [];
  // A PEM block is never shown.
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
