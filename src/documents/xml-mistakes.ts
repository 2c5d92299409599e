/**
 * @module
 * Mistakes in XML that the parser notices too late: it says where it cannot go on, which may be the end of the file.
 * Each row finds the place where the mistake is. Nothing of the file is repeated, except names of elements that the
 * product knows.
 */
import type { SourceText } from '../diagnostics/source-text.ts';

export interface XmlMistake {
  readonly offset: number;
  readonly message: string;
  readonly suggestion: string;
}

/** An element whose start tag was read. */
export interface StartedElement {
  readonly name: string;
  readonly offset: number;
}

/** Where the parser stopped, and what it had read. */
export interface Stopped {
  readonly source: SourceText;
  /** The parser's sentence in lower case, without its place. */
  readonly finding: string;
  readonly at: number;
  /** The elements without an end tag, the innermost last. */
  readonly open: readonly StartedElement[];
}

/** What explains the parser's error better than the parser; undefined if nothing does. */
export function xmlMistake(stopped: Stopped): XmlMistake | undefined {
  return (
    misplacedDeclaration(stopped) ??
    bareAmpersand(stopped) ??
    openSection(stopped) ??
    openAttribute(stopped) ??
    typographicQuote(stopped) ??
    wrongEndTag(stopped) ??
    noEndTag(stopped)
  );
}

function misplacedDeclaration({ source: { text }, at }: Stopped): XmlMistake | undefined {
  const offset = text.lastIndexOf('<?xml', at);
  if (offset <= 0 || at - offset > '<?xml '.length || /[\w-]/.test(text[offset + 5] ?? '')) return undefined;
  return {
    offset,
    message: 'This is not well-formed XML: the XML declaration is not at the start of the file',
    suggestion: 'Remove what is before it, spaces, empty lines and comments included, or the declaration itself.',
  };
}

const entity = /^&(?:[A-Za-z_][\w.-]{0,30}|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});/;

/** The first `&` that begins no entity: the parser reads on to the next `;`, or to the end of the file. */
function bareAmpersand({ source: { text }, at }: Stopped): XmlMistake | undefined {
  for (const offset of ampersands(text, at)) {
    if (entity.test(text.slice(offset, offset + 40))) continue;
    return {
      offset,
      message: 'This is not well-formed XML: a `&` does not begin an entity',
      suggestion: 'To write `&` as text, write `&amp;`.',
    };
  }
  return undefined;
}

/** Sections whose text is not read. */
const sections: readonly (readonly [begin: string, end: string, noun: string])[] = [
  ['<!--', '-->', 'comment'],
  ['<![CDATA[', ']]>', 'CDATA section'],
  ['<?', '?>', 'processing instruction'],
];

/** The offsets of `&` up to `end`, outside of sections. */
function* ampersands(text: string, end: number): Generator<number> {
  const pattern = /&|<!--|<!\[CDATA\[|<\?/g;
  for (let found = pattern.exec(text); found !== null && found.index < end; found = pattern.exec(text)) {
    const section = sections.find(([begin]) => begin === found?.[0]);
    if (section === undefined) yield found.index;
    else {
      const close = text.indexOf(section[1], found.index + section[0].length);
      if (close === -1) return;
      pattern.lastIndex = close;
    }
  }
}

/** A comment or CDATA section that reaches to the end of the file. */
function openSection({ source: { text }, at }: Stopped): XmlMistake | undefined {
  if (at < text.length - 1) return undefined;
  for (const [begin, end, section] of sections) {
    const offset = text.lastIndexOf(begin);
    if (offset === -1 || text.includes(end, offset + begin.length)) continue;
    return {
      offset,
      message: `This is not well-formed XML: the ${section} that begins here does not end`,
      suggestion: `Write \`${end}\` at its end.`,
    };
  }
  return undefined;
}

/** A `<` in the value of an attribute whose quote is not closed. */
function openAttribute({ source: { text }, finding, at }: Stopped): XmlMistake | undefined {
  if (!/^disallowed character\.?$/.test(finding) || text[at] !== '<') return undefined;
  const offset = Math.max(text.lastIndexOf('="', at), text.lastIndexOf("='", at));
  if (offset === -1) return undefined;
  return {
    offset: offset + 1,
    message: 'This is not well-formed XML: the quote that opens here is not closed, or its value contains `<`',
    suggestion: 'Close the quote. To write `<` in the value, write `&lt;`.',
  };
}

function typographicQuote({ source: { text }, finding, at }: Stopped): XmlMistake | undefined {
  if (!finding.startsWith('unquoted attribute value')) return undefined;
  const isTypographic = /[\u2018-\u201F\u00AB\u00BB]/.test(text.slice(at - 1, at + 1));
  return {
    offset: at,
    message: `This is not well-formed XML: an attribute value ${isTypographic ? 'has typographic quotes' : 'has no quotes'}`,
    suggestion: 'Write `NAME="VALUE"`, with straight quotes.',
  };
}

/** The parser names the inner elements that an outer end tag leaves open; an end tag without an element comes last. */
function wrongEndTag({ source, finding, at, open }: Stopped): XmlMistake | undefined {
  if (!/^un(?:expected close|matched closing) tag/.test(finding)) return undefined;
  const offset = Math.max(0, source.text.lastIndexOf('</', at));
  const [, name = ''] = /^<\/([^\s>]{1,200})/.exec(source.text.slice(offset, offset + 210)) ?? [];
  const inner = open.at(-1);
  if (inner === undefined) return stray(offset);
  if (open.some((element) => element.name === name)) return unclosed(source, inner, offset);
  return {
    offset,
    message: `This is not well-formed XML: this end tag is not that of ${called(source, inner)} from line ${lineOf(source, inner.offset)}, which is open here`,
    suggestion: 'Write the name as in the start tag, with the same upper and lower case.',
  };
}

function stray(offset: number): XmlMistake {
  return {
    offset,
    message: 'This is not well-formed XML: this end tag has no start tag',
    suggestion: 'Remove it.',
  };
}

function noEndTag({ source, finding, open }: Stopped): XmlMistake | undefined {
  const inner = open.at(-1);
  return finding.startsWith('unclosed tag') && inner !== undefined ? unclosed(source, inner, undefined) : undefined;
}

/** @param end the offset of the end tag of an outer element; undefined at the end of the file */
function unclosed(source: SourceText, element: StartedElement, end: number | undefined): XmlMistake {
  const before = end === undefined ? 'the end of the file' : `the end tag in line ${lineOf(source, end)}`;
  return {
    offset: element.offset,
    message: `This is not well-formed XML: ${called(source, element)} that begins here has no end tag before ${before}`,
    suggestion: 'Write its end tag. To write `<` as text, write `&lt;`, or put the whole text in `<![CDATA[…]]>`.',
  };
}

function lineOf(source: SourceText, offset: number): number {
  return source.placeAt(offset).line;
}

/** A `<` that a secret contains may have begun the element, so only a name of the product is shown. */
function called(source: SourceText, { name }: StartedElement): string {
  return source.knows(name) ? `the element \`${name}\`` : 'the element';
}
