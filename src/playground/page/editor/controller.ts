/**
 * @module
 * The editor behind the component: one view, and a state with its own history for each document that it has shown.
 */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Annotation, Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { LanguageTables } from '../../interface.ts';
import { completion } from './completion.ts';
import { closingExplanations, documentation } from './documentation.ts';
import type { EditorProps } from './editor-props.ts';
import { highlightStyle } from './highlighting.ts';
import { grammarOf } from './languages.ts';
import { markedRange, selectMarked, showMarked } from './marked.ts';
import { problemMarks, showProblems } from './problems.ts';
import { changesTo, lineBreakOf } from './text-change.ts';
import { typedText } from './typed-text.ts';

/** A change that the page made. It is not told to the page. */
const byPage = Annotation.define<true>();

/** Documents whose history is kept. */
const maxDocuments = 64;

export class EditorController {
  readonly #view: EditorView;
  readonly #language = new Compartment();
  readonly #label = new Compartment();
  /** States of documents that are not shown, by name. */
  readonly #others = new Map<string, EditorState>();
  /** The text of each document as the page knows it: a file may have line breaks that the editor has not. */
  readonly #known = new Map<string, string>();
  readonly #hint: string;
  #props: EditorProps;

  /** @param hint the id of an element that describes the keys */
  constructor(parent: HTMLElement, props: EditorProps, hint: string) {
    this.#hint = hint;
    this.#props = props;
    this.#view = new EditorView({ parent, state: this.#newState(props) });
    this.#showMarks(props);
  }

  update(props: EditorProps): void {
    const before = this.#props;
    this.#props = props;
    const isOther = props.name !== before.name;
    if (isOther) this.#open(before.name, props);
    else if (languageKey(props) !== languageKey(before) || props.tables !== before.tables) {
      this.#view.dispatch({ effects: this.#language.reconfigure(languageExtensions(props)) });
    }
    if (props.label !== before.label) this.#view.dispatch({ effects: this.#label.reconfigure(this.#labelled(props)) });
    const isReplaced = this.#showText(props);
    if (isOther || isReplaced || props.problems !== before.problems) this.#showProblems(props);
    if (isOther || props.marked !== before.marked) this.#view.dispatch(showMarked(this.#view.state, props.marked));
    if (props.visit !== before.visit) this.#visit(props);
  }

  destroy(): void {
    this.#view.destroy();
  }

  #showMarks(props: EditorProps): void {
    this.#showProblems(props);
    if (props.marked !== undefined) this.#view.dispatch(showMarked(this.#view.state, props.marked));
    this.#visit(props);
  }

  #visit({ marked, visit }: EditorProps): void {
    if (marked === undefined || visit === undefined) return;
    this.#view.dispatch(selectMarked(this.#view.state, marked));
    this.#view.focus();
  }

  #showProblems({ problems }: EditorProps): void {
    this.#view.dispatch(showProblems(this.#view.state, problems));
  }

  #open(left: string, props: EditorProps): void {
    const known = this.#others.get(props.name);
    this.#others.delete(props.name);
    this.#others.set(left, this.#view.state);
    this.#forgetOldest();
    this.#show(known ?? this.#newState(props));
    const effects = [
      this.#language.reconfigure(languageExtensions(props)),
      this.#label.reconfigure(this.#labelled(props)),
    ];
    this.#view.dispatch({ effects });
  }

  #show(state: EditorState): void {
    // Measurements that are pending, such as that of a tooltip's place, would be made in the new text, which may be
    // shorter. Asking for coordinates makes them now.
    this.#view.coordsAtPos(0);
    this.#view.setState(state);
  }

  #labelled({ label }: EditorProps): Extension {
    return EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': this.#hint });
  }

  #forgetOldest(): void {
    const [oldest] = this.#others.keys();
    if (this.#others.size <= maxDocuments || oldest === undefined) return;
    this.#others.delete(oldest);
    this.#known.delete(oldest);
  }

  /** Writes a text that the page has changed; the cursor stays at the same text. @returns whether it changed */
  #showText(props: EditorProps): boolean {
    const { name, text } = props;
    const { state } = this.#view;
    if (text === this.#known.get(name)) return false;
    this.#known.set(name, text);
    if (lineBreakOf(text) !== state.facet(EditorState.lineSeparator)) {
      this.#show(this.#newState(props));
      return true;
    }
    const changes = changesTo(state.doc, state.toText(text));
    if (changes === undefined) return false;
    this.#view.dispatch({ changes, annotations: byPage.of(true), userEvent: 'replace' });
    return true;
  }

  #newState(props: EditorProps): EditorState {
    this.#known.set(props.name, props.text);
    const lineBreak = lineBreakOf(props.text);
    return EditorState.create({
      doc: props.text,
      extensions: [
        ...(lineBreak === undefined ? [] : [EditorState.lineSeparator.of(lineBreak)]),
        EditorView.cspNonce.of(props.nonce),
        this.#label.of(this.#labelled(props)),
        this.#language.of(languageExtensions(props)),
        EditorView.updateListener.of(({ docChanged, state, transactions }) => {
          if (!docChanged || transactions.every((one) => one.annotation(byPage) === true)) return;
          const text = state.sliceDoc();
          this.#known.set(this.#props.name, text);
          this.#props.onChange(text);
        }),
        basics,
      ],
    });
  }
}

function languageKey({ language }: EditorProps): string {
  return JSON.stringify(language);
}

/** Tables change only when the page loads anew: their extensions are made once for each language. */
const made = new WeakMap<LanguageTables, Map<string, Extension>>();

function languageExtensions(props: EditorProps): Extension {
  const { language, tables } = props;
  const known = made.get(tables) ?? new Map<string, Extension>();
  made.set(tables, known);
  const key = languageKey(props);
  const extension = known.get(key) ?? [
    grammarOf(language),
    completion(language, tables),
    documentation(language, tables),
  ];
  known.set(key, extension);
  return extension;
}

/** Escape, then Tab, leaves the editor: the component lets the next Tab pass. */
const basics: Extension = [
  lineNumbers(),
  highlightSpecialChars(),
  history(),
  drawSelection(),
  indentUnit.of('  '),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  EditorView.lineWrapping,
  syntaxHighlighting(highlightStyle),
  typedText,
  closingExplanations,
  problemMarks,
  markedRange,
  keymap.of([
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...defaultKeymap,
    indentWithTab,
  ]),
];
