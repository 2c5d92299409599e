/**
 * @module
 * Reads XML and keeps the place of every element, attribute and text. Texts are embedded source text.
 *
 * A policy needs elements, attributes, text and CDATA. Document types are refused before anything in them is used. The
 * only entities are the five of XML and character references: no external files, no "billion laughs".
 */
import { SaxesParser } from 'saxes';
import type { Code } from '../diagnostics/codes.ts';
import { LocatedError, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { DocumentFile } from './document-file.ts';
import { locatedXml, plainXml } from './plain-xml.ts';
import type { XmlAttribute, XmlElement } from './xml-element.ts';
import { describeXmlFinding, parserSentence } from './xml-findings.ts';
import { type StartedElement, xmlMistake } from './xml-mistakes.ts';

/** Nesting of elements. No policy, flow or bundle nests deeper. */
const maxDepth = 32;

/**
 * The root element.
 *
 * @throws LocatedError `policy.syntax`, `policy.doctype` or `policy.encoding` at the first error
 */
export function readXml(file: DocumentFile): XmlElement {
  const { source, given } = file;
  if (given?.kind === 'xml') return locatedXml(source, given.root);
  const root = new XmlReader(source).run();
  file.keep(() => ({ kind: 'xml', root: plainXml(root) }));
  return root;
}

interface OpenElement {
  readonly name: string;
  readonly offset: number;
  readonly attributes: XmlAttribute[];
  readonly children: XmlElement[];
  text: string;
  readonly offsets: number[];
}

class XmlReader {
  readonly #source: SourceText;
  readonly #parser = new SaxesParser({ xmlns: false, position: true });
  readonly #open: OpenElement[] = [];
  #pending: XmlAttribute[] = [];
  #root: XmlElement | undefined;
  /** The element that was closed last, and where the parser was then. */
  #closed: { readonly element: StartedElement; readonly end: number } | undefined;
  /** Where the text after the last markup starts. */
  #textStart = 0;

  constructor(source: SourceText) {
    this.#source = source;
  }

  run(): XmlElement {
    const parser = this.#parser;
    parser.on('error', ({ message }) => this.#reportFinding(message));
    parser.on('xmldecl', ({ encoding }) => this.#checkEncoding(encoding));
    parser.on('doctype', () => this.#refuseDoctype());
    parser.on('attribute', ({ name, value }) => this.#addAttribute(name, value));
    parser.on('opentag', ({ name }) => this.#openElement(name));
    parser.on('closetag', () => this.#closeElement());
    parser.on('text', (text) => this.#addText(text, this.#textStart));
    parser.on('cdata', (text) => this.#addCdata(text));
    parser.on('comment', () => this.#skipTo(parser.position + 1));
    parser.on('processinginstruction', () => this.#skipTo(parser.position));
    this.#checkCharacters();
    parser.write(this.#source.text).close();
    if (this.#root === undefined) return this.#fail('policy.syntax', 0, 'The document has no element');
    return this.#root;
  }

  /** The parser's error is not kept as `cause`: it may quote a secret. */
  #reportFinding(finding: string): never {
    const at = this.#here();
    const sentence = parserSentence(finding);
    // At the end of the file, an element that was closed there has its end tag.
    const open = sentence.startsWith('unclosed tag') ? this.#open : this.#openThere();
    const mistake = xmlMistake({ source: this.#source, finding: sentence, at, open });
    if (mistake !== undefined) return this.#fail('policy.syntax', mistake.offset, mistake.message, mistake.suggestion);
    const { message, suggestion } = describeXmlFinding(finding);
    return this.#fail('policy.syntax', at, message, suggestion);
  }

  /** The open elements. The parser closes an element before it says that the end tag is another's. */
  #openThere(): readonly StartedElement[] {
    const isClosing = this.#closed !== undefined && this.#closed.end === this.#parser.position;
    return isClosing && this.#closed !== undefined ? [...this.#open, this.#closed.element] : this.#open;
  }

  #addAttribute(name: string, value: string): void {
    const { text } = this.#source;
    const end = this.#parser.position - 1;
    // The value cannot contain its quote character, so the last one before the end is where it starts.
    const start = text.lastIndexOf(text[end] ?? '"', end - 1) + 1;
    this.#pending.push({ name, value: this.#source.embed(value, xmlOffsets(text, start, value)) });
  }

  #openElement(name: string): void {
    const attributes = this.#pending;
    this.#pending = [];
    const offset = this.#source.text.lastIndexOf(`<${name}`, this.#parser.position) + 1;
    if (this.#open.length >= maxDepth) {
      this.#fail('policy.syntax', offset, `Elements nest more than ${maxDepth} levels deep`);
    }
    this.#open.push({ name, offset, attributes, children: [], text: '', offsets: [] });
    this.#skipTo(this.#parser.position);
  }

  #closeElement(): void {
    const done = this.#open.pop();
    if (done === undefined) return;
    this.#closed = { element: done, end: this.#parser.position };
    const end = Math.max(done.offset, this.#source.text.lastIndexOf('<', this.#parser.position - 1));
    const element = { ...done, text: this.#source.embed(done.text, [...done.offsets, end]) };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
    this.#skipTo(this.#parser.position);
  }

  #addText(text: string, start: number): void {
    const element = this.#open.at(-1);
    if (element === undefined) return;
    element.text += text;
    for (const offset of xmlOffsets(this.#source.text, start, text).slice(0, -1)) element.offsets.push(offset);
  }

  #addCdata(text: string): void {
    const element = this.#open.at(-1);
    const start = this.#source.text.lastIndexOf('<![CDATA[', this.#parser.position) + '<![CDATA['.length;
    if (element !== undefined) {
      element.text += text;
      // CDATA has no escapes. Only line breaks may be longer in the file.
      for (const offset of xmlOffsets(this.#source.text, start, text, 'verbatim').slice(0, -1)) {
        element.offsets.push(offset);
      }
    }
    this.#skipTo(this.#parser.position);
  }

  #skipTo(position: number): void {
    this.#textStart = position;
  }

  #here(): number {
    return Math.max(0, this.#parser.position - 1);
  }

  #refuseDoctype(): never {
    const at = this.#source.text.lastIndexOf('<!DOCTYPE', this.#parser.position);
    const message = 'The document has a DOCTYPE, which mintproc does not support';
    const suggestion = 'Remove it. Policies do not need it, and its entities can be used for an attack.';
    return this.#fail('policy.doctype', at, message, suggestion);
  }

  #checkEncoding(encoding: string | undefined): void {
    if (encoding === undefined || /^(?:utf-?8|us-ascii)$/i.test(encoding)) return;
    // ASCII text is the same in all ISO 8859 and Windows encodings.
    if (/^(?:iso-8859-|windows-125)/i.test(encoding) && isAscii(this.#source.text)) return;
    const at = this.#source.text.indexOf('encoding');
    const message = 'The XML declaration names an encoding other than UTF-8';
    this.#fail('policy.encoding', at, message, 'Save the file as UTF-8 and write encoding="UTF-8".');
  }

  /** UTF-16 has a zero byte next to each ASCII letter. Bytes that are not UTF-8 were read as U+FFFD. */
  #checkCharacters(): void {
    const at = this.#source.text.search(/[\0\uFFFD]/);
    if (at === -1) return;
    const suggestion = 'Save the file as UTF-8.';
    this.#fail('policy.encoding', at, 'The document is not in UTF-8', suggestion);
  }

  #fail(code: Code, at: number, message: string, suggestion?: string): never {
    throw new LocatedError(problemAt(this.#source, at, code, { message: `${message}.`, suggestion }));
  }
}

function isAscii(text: string): boolean {
  return /^[\0-\x7F]*$/.test(text);
}

/**
 * The offset in the file of each character of `text`, and of its end. References and line breaks make the text differ
 * from the characters in the file.
 *
 * @param start where the text starts in the file
 * @param form `verbatim` for CDATA, where `&` is an ordinary character
 */
function xmlOffsets(file: string, start: number, text: string, form: 'escaped' | 'verbatim' = 'escaped'): number[] {
  const offsets: number[] = [];
  let at = start;
  while (offsets.length < text.length) {
    const next = at + lengthAt(file, at, form);
    const units = next - at > 1 && file[at] === '&' && isAstral(text, offsets.length) ? 2 : 1;
    for (let unit = 0; unit < units; unit++) offsets.push(at);
    at = next;
  }
  offsets.push(at);
  return offsets;
}

/** How many characters of the file represent one character of the text. */
function lengthAt(file: string, at: number, form: 'escaped' | 'verbatim'): number {
  if (form === 'escaped' && file[at] === '&') return Math.max(1, file.indexOf(';', at) - at + 1);
  return file[at] === '\r' && file[at + 1] === '\n' ? 2 : 1;
}

/** A reference may represent a character outside the Basic Multilingual Plane, which takes two UTF-16 units. */
function isAstral(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}
