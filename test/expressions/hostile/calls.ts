/**
 * @module
 * Expressions that call all functions and operators of both profiles with hostile strings as arguments. A new row is
 * included automatically, if `operands.ts` knows the types of its parameters.
 */
import { functionsByModule } from '../../../src/expressions/dataweave/functions/index.ts';
import type { FunctionRow as DataWeaveRow, Form } from '../../../src/expressions/dataweave/functions/row.ts';
import { operators } from '../../../src/expressions/dataweave/operators.ts';
import type { selectors } from '../../../src/expressions/dataweave/selectors.ts';
import { namedTypes } from '../../../src/expressions/dataweave/type-values.ts';
import type { ProfileName } from '../../../src/expressions/expression.ts';
import { functionRows } from '../../../src/expressions/flex/functions/index.ts';
import type { FunctionRow } from '../../../src/expressions/flex/values.ts';
import type { Dice } from '../../search/dice.ts';
import { hostileFormats, operandOf } from './operands.ts';

/** Returns an expression for a value of a type. */
export type Give = (type: string) => string;

/** Something to search: a function, an operator, a coercion, a selector. */
export interface Subject {
  readonly profile: ProfileName;
  readonly name: string;
  readonly write: (dice: Dice, give: Give) => string;
}

/** Functions named by symbols are written between their arguments. */
function called(module: string, name: string, operands: readonly string[]): string {
  if (!/^\w+$/.test(name)) return `(${operands.join(` ${name} `)})`;
  return `${module}::${name}(${operands.join(', ')})`;
}

function dataweaveSubject(row: DataWeaveRow): Subject {
  return {
    profile: 'dataweave',
    name: `${row.module}::${row.name}`,
    write: (dice, give) => dataweaveCall(row, dice, give),
  };
}

/** Functions that have no effect without `with`. */
const neededWith: ReadonlySet<string> = new Set(['replace', 'update', 'mask']);

function dataweaveCall(row: DataWeaveRow, dice: Dice, give: Give): string {
  const form: Form = dice.pick(row.forms);
  const count = form.minArguments + dice.roll(form.parameters.length - form.minArguments + 1);
  const operands = form.parameters.slice(0, count).map(({ name }) => give(name));
  const call = called(row.module, row.name, operands);
  if (row.name === 'with')
    return `(${give('String')} replace ${give(dice.pick(['String', 'Regex']))} with ${give('Function')})`;
  return neededWith.has(row.name) ? `(${call} with ${give('Function')})` : call;
}

function flexSubject(row: FunctionRow): Subject {
  const count = 'exactly' in row.arity ? row.arity.exactly : row.arity.atLeast;
  const write = (_: Dice, give: Give): string =>
    called(
      row.module,
      row.name,
      Array.from({ length: count }, () => give('any')),
    );
  return { profile: 'flex', name: row.name, write };
}

function operatorSubject(operator: string): Subject {
  const write = (_: Dice, give: Give): string => `(${give('Any')} ${operator} ${give('Any')})`;
  return { profile: 'dataweave', name: operator, write };
}

function coercionSubject(type: string): Subject {
  const write = (dice: Dice, give: Give): string => {
    const schema = dice.pick([
      ...['', '', ` {format: ${formatOf(dice, give)}}`, ` {format: ${formatOf(dice, give)}, mode: 'STRICT'}`],
      ...[" {base: '64'}", " {base: '16'}", " {encoding: 'UTF-32'}", ` {unit: 'milliseconds', roundMode: 'UP'}`],
    ]);
    return `(${give(dice.chance(70) ? 'String' : 'Any')} as ${type}${schema})`;
  };
  return { profile: 'dataweave', name: `as ${type}`, write };
}

function formatOf(dice: Dice, give: Give): string {
  return dice.chance(20) ? give('String') : JSON.stringify(dice.pick(hostileFormats)).replaceAll('$', '\\$');
}

const selectorSymbols: { readonly [how in keyof typeof selectors]: readonly string[] } = {
  value: ['.k', '.a', '[0]', '[-1]', '[vars.a]', '[1 to -1]', '[-1 to 0]', '[?($ == vars.a)]', ".'a'"],
  multi: ['.*k', '.*a'],
  pair: ['.&k', '.&a'],
  descendant: ['..k', '..a', '..'],
  descendants: ['..*k', '..*a'],
  descendantPairs: ['..&a'],
  attributes: ['.@a', '.@'],
  attributesBelow: ['..@a'],
  namespace: ['.#'],
};

function selectorSubject([how, symbols]: readonly [string, readonly string[]]): Subject {
  const write = (dice: Dice, give: Give): string => `(${give('Any')})${dice.pick(symbols)}`;
  return { profile: 'dataweave', name: how, write };
}

