/**
 * @module
 * What an author wrote at a place of a file: the scalar of YAML, or the element of XML. Plans keep only the places of
 * what they compute, so that the serving process keeps no text of policies; an explanation reads the file again.
 */
import { isNode, isScalar, visit } from 'yaml';
import type { SourceText } from '../diagnostics/source-text.ts';
import { scalarText } from './plain-yaml.ts';
import { composeWithin } from './yaml-bounds.ts';

/** Undefined if there is neither, or the element has others in it. */
export function writtenAt(source: SourceText, { line, column }: WrittenPlace): string | undefined {
  const offset = source.lineStart(line) + column - 1;
  return source.text.trimStart().startsWith('<') ? elementAt(source.text, offset) : scalarAt(source.text, offset);
}

interface WrittenPlace {
  readonly line: number;
  readonly column: number;
}

function scalarAt(text: string, offset: number): string | undefined {
  const composed = composeWithin(text);
  if (!composed.ok) return undefined;
  for (const document of composed.documents) {
    let found: string | undefined;
    visit(document, {
      Node(_key, node) {
        if (!isNode(node) || node.range == null) return undefined;
        const [start, end] = node.range;
        if (offset < start || offset > end) return visit.SKIP;
        if (!isScalar(node)) return undefined;
        found = scalarText(node);
        return visit.BREAK;
      },
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The element that begins at the offset or before it, with its text. */
function elementAt(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf('<', offset);
  const open = /^<([\w.:-]+)(?:[^<>"']|"[^"]*"|'[^']*')*>/.exec(text.slice(start, start + longestElement));
  if (start === -1 || open === null) return undefined;
  const [tag, name = ''] = open;
  if (tag.endsWith('/>')) return tag;
  const content = text.slice(start + tag.length, start + longestElement);
  const end = content.indexOf('<');
  return content.startsWith(`</${name}`, end) ? `${tag}${content.slice(0, end)}</${name}>` : undefined;
}

/** A longer one is not shown. */
const longestElement = 20_000;
