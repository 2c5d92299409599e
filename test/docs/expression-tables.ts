/**
 * @module
 * The tables of docs/expressions.md: functions, what is not supported, and bounds.
 */

import { dataweaveLimits } from '../../src/expressions/dataweave/bounds.ts';
import { functionsByModule } from '../../src/expressions/dataweave/functions/index.ts';
import { refusedModules, refusedNames } from '../../src/expressions/dataweave/functions/refused.ts';
import type { FunctionRow as DataWeaveRow } from '../../src/expressions/dataweave/functions/row.ts';
import { constructs } from '../../src/expressions/flex/constructs.ts';
import { functionRows } from '../../src/expressions/flex/functions/index.ts';
import { limits } from '../../src/expressions/limits.ts';
import { differences, reasons } from '../expressions/dataweave/differences.ts';
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

/** The forms of a function as `(String, Number) or (Null)`; a parameter that may be left out has a `?`. */
function formsOf({ forms }: DataWeaveRow): string {
  const shown = forms.map(({ parameters, minArguments }) => {
    const names = parameters.map(({ name }, i) => (i < minArguments ? name : `${name}?`));
    return `(${names.join(', ')})`;
  });
  return [...new Set(shown)].map((one) => `\`${one}\``).join('<br>');
}

export function dataweaveFunctions(): string {
  const flex = new Set(functionRows.map(({ module, name }) => `${module}::${name}`));
  const tables = [...functionsByModule].map(([module, functions]) => {
    const rows = [...functions.values()]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((row) => [`\`${row.name}\``, formsOf(row), row.summary, flex.has(`${module}::${row.name}`) ? 'yes' : '']);
    return `#### ${module}\n\n${tableOf(['Function', 'Takes', 'Does', 'In `flex` too'], rows)}`;
  });
  return tables.join('\n');
}

export function refusedFunctions(): string {
  const rows = [...refusedModules, ...refusedNames].map(([name, { because }]) => [`\`${name}\``, because]);
  return tableOf(['Refused', 'Because'], rows);
}

const dataweaveBoundNames: { readonly [name in keyof typeof dataweaveLimits]: readonly [what: string, code: string] } =
  {
    numberDigits: ['digits of a number', 'dataweave.number-too-long'],
    treeHeight: ['height of the expression as a tree', 'dataweave.too-deep'],
    calls: ['functions that call each other', 'dataweave.too-many-calls'],
    stack: ['heights of the bodies of running functions, together', 'dataweave.too-many-calls'],
    dataDepth: ['arrays and objects inside each other', 'dataweave.too-deep'],
    regexLength: ['characters of a regular expression', 'dataweave.regex'],
    regexStates: ['states of a regular expression, its repetitions written out', 'dataweave.regex'],
  };

export function dataweaveBounds(): string {
  const rows = Object.entries<readonly [what: string, code: string]>(dataweaveBoundNames).map(
    ([name, [what, code]]) => [String(dataweaveLimits[name as keyof typeof dataweaveLimits]), what, `\`${code}\``],
  );
  return tableOf(['At most', 'Of', 'Code'], rows);
}

/** One row for each reason, with the first expression that has it. */
export function engineDifferences(): string {
  const rows = Array.from(reasons, ([name, { what, why }]) => {
    const example = differences.find(({ reason }) => reason === name);
    const shown = [example?.expr, example?.engine, example?.ours].map(
      (text = '') => `\`${text.replaceAll('\n', ' ')}\``,
    );
    return [what, ...shown, why];
  });
  return tableOf(['What', 'Expression', 'There', 'Here', 'Why'], rows);
}
