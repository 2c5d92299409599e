/**
 * @module
 * The problems of the text at their places: underlined, in the gutter, on hover, and one after another with F8.
 */
import {
  type Diagnostic,
  forEachDiagnostic,
  linter,
  lintGutter,
  nextDiagnostic,
  previousDiagnostic,
  setDiagnostics,
} from '@codemirror/lint';
import type { EditorState, Extension, TransactionSpec } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import type { ShownProblem } from '../../interface.ts';
import { problemExplanation, spokenProblem } from './explanation.ts';
import { offsetsOf } from './text-range.ts';

interface ShownDiagnostic extends Diagnostic {
  readonly problem: ShownProblem;
}

const severities = { error: 'error', warning: 'warning', note: 'info' } as const;

/** More would only slow down the page; the list of problems has them all. */
const maxShown = 200;

function diagnosticOf(state: EditorState, problem: ShownProblem): ShownDiagnostic {
  const { from, to } = offsetsOf(state, problem.range);
  return {
    from,
    to: from === to ? endOfWord(state, from) : to,
    severity: severities[problem.severity],
    message: problem.message,
    renderMessage: () => problemExplanation(problem),
    problem,
  };
}

/** A problem at a place marks the word that begins there. */
function endOfWord(state: EditorState, from: number): number {
  const line = state.doc.lineAt(from);
  const rest = line.text.slice(from - line.from);
  const word = /^(?:[\w-]+|\S)/.exec(rest)?.[0] ?? '';
  return from + word.length;
}

export function showProblems(state: EditorState, problems: readonly ShownProblem[]): TransactionSpec {
  return setDiagnostics(
    state,
    problems.slice(0, maxShown).map((problem) => diagnosticOf(state, problem)),
  );
}

/** Goes to a problem, which shows it, and says it. */
function go(move: (view: EditorView) => boolean) {
  return (view: EditorView): boolean => {
    if (!move(view)) return false;
    const { from, to } = view.state.selection.main;
    const spoken: string[] = [];
    forEachDiagnostic(view.state, (diagnostic, start, end) => {
      if (start === from && end === to && isShown(diagnostic)) spoken.push(spokenProblem(diagnostic.problem));
    });
    view.dispatch({ effects: EditorView.announce.of(spoken.join(' ')) });
    return true;
  };
}

function isShown(diagnostic: Diagnostic): diagnostic is ShownDiagnostic {
  return 'problem' in diagnostic;
}

export const problemMarks: Extension = [
  linter(null),
  lintGutter(),
  keymap.of([{ key: 'F8', run: go(nextDiagnostic), shift: go(previousDiagnostic) }]),
];
