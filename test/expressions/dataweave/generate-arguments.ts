/**
 * @module
 * Calls of every function of DataWeave with arguments of every type: of the type that a form takes, of one that is
 * converted to it, and of others. The arguments have no static type, so that the engine decides when it calls.
 */
import { functionsByModule } from '../../../src/expressions/dataweave/functions/index.ts';
import type { FunctionRow } from '../../../src/expressions/dataweave/functions/row.ts';
import type { Dice } from '../../search/dice.ts';

function list(text: string): readonly string[] {
  return text
    .split('¦')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

const values: Readonly<Record<string, readonly string[]>> = {
  String: list(`
    'abc' ¦ 'TRUE' ¦ 'true' ¦ 'True' ¦ 'FALSE' ¦ 'false' ¦ '12' ¦ '1.5' ¦ '-3' ¦ '' ¦ ' 7 ' ¦ '١٢' ¦ '१.५' ¦ '１e２' ¦ '7f'
    '2020-01-02' ¦ '2020-01-02T03:04:05Z' ¦ '2020-01-02T03:04:05' ¦ 'P1D' ¦ 'PT1H' ¦ '+02:00' ¦ 'Europe/Paris'
    '10:20:30' ¦ '10:20:30Z' ¦ 'a,b' ¦ '#' ¦ 'UTF-8' ¦ 'a' ¦ 'b' ¦ '1' ¦ 'Ä ß' ¦ '[ab]' ¦ 'hours' ¦ '#.0' ¦ 'HALF_UP'`),
  Number: list(`0 ¦ 1 ¦ 2 ¦ -1 ¦ 1.5 ¦ 3 ¦ 65 ¦ 1000 ¦ 0.1 ¦ -2.5 ¦ 16`),
  Boolean: list(`true ¦ false`),
  Null: list(`null`),
  Array: list(`
    [] ¦ [1, 2] ¦ ['1', '2'] ¦ ['a', 'b'] ¦ [true, 'TRUE'] ¦ ['true', false] ¦ [[1, 2], [3, 4]] ¦ [null] ¦ [1, null]
    [{a: 1}, {a: 2}] ¦ (1 to 3) ¦ ['١'] ¦ [|2020-01-02|] ¦ [/a/]`),
  Object: list(
    `{} ¦ {a: 1} ¦ {a: '1', b: 2} ¦ {'1': true} ¦ {a: {b: 'TRUE'}} ¦ {a: null} ¦ {format: '#'} ¦ {precision: 3}`,
  ),
  Binary: list(`('ab' as Binary) ¦ ('12' as Binary) ¦ ('TRUE' as Binary)`),
  Key: list(`('a' as Key) ¦ ('12' as Key) ¦ ('true' as Key)`),
  Regex: list(`/a/ ¦ /(b)|c/ ¦ /1/`),
  Date: list(`|2020-01-02|`),
  DateTime: list(`|2020-01-02T03:04:05Z| ¦ |2020-06-02T03:04:05+02:00|`),
  LocalDateTime: list(`|2020-01-02T03:04:05|`),
  LocalTime: list(`|10:20:30|`),
  Time: list(`|10:20:30Z|`),
  TimeZone: list(`|+02:00|`),
  Period: list(`|P1D| ¦ |PT1H| ¦ |P1M|`),
  Type: list(`typeOf(1) ¦ typeOf('a')`),
  Uri: list(`('a:b' as Uri)`),
};

const names = Object.keys(values);

/** What some names of parameters stand for. */
const meanings: Readonly<Record<string, readonly string[]>> = {
  Any: names,
  'String | Null': ['String', 'Null'],
  'Array<Formatter>': ['Array'],
  'Date | DateTime | Time': ['Date', 'DateTime', 'LocalDateTime', 'LocalTime', 'Time', 'TimeZone', 'Period'],
};

/**
 * Omitted, because docs/expressions.md names a difference: the last digit of functions on doubles, a lambda of
 * no parameter, and texts of the format `application/dw`. The log is the engine's.
 */
const omitted = /^(?:write|read|now|with|log(?:[A-Z]\w*|n)?|log10|a?(?:sin|cos|tan))$/;

const rows: readonly FunctionRow[] = [...functionsByModule.values()]
  .flatMap((module) => [...module.values()])
  .filter(({ name, varies }) => varies === undefined && !omitted.test(name));

export class ArgumentGenerator {
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  next(): string {
    const dice = this.#dice;
    const row = dice.pick(rows);
    const { parameters, minArguments } = dice.pick(row.forms);
    const count = dice.chance(80) ? parameters.length : minArguments;
    const written = parameters.slice(0, count).map(({ name }) => this.#argument(name, row.module));
    return `${row.module}::${row.name}(${written.join(', ')})`;
  }

  #argument(name: string, module: string): string {
    if (name === 'Function' && this.#dice.chance(95)) return this.#lambda(module);
    const own = meanings[name] ?? (name in values ? [name] : names);
    return this.#value(this.#dice.pick(this.#dice.chance(65) ? own : names));
  }

  /** `payload.zz` is not there: the value has no static type. */
  #value(name: string): string {
    return `(payload.zz default ${this.#dice.pick(values[name] ?? ['null'])})`;
  }

  /** The functions of `dw::Runtime` take one without parameters. */
  #lambda(module: string): string {
    const dice = this.#dice;
    const parameters = ['p', 'q'].slice(0, dice.pick(module === 'dw::Runtime' ? [0, 0, 1] : [1, 1, 2]));
    const result = dice.chance(30) && parameters.length > 0 ? dice.pick(parameters) : this.#value(dice.pick(names));
    return `(${parameters.join(', ')}) -> ${dice.chance(25) ? this.#value('String') : result}`;
  }
}
