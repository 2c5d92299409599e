/**
 * @module
 * Where in a policy of Apigee the cursor is.
 */
import type { EditorState } from '@codemirror/state';
import type { SyntaxNode } from '@lezer/common';
import { parsedTree } from './parsed-tree.ts';

export interface XmlPlace {
  /** `close` is the name after `</`, `text` is the text of an element. */
  readonly kind: 'element' | 'close' | 'attribute' | 'attribute-value' | 'text';
  /** The elements around it with `/` between; an attribute is in its element. */
  readonly path: string;
  /** Of the attribute, for its value. */
  readonly name: string;
  /** The start of the word at the cursor. */
  readonly from: number;
}

/** Undefined in a comment or another construct that has no words of ours. */
export function xmlPlace(state: EditorState, at: number): XmlPlace | undefined {
  const node = parsedTree(state, at).resolve(at, -1);
  switch (node.name) {
    case 'StartTag':
      return { kind: 'element', path: pathOf(state, elementAround(node)?.parent), name: '', from: at };
    case 'TagName':
      return nameOfTag(state, node);
    case 'StartCloseTag':
      return { kind: 'close', path: pathOf(state, elementAround(node)), name: '', from: at };
    case 'AttributeName':
      return { kind: 'attribute', path: pathOf(state, elementAround(node)), name: '', from: node.from };
    case 'OpenTag':
    case 'SelfClosingTag':
      return { kind: 'attribute', path: pathOf(state, elementAround(node)), name: '', from: at };
    case 'AttributeValue':
      return attributeValue(state, node, at);
    case 'Text':
    case 'Element':
    case 'EndTag':
    case 'SelfCloseEndTag':
    case 'EntityReference':
      return textPlace(state, node, at);
    default:
      return undefined;
  }
}

function nameOfTag(state: EditorState, node: SyntaxNode): XmlPlace {
  const isClosing = /CloseTag$/.test(node.parent?.name ?? '') && node.parent?.name !== 'SelfClosingTag';
  const element = elementAround(node);
  const path = pathOf(state, isClosing ? element : element?.parent);
  return { kind: isClosing ? 'close' : 'element', path, name: '', from: node.from };
}

function attributeValue(state: EditorState, node: SyntaxNode, at: number): XmlPlace | undefined {
  if (at === node.from || (at === node.to && /.["']$/s.test(state.sliceDoc(node.from, node.to)))) return undefined;
  const name = node.parent?.getChild('AttributeName');
  const path = pathOf(state, elementAround(node));
  return { kind: 'attribute-value', path, name: name ? state.sliceDoc(name.from, name.to) : '', from: node.from + 1 };
}

function textPlace(state: EditorState, node: SyntaxNode, at: number): XmlPlace {
  const element = node.name === 'Element' ? node : elementAround(node);
  // After the end of an element, the text belongs to the one around it.
  const isOutside = element !== undefined && at >= element.to && element.lastChild?.name !== '⚠';
  const holder = isOutside ? elementAround(element) : element;
  const from = node.name === 'Text' ? node.from + leadingSpace(state.sliceDoc(node.from, at)) : at;
  return { kind: 'text', path: pathOf(state, holder), name: '', from };
}

function leadingSpace(text: string): number {
  return /^\s*/.exec(text)?.[0].length ?? 0;
}

function elementAround(node: SyntaxNode): SyntaxNode | undefined {
  for (let one = node.parent; one !== null; one = one.parent) if (one.name === 'Element') return one;
  return undefined;
}

function pathOf(state: EditorState, element: SyntaxNode | null | undefined): string {
  const names: string[] = [];
  for (let one = element ?? null; one !== null; one = one.parent) {
    if (one.name !== 'Element') continue;
    const name = (one.getChild('OpenTag') ?? one.getChild('SelfClosingTag'))?.getChild('TagName');
    names.unshift(name ? state.sliceDoc(name.from, name.to) : '');
  }
  return names.join('/');
}
