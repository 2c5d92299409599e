/**
 * @module
 * What the page gives an editor.
 */
import type { FileKind, LanguageTables, ProfileName, ShownProblem, TextRange } from '../../interface.ts';

/** What the text is. */
export type EditorLanguage =
  /** The profile is that of the expressions in it; without one, `flex`. */
  | { readonly kind: 'file'; readonly file: FileKind; readonly profile?: ProfileName }
  | { readonly kind: 'expression'; readonly profile: ProfileName }
  /** YAML: a case, the context of an expression. */
  | { readonly kind: 'data' };

export interface EditorProps {
  /** Another name is another document, with its own history. */
  readonly name: string;
  /** For screen readers. */
  readonly label: string;
  readonly language: EditorLanguage;
  readonly text: string;
  /** Those of this file. */
  readonly problems: readonly ShownProblem[];
  /** Marked and scrolled to, such as the expression of a claim. */
  readonly marked: TextRange | undefined;
  /** Another number moves the cursor to the marked part, and the focus into the editor. */
  readonly visit?: number | undefined;
  readonly tables: LanguageTables;
  /** For the styles that the editor adds (Content-Security-Policy). */
  readonly nonce: string;
  /** With the whole text, after each change by the user. */
  readonly onChange: (text: string) => void;
}
