/**
 * @module
 * Documentation of the word under the pointer, and with Alt-F1 of the word at the cursor.
 */
import type { Extension } from '@codemirror/state';
import { type EditorView, hoverTooltip, keymap } from '@codemirror/view';
import type { LanguageTables } from '../../interface.ts';
import { describedAt } from './described.ts';
import type { EditorLanguage } from './editor-props.ts';
import { spokenWord, wordExplanation } from './explanation.ts';
import { openTooltip } from './tooltip.ts';

export function documentation(language: EditorLanguage, tables: LanguageTables): Extension {
  const explain = (view: EditorView): boolean => {
    const { head } = view.state.selection.main;
    const found =
      describedAt(view.state, head, language, tables) ??
      describedAt(view.state, Math.max(0, head - 1), language, tables);
    if (found === undefined) {
      openTooltip(view, head, () => nothing(), 'No documentation here.');
      return true;
    }
    openTooltip(view, found.from, () => wordExplanation(found.word, true), spokenWord(found.word));
    return true;
  };
  return [
    hoverTooltip((view, pos) => {
      const found = describedAt(view.state, pos, language, tables);
      if (found === undefined) return null;
      const create = () => ({ dom: wordExplanation(found.word, true) });
      return { pos: found.from, end: found.to, above: true, create };
    }),
    keymap.of([{ key: 'Alt-F1', run: explain }]),
  ];
}

function nothing(): HTMLElement {
  return wordExplanation({ name: '', documentation: 'No documentation here.' }, false);
}
