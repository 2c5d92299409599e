/**
 * @module
 * What an author wrote at a place of a file: the scalar of YAML, or the element of XML. Plans keep only the places of
 * what they compute, so that the serving process keeps no text of policies; an explanation reads the file again.
 */
import { type Document, isNode, isScalar, visit } from 'yaml';
import type { SourceText } from '../diagnostics/source-text.ts';
import { scalarText } from './plain-yaml.ts';
import { composeWithin } from './yaml-bounds.ts';

/** What is written, and the offsets in the file at which it begins and ends. */
export interface Written {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Undefined if there is neither, or the element has others in it. */
export function writtenAt(source: SourceText, place: WrittenPlace): Written | undefined {
  const offset = offsetOf(source, place);
  return source.text.trimStart().startsWith('<') ? elementAt(source.text, offset) : scalarAt(source, offset);
}

export function offsetOf(source: SourceText, { line, column }: WrittenPlace): number {
  return source.lineStart(line) + column - 1;
}

interface WrittenPlace {
  readonly line: number;
  readonly column: number;
}

/** Each text is parsed once for all of its places. */
const parsed = new WeakMap<SourceText, readonly Document.Parsed[]>();

function documentsOf(source: SourceText): readonly Document.Parsed[] {
  const known = parsed.get(source);
  if (known !== undefined) return known;
  const composed = composeWithin(source.text);
  const documents = composed.ok ? composed.documents : [];
  parsed.set(source, documents);
  return documents;
}

function scalarAt(source: SourceText, offset: number): Written | undefined {
  for (const document of documentsOf(source)) {
    let found: Written | undefined;
    visit(document, {
      Node(_key, node) {
        if (!isNode(node) || node.range == null) return undefined;
        const [start, end] = node.range;
        if (offset < start || offset > end) return visit.SKIP;
        if (!isScalar(node)) return undefined;
        found = { text: scalarText(node), start, end };
        return visit.BREAK;
      },
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The element that begins at the offset or before it, with its text. */
function elementAt(text: string, offset: number): Written | undefined {
  const start = text.lastIndexOf('<', offset);
  const open = /^<([\w.:-]+)(?:[^<>"']|"[^"]*"|'[^']*')*>/.exec(text.slice(start, start + longestElement));
  if (start === -1 || open === null) return undefined;
  const [tag, name = ''] = open;
  const written = (whole: string): Written => ({ text: whole, start, end: start + whole.length });
  if (tag.endsWith('/>')) return written(tag);
  const content = text.slice(start + tag.length, start + longestElement);
  const end = content.indexOf('<');
  return content.startsWith(`</${name}`, end) ? written(`${tag}${content.slice(0, end)}</${name}>`) : undefined;
}

/** A longer one is not shown. */
const longestElement = 20_000;
