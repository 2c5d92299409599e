/**
 * @module
 * The tables of docs/expressions.md: functions, what is not supported, and limits.
 */

import { dataweaveLimits } from '../../src/expressions/dataweave/bounds.ts';
import { functionExamples as dataweaveExamples } from '../../src/expressions/dataweave/functions/examples.ts';
import { functionsByModule } from '../../src/expressions/dataweave/functions/index.ts';
import { refusedModules, refusedNames } from '../../src/expressions/dataweave/functions/refused.ts';
import type { FunctionRow as DataWeaveRow } from '../../src/expressions/dataweave/functions/row.ts';
import {
  attributeDocumentation,
  callerDocumentation,
  type FunctionExample,
  inputDocumentation,
} from '../../src/expressions/documentation.ts';
import { constructs } from '../../src/expressions/flex/constructs.ts';
import { functionExamples as flexExamples } from '../../src/expressions/flex/functions/examples.ts';
import { functionRows } from '../../src/expressions/flex/functions/index.ts';
import { limits } from '../../src/expressions/limits.ts';
import { differences, reasons } from '../expressions/dataweave/differences.ts';
import { tableWithNotes } from './table.ts';

export function expressionFunctions(): string {
  const rows = functionRows.map(({ module, name, signature, summary, profiles }) => {
    const path = module === 'dw::Core' ? '' : `${module}::`;
    const signatures = signature.split(' · ').map((one) => `\`${path}${one}\``);
    return [signatures.join('<br>'), summary, exampleText(flexExamples[name]), profiles.dataweave ?? 'the same'];
  });
  return tableWithNotes(['Function', 'Does', 'Example', 'DataWeave 2.x'], rows);
}

function exampleText(example: FunctionExample | undefined): string {
  if (example === undefined) return '';
  const [expression, value] = example;
  return `\`${expression}\` → \`${value}\``;
}

export function inputMembers(): string {
  const members = (input: string, sentences: Readonly<Record<string, string>>) =>
    Object.entries(sentences).map(([name, sentence]) => [`\`${input}.${name}\``, sentence]);
  const rows = [
    ...members('attributes', attributeDocumentation),
    ...members('authentication', callerDocumentation),
    ['`vars`', inputDocumentation.vars],
    ['`payload`', inputDocumentation.payload],
  ];
  return tableWithNotes(['Member', 'Value'], rows);
}

export function unsupportedConstructs(): string {
  const rows = Object.values(constructs).map((row) => [row.name, 'suggestion' in row ? row.suggestion : '']);
  return tableWithNotes(['Not supported', 'Instead'], rows);
}

const boundNames: { readonly [name in keyof typeof limits]: readonly [what: string, code: string] } = {
  expressionLength: ['characters in an expression', 'dataweave.too-long'],
  nesting: ['nested parentheses, brackets, calls, `not` and `if`', 'dataweave.too-deep'],
  treeDepth: ['depth of the expression tree', 'dataweave.too-deep'],
  stringLength: ['characters in a string that it creates', 'dataweave.string-too-long'],
  arrayLength: ['items in an array that it creates', 'dataweave.array-too-long'],
  steps: ['items visited in one evaluation', 'dataweave.too-many-steps'],
};

export function expressionBounds(): string {
  const rows = Object.entries<readonly [what: string, code: string]>(boundNames).map(([name, [what, code]]) => [
    String(limits[name as keyof typeof limits]),
    what,
    `\`${code}\``,
  ]);
  return tableWithNotes(['Maximum', 'Of', 'Code'], rows);
}

/** The forms of a function as `(String, Number) or (Null)`; an optional parameter has a `?`. */
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
      .map((row) => [
        `\`${row.name}\``,
        formsOf(row),
        row.summary,
        exampleText(dataweaveExamples[module]?.[row.name]),
        flex.has(`${module}::${row.name}`) ? 'yes' : '',
      ]);
    return `#### ${module}\n\n${tableWithNotes(['Function', 'Takes', 'Does', 'Example', 'In `flex` too'], rows)}`;
  });
  return tables.join('\n');
}

export function refusedFunctions(): string {
  const rows = [...refusedModules, ...refusedNames].map(([name, { because }]) => [`\`${name}\``, because]);
  return tableWithNotes(['Refused', 'Reason'], rows);
}

const dataweaveBoundNames: { readonly [name in keyof typeof dataweaveLimits]: readonly [what: string, code: string] } =
  {
    numberDigits: ['digits in a number', 'dataweave.number-too-long'],
    treeHeight: ['depth of the expression tree', 'dataweave.too-deep'],
    calls: ['nested function calls', 'dataweave.too-many-calls'],
    stack: ['sum of the depths of all running function bodies', 'dataweave.too-many-calls'],
    dataDepth: ['nested arrays and objects', 'dataweave.too-deep'],
    regexLength: ['characters in a regular expression', 'dataweave.regex'],
    regexStates: ['states of a regular expression, with its repetitions expanded', 'dataweave.regex'],
  };

export function dataweaveBounds(): string {
  const rows = Object.entries<readonly [what: string, code: string]>(dataweaveBoundNames).map(
    ([name, [what, code]]) => [String(dataweaveLimits[name as keyof typeof dataweaveLimits]), what, `\`${code}\``],
  );
  return tableWithNotes(['Maximum', 'Of', 'Code'], rows);
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
  return tableWithNotes(['Difference', 'Expression', 'DataWeave', 'mintproc', 'Reason'], rows);
}
