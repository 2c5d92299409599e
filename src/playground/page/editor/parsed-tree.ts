/**
 * @module
 * The syntax tree up to a place. The view parses a little at a time: what is asked about may not have been parsed yet.
 */
import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { Tree } from '@lezer/common';

/** What follows a place may say what it is in: the end of a list, for example. */
const ahead = 1000;

/** Milliseconds. A text that takes longer gets what its tree says so far. */
const timeout = 100;

export function parsedTree(state: EditorState, upTo: number): Tree {
  return ensureSyntaxTree(state, Math.min(state.doc.length, upTo + ahead), timeout) ?? syntaxTree(state);
}
