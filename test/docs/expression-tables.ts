/**
 * @module
 * The tables of docs/expressions.md: functions, what is not supported, and bounds.
 */
import { constructs } from '../../src/dataweave/constructs.ts';
import { functionRows } from '../../src/dataweave/functions/index.ts';
import { limits } from '../../src/dataweave/limits.ts';
import { tableOf } from './table.ts';

export function expressionFunctions(): string {
  const rows = functionRows.map(({ module, signature, summary, profiles }) => {
    const path = module === 'dw::Core' ? '' : `${module}::`;
    const signatures = signature.split(' · ').map((one) => `\`${path}${one}\``);
    return [signatures.join('<br>'), summary, profiles.dataweave ?? 'the same'];
  });
  return tableOf(['Function', 'Does', 'DataWeave 2.x'], rows);
}

export function unsupportedConstructs(): string {
  const rows = Object.values(constructs).map((row) => [row.name, 'suggestion' in row ? row.suggestion : '']);
  return tableOf(['Not supported', 'Instead'], rows);
}

const boundNames: { readonly [name in keyof typeof limits]: readonly [what: string, code: string] } = {
  expressionLength: ['characters of an expression', 'dataweave.too-long'],
  nesting: ['parentheses, brackets, calls, `not` and `if` inside each other', 'dataweave.too-deep'],
  treeDepth: ['height of the expression as a tree', 'dataweave.too-deep'],
  stringLength: ['characters of a string that it makes', 'dataweave.string-too-long'],
  arrayLength: ['items of an array that it makes', 'dataweave.array-too-long'],
  steps: ['items visited in one evaluation', 'dataweave.too-many-steps'],
};

export function expressionBounds(): string {
  const rows = Object.entries<readonly [what: string, code: string]>(boundNames).map(([name, [what, code]]) => [
    String(limits[name as keyof typeof limits]),
    what,
    `\`${code}\``,
  ]);
  return tableOf(['At most', 'Of', 'Code'], rows);
}
