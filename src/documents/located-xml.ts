/**
 * @module
 * XML that remembers where everything stands: elements, attributes, and texts as embedded source text.
 *
 * A policy needs elements, attributes, text and CDATA. Document types are refused before anything in them is used, so
 * there are no entities but XML's own five and character references (no external files, no "billion laughs").
 */
import { SaxesParser } from 'saxes';
import type { Code } from '../diagnostics/codes.ts';
import { LocatedError, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { DocumentFile } from './document-file.ts';
import { locatedXml, plainXml } from './plain-xml.ts';
import type { XmlAttribute, XmlElement } from './xml-element.ts';
import { describeXmlFinding } from './xml-findings.ts';
import { xmlOffsets } from './xml-text.ts';

/** Deeper than any policy, flow or bundle nests. */
const deepest = 32;

/**
 * The root element.
 *
 * @throws LocatedError `policy.syntax`, `policy.doctype` or `policy.encoding` at the first thing wrong
 */
export function readXml(file: DocumentFile): XmlElement {
  const { source, given } = file;
  if (given?.kind === 'xml') return locatedXml(source, given.root);
  const root = new Reading(source).run();
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

class Reading {
  readonly #source: SourceText;
  readonly #parser = new SaxesParser({ xmlns: false, position: true });
  readonly #open: OpenElement[] = [];
  #pending: XmlAttribute[] = [];
  #root: XmlElement | undefined;
  /** Where the text after the last markup begins. */
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

  /** The parser's error is no cause of ours: it names what may be a secret. */
  #reportFinding(finding: string): never {
    const { message, suggestion } = describeXmlFinding(finding);
    return this.#fail('policy.syntax', this.#here(), message, suggestion);
  }

  #addAttribute(name: string, value: string): void {
    const { text } = this.#source;
    const end = this.#parser.position - 1;
    // The value cannot hold the quote that ends it, so the same quote before it begins it.
    const start = text.lastIndexOf(text[end] ?? '"', end - 1) + 1;
    this.#pending.push({ name, value: this.#source.embed(value, xmlOffsets(text, start, value)) });
  }

  #openElement(name: string): void {
    const attributes = this.#pending;
    this.#pending = [];
    const offset = this.#source.text.lastIndexOf(`<${name}`, this.#parser.position) + 1;
    if (this.#open.length >= deepest) {
      this.#fail('policy.syntax', offset, `Elements nest deeper than ${deepest}`);
    }
    this.#open.push({ name, offset, attributes, children: [], text: '', offsets: [] });
    this.#skipTo(this.#parser.position);
  }

  #closeElement(): void {
    const done = this.#open.pop();
    if (done === undefined) return;
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
      // Nothing is escaped here; only line breaks may be longer in the file.
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
    const message = 'The document has a DOCTYPE, which mintproc does not read';
    const suggestion = 'Remove it: policies need none, and entities in it are an attack.';
    return this.#fail('policy.doctype', at, message, suggestion);
  }

  #checkEncoding(encoding: string | undefined): void {
    if (encoding === undefined || /^(?:utf-?8|us-ascii)$/i.test(encoding)) return;
    // A file of plain ASCII reads alike in every one of the ISO 8859 and Windows encodings.
    if (/^(?:iso-8859-|windows-125)/i.test(encoding) && isAscii(this.#source.text)) return;
    const at = this.#source.text.indexOf('encoding');
    const message = 'The document says that it is in another encoding than UTF-8';
    this.#fail('policy.encoding', at, message, 'Save the file as UTF-8 and write encoding="UTF-8".');
  }

  /** A file in UTF-16 has a zero byte beside each letter; bytes that are no UTF-8 were read as U+FFFD. */
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