/** All constructs except calls, operators and selectors. */
const constructs: readonly (readonly [name: string, write: (give: Give) => string])[] = [
  ['text', (give) => `"$(${give('Any')})$(${give('Any')})"`],
  ['object', (give) => `{(${give('Any')}): ${give('Any')}, (${give('Object')})}`],
  ['spread', (give) => `{(${give('Array')})}`],
  ['array', (give) => `[${give('Any')}, ${give('Any')}]`],
  ['is', (give) => `(${give('Any')} is ${give('Type')})`],
  ['if', (give) => `(if (${give('Any')} == ${give('Any')}) ${give('Any')} else ${give('Any')})`],
  ['default', (give) => `(${give('Any')} default ${give('Any')})`],
  [
    'match',
    (give) => `(${give('Any')} match { case ${give('Any')} -> 1 case x matches ${give('Regex')} -> x else -> $ })`,
  ],
  ['list', (give) => `(${give('Array')} match { case [h ~ t] -> t else -> $ })`],
  ['member', (give) => `(${give('Object')} match { case {k: v ~ t} -> t else -> $ })`],
  ['update', (give) => `(${give('Object')} update { case x at .a -> ${give('Any')} case .b! -> ${give('Any')} })`],
  ['negate', (give) => `(-(${give('Any')}))`],
  ['compare', (give) => `(${give('String')} < ${give('String')})`],
  ['number', (give) => `(${give('String')} + 1)`],
];

const flexConstructs: readonly (readonly [name: string, write: (give: Give) => string])[] = [
  ...['==', '!=', '<', '<=', '>', '>='].map((operator): [string, (give: Give) => string] => [
    operator,
    (give) => `(${give('any')} ${operator} ${give('any')})`,
  ]),
  ['select', (give) => `(${give('any')})[${give('any')}]`],
  ['name', (give) => `(${give('any')}).k`],
  ['number', (give) => `(${give('any')} < 5)`],
  ['if', (give) => `(if (${give('any')} == ${give('any')}) ${give('any')} else ${give('any')})`],
  ['boolean', (give) => `(not (${give('any')}))`],
];

export const subjects: readonly Subject[] = [
  ...[...functionsByModule.values()].flatMap((rows) => [...rows.values()].map(dataweaveSubject)),
  ...functionRows.map(flexSubject),
  ...Object.keys(operators).map(operatorSubject),
  ...[...namedTypes.keys()].filter((name) => !['Nothing', 'Namespace', 'Type'].includes(name)).map(coercionSubject),
  ...Object.entries(selectorSymbols).map(selectorSubject),
  ...constructs.map(([name, write]): Subject => ({ profile: 'dataweave', name, write: (_, give) => write(give) })),
  ...flexConstructs.map(([name, write]): Subject => ({ profile: 'flex', name, write: (_, give) => write(give) })),
];

const flexOperands: readonly string[] = [
  ...[
    'vars.a',
    'vars.a',
    'vars.a',
    'vars.b',
    'vars.part',
    'vars.half',
    'vars.tail',
    'vars.one',
    "''",
    "','",
    "'a'",
    '5',
    '1.50',
  ],
  ...[
    'vars.list',
    'vars.parts',
    'vars.rows',
    'vars.objects',
    'vars.object',
    'vars.wide',
    'vars.deep',
    'true',
    'null',
    "'UTF-8'",
  ],
  ...["attributes.headers['x-a']", '[vars.a, vars.a]', 'attributes.headers', 'attributes'],
];

const flexSubjects = subjects.filter(({ profile }) => profile === 'flex');
const dataweaveByType = new Map<string, readonly Subject[]>();

/** Gives operands of nested calls up to a depth. */
export function giver(dice: Dice, profile: ProfileName, depth: number): Give {
  const inside = (): Give => giver(dice, profile, depth - 1);
  if (profile === 'flex') {
    return () => (depth > 0 ? dice.pick(flexSubjects).write(dice, inside()) : dice.pick(flexOperands));
  }
  return (type) => {
    const makers =
      depth > 0 && dice.chance(70)
        ? dataweaveByType.get(type === 'Any' ? dice.pick([...dataweaveByType.keys()]) : type)
        : undefined;
    return makers === undefined ? operandOf(dice, type) : dice.pick(makers).write(dice, inside());
  };
}

/** Records the types of the subjects' values, for nested calls. */
export function learn(typesOf: (subject: Subject) => ReadonlySet<string>): void {
  const found = new Map<string, Subject[]>();
  for (const subject of subjects) {
    if (subject.profile === 'flex') continue;
    for (const type of typesOf(subject)) {
      const known = found.get(type);
      if (known === undefined) found.set(type, [subject]);
      else known.push(subject);
    }
  }
  for (const [type, makers] of found) dataweaveByType.set(type, makers);
}
