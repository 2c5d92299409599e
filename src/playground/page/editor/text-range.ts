/**
 * @module
 * Places of the process, which count lines and columns from 1, as offsets of a document. The text may have changed
 * since the process has read it, so a place outside is moved to the nearest one.
 */
import type { EditorState } from '@codemirror/state';
import type { Position, TextRange } from '../../interface.ts';

export function offsetsOf(state: EditorState, { from, to }: TextRange): { readonly from: number; readonly to: number } {
  const start = offsetOf(state, from);
  return { from: start, to: Math.max(start, offsetOf(state, to)) };
}

function offsetOf({ doc }: EditorState, { line, column }: Position): number {
  if (line < 1) return 0;
  if (line > doc.lines) return doc.length;
  const found = doc.line(line);
  return found.from + Math.min(Math.max(column - 1, 0), found.length);
}
