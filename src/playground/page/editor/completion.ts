/**
 * @module
 * Completion: the suggestions of the tables, as the editor's component shows them.
 */
import { autocompletion, type Completion, type CompletionResult, snippetCompletion } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import type { LanguageTables } from '../../interface.ts';
import type { EditorLanguage } from './editor-props.ts';
import { wordExplanation } from './explanation.ts';
import { type Suggestion, suggestionsAt } from './suggestions.ts';

/** What may be typed while the list stays. */
const stays = /^[\w:@.<-]*$/;

export function completion(language: EditorLanguage, tables: LanguageTables): Extension {
  return autocompletion({
    icons: false,
    // As many as are shown at once: the list never scrolls, so that it needs no focus of its own.
    maxRenderedOptions: 10,
    override: [
      ({ state, pos, explicit }): CompletionResult | null => {
        const found = suggestionsAt(state, pos, language, tables, explicit);
        return found === undefined
          ? null
          : { from: found.from, options: found.options.map(completionOf), validFor: stays };
      },
    ],
    optionClass: ({ type = '' }) => `code-option code-option-${type}`,
  });
}

/** Keys and variables have the order of their tables; a name of the file itself comes first. */
const boosts: Readonly<Partial<Record<Suggestion['kind'], number>>> = { name: 10, member: 5, keyword: -5 };

function completionOf({ kind, label, template, detail, word }: Suggestion): Completion {
  const shown: Completion = {
    label,
    type: kind,
    ...(detail === undefined ? {} : { detail }),
    ...(boosts[kind] === undefined ? {} : { boost: boosts[kind] }),
    ...(word === undefined ? {} : { info: () => wordExplanation(word) }),
  };
  return template.includes('#{') ? snippetCompletion(template, shown) : { ...shown, apply: template };
}
