/**
 * @module
 * Documentation of the word under the pointer, and with Alt-F1 of the word at the cursor, which is also announced to
 * screen readers.
 */
import type { Extension } from '@codemirror/state';
import {
  activateHover,
  closeHoverTooltips,
  EditorView,
  hasHoverTooltips,
  hoverTooltip,
  keymap,
} from '@codemirror/view';
import type { LanguageTables } from '../../interface.ts';
import { type Described, describedAt } from './described.ts';
import type { EditorLanguage } from './editor-props.ts';
import { spokenWord, wordExplanation } from './explanation.ts';

export function documentation(language: EditorLanguage, tables: LanguageTables): Extension {
  const describe = (view: EditorView, pos: number) => describedAt(view.state, pos, language, tables);
  const hover = hoverTooltip((view, pos) => {
    const found = describe(view, pos);
    return found === undefined ? null : shown(found);
  });
  const explain = (view: EditorView): boolean => {
    const { head } = view.state.selection.main;
    const found = describe(view, head) ?? describe(view, Math.max(0, head - 1));
    view.dispatch({ effects: EditorView.announce.of(found ? spokenWord(found.word) : 'No documentation here.') });
    if (found === undefined) return true;
    activateHover(view, found.from, 1, { tooltip: hover, until: (tr) => tr.docChanged || tr.selection !== undefined });
    return true;
  };
  return [hover, keymap.of([{ key: 'Alt-F1', run: explain }])];
}

function shown({ from, to, word }: Described) {
  return { pos: from, end: to, above: true, create: () => ({ dom: wordExplanation(word) }) };
}

/** Escape closes what a key or the pointer has opened. */
export const closingExplanations: Extension = keymap.of([
  {
    key: 'Escape',
    run(view) {
      if (!hasHoverTooltips(view.state)) return false;
      view.dispatch({ effects: closeHoverTooltips });
      return true;
    },
  },
]);
