/**
 * @module
 * One marked part of the text, such as the expression that made a claim. It is scrolled to and keeps its place while
 * the text changes. Cursor and focus stay where they are, until the user goes there.
 */
import { type EditorState, StateEffect, StateField, type TransactionSpec } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import type { TextRange } from '../../interface.ts';
import { offsetsOf } from './text-range.ts';

const setMarked = StateEffect.define<{ readonly from: number; readonly to: number } | undefined>();
const mark = Decoration.mark({ class: 'code-marked' });
const line = Decoration.line({ class: 'code-marked-line' });

export const markedRange = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(decorations, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setMarked)) continue;
      if (effect.value === undefined) return Decoration.none;
      const { from, to } = effect.value;
      const start = transaction.state.doc.lineAt(from).from;
      return Decoration.set([line.range(start), ...(from === to ? [] : [mark.range(from, to)])], true);
    }
    return decorations.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

export function showMarked(state: EditorState, range: TextRange | undefined): TransactionSpec {
  if (range === undefined) return { effects: setMarked.of(undefined) };
  const offsets = offsetsOf(state, range);
  return { effects: [setMarked.of(offsets), EditorView.scrollIntoView(offsets.from, { y: 'center' })] };
}

/** Puts the cursor where the part begins. */
export function selectMarked(state: EditorState, range: TextRange): TransactionSpec {
  return { selection: { anchor: offsetsOf(state, range).from } };
}
