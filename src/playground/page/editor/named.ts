/**
 * @module
 * Names that a configuration defines in one place and uses in another: policies and keys.
 */
import type { EditorState } from '@codemirror/state';
import type { SyntaxNode } from '@lezer/common';
import { parsedTree } from './parsed-tree.ts';
import { isAtPath, yamlPlace } from './yaml-place.ts';

interface Definition {
  /** What the names are: values of `key`, or the keys of the map `key`. */
  readonly kind: 'values' | 'keys';
  readonly key: string;
  /** Where the name stands. */
  readonly path: string;
}

const policyNames: Definition = { kind: 'values', key: 'name', path: 'policies[].name' };
const keyNames: Definition = { kind: 'keys', key: 'keys', path: 'keys' };

/** Where a name is used, and what defines it. */
const uses: readonly (readonly [path: string, Definition])[] = [
  ['routes[].policies[]', policyNames],
  ['policies[].key', keyNames],
  ['policies[].key[]', keyNames],
  ['policies[].recipient', keyNames],
];

const maxNames = 200;

/** The names that may be written at a path of the configuration. */
export function namesFor(state: EditorState, path: readonly string[]): readonly string[] {
  const definition = uses.find(([used]) => isAtPath(used, path))?.[1];
  if (definition === undefined) return [];
  const names = new Set<string>();
  parsedTree(state, state.doc.length).iterate({
    enter({ node }) {
      const name = node.name === 'Pair' && names.size < maxNames ? definedName(state, node, definition) : undefined;
      if (name !== undefined) names.add(name);
    },
  });
  return [...names];
}

function definedName(state: EditorState, pair: SyntaxNode, { kind, key, path }: Definition): string | undefined {
  const ownKey = pair.getChild('Key');
  const decisive = kind === 'values' ? ownKey : pair.parent?.parent?.getChild('Key');
  if (!ownKey || !decisive || textOf(state, decisive) !== key) return undefined;
  const name = kind === 'keys' ? ownKey : pair.getChild(':')?.nextSibling;
  if (!name || name.from === name.to) return undefined;
  const place = yamlPlace(state, name.to);
  return place !== undefined && isAtPath(path, place.path) ? textOf(state, name) : undefined;
}

function textOf(state: EditorState, node: SyntaxNode): string {
  return state.sliceDoc(node.from, node.to).replace(/^(["'])(.*)\1$/, '$2');
}
