/**
 * @module
 * The words and operators of DataWeave 2.x, as sticky expressions for a `LooseReader`.
 */
import type { ConstructName } from './constructs.ts';

/** Words that are not operands. */
export const reserved = /(?:if|else|unless|case|and|or|default|as|is|match|update|using|do)\b/y;
export const qualifiedName = /[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*/y;
export const selectorName = /[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*/y;
export const typeName = /[A-Za-z_][\w:]*(?:\s*<[^>]*>)?(?:\s*\|\s*[A-Za-z_][\w:]*)*/y;
/** Longer operators first. */
export const symbols = /\+\+|--(?!-)|<<|>>|<=|>=|==|!=|~=|[-+*/<>=]/y;

/** What an operator is that Flex Gateway has not. */
export const symbolFindings: { readonly [symbol: string]: ConstructName } = {
  '+': 'arithmetic',
  '-': 'arithmetic',
  '*': 'arithmetic',
  '/': 'arithmetic',
  '<<': 'append',
  '>>': 'append',
  '~=': 'similar',
  '=': 'similar',
};
