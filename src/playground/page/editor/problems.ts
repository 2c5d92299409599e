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
import { type EditorView, keymap } from '@codemirror/view';
import type { ShownProblem } from '../../interface.ts';
import { problemExplanation, spokenProblem } from './explanation.ts';
import { offsetsOf } from './text-range.ts';
import { openTooltip } from './tooltip.ts';

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

/** Goes to the next problem and says it. */
function go(move: (view: EditorView) => boolean) {
  return (view: EditorView): boolean => {
    if (!move(view)) return false;
    const { from, to } = view.state.selection.main;
    const found: ShownProblem[] = [];
    forEachDiagnostic(view.state, (diagnostic, start, end) => {
      if (start === from && end === to && 'problem' in diagnostic) found.push((diagnostic as ShownDiagnostic).problem);
    });
    const box = () => {
      const all = document.createElement('div');
      all.append(...found.map(problemExplanation));
      return all;
    };
    if (found.length > 0) openTooltip(view, from, box, found.map(spokenProblem).join(' '));
    return true;
  };
}

export const problemMarks: Extension = [
  linter(null),
  lintGutter(),
  keymap.of([{ key: 'F8', run: go(nextDiagnostic), shift: go(previousDiagnostic) }]),
];
