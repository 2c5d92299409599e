/**
 * @module
 * The cases of `match` and `update`: a pattern or a path, a guard and a result.
 */
import { readDate, readNumber, readRegex, readString } from './literals.ts';
import type { Grammar } from './reader.ts';
import type { MatchCase, Node, Pattern, UpdateCase, UpdateStep } from './syntax.ts';
import { readType } from './type-grammar.ts';

/** Cases :: `{` ( `case` Pattern ( `if` Guard )? `->` Expression )* ( `else` Name? `->` Expression )? `}` */
export function readMatchCases(grammar: Grammar): readonly MatchCase[] {
  const { reader } = grammar;
  const cases: MatchCase[] = [];
  reader.expect('{');
  while (!reader.symbol('}')) {
    if (reader.word('case')) cases.push(readMatchCase(grammar));
    else if (reader.word('else')) {
      reader.space();
      const name = reader.looksAt(/->/y) ? undefined : reader.name('`->`');
      cases.push({ pattern: { kind: 'any' }, name, guard: undefined, result: readResult(grammar) });
    } else throw reader.unexpected('`case`, `else` or `}`');
    reader.symbol(',');
  }
  return cases;
}

function readMatchCase(grammar: Grammar): MatchCase {
  const { reader } = grammar;
  const { name, pattern } = readPattern(grammar);
  const guard = reader.word('if') ? grammar.guard() : undefined;
  const needsGuard = pattern.kind === 'any' && name !== undefined;
  if (needsGuard && guard === undefined) {
    throw reader.unexpected(
      '`if`, `is`, `matches` or `:`',
      'For a case that matches every value, write `else name ->`.',
    );
  }
  return { pattern, name, guard, result: readResult(grammar) };
}

function readResult(grammar: Grammar): Node {
  grammar.reader.expect('->');
  return grammar.reader.nested(() => grammar.expression());
}

/**
 * Pattern :: Value | `is` Type | `matches` Regex | `[]` | `{}` | `[` Name `~` Name `]` | `{` Name `:` Name `~` Name `}`
 *          | Name ( `is` Type | `matches` Regex | `:` Value )?
 */
function readPattern(grammar: Grammar): { name: string | undefined; pattern: Pattern } {
  const { reader } = grammar;
  const bare = readUnnamed(grammar);
  if (bare !== undefined) return { name: undefined, pattern: bare };
  const name = reader.name('a pattern');
  if (reader.symbol(':')) return { name, pattern: { kind: 'value', value: requirePatternValue(grammar) } };
  return { name, pattern: readTest(grammar) ?? { kind: 'any' } };
}

function readTest(grammar: Grammar): Pattern | undefined {
  const { reader } = grammar;
  reader.space();
  const start = reader.at;
  if (reader.word('is')) return { kind: 'type', type: readType(grammar), start };
  if (!reader.word('matches')) return undefined;
  reader.space();
  const regex = readRegex(grammar) ?? readString(grammar);
  if (regex === undefined) throw reader.unexpected('a regular expression');
  return { kind: 'matches', regex };
}

function readUnnamed(grammar: Grammar): Pattern | undefined {
  const { reader } = grammar;
  reader.space();
  if (reader.take(/\[\s*\]/y) !== undefined) return { kind: 'empty', of: 'Array' };
  if (reader.take(/\{\s*\}/y) !== undefined) return { kind: 'empty', of: 'Object' };
  if (reader.symbol('[')) return readListPattern(grammar);
  if (reader.symbol('{')) return readMemberPattern(grammar);
  const test = readTest(grammar);
  if (test !== undefined) return test;
  const value = readPatternValue(grammar);
  return value === undefined ? undefined : { kind: 'value', value };
}

function readListPattern({ reader }: Grammar): Pattern {
  const head = reader.name('a name');
  reader.expect('~');
  const tail = reader.name('a name');
  reader.expect(']');
  return { kind: 'list', head, tail };
}

function readMemberPattern({ reader }: Grammar): Pattern {
  const key = reader.name('a name');
  reader.expect(':');
  const value = reader.name('a name');
  reader.expect('~');
  const tail = reader.name('a name');
  reader.expect('}');
  return { kind: 'member', key, value, tail };
}

function requirePatternValue(grammar: Grammar): Node {
  grammar.reader.space();
  const value = readPatternValue(grammar);
  if (value === undefined) throw grammar.reader.unexpected('a value');
  return value;
}

function readPatternValue(grammar: Grammar): Node | undefined {
  const { reader } = grammar;
  const start = reader.at;
  const text = readString(grammar);
  if (text !== undefined) return text;
  const date = readDate(grammar);
  if (date !== undefined) return date;
  const number = readNumber(grammar, /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (number !== undefined) return reader.node(start, { kind: 'literal', value: number });
  const word = reader.take(/(?:true|false|null)\b/y);
  if (word === undefined) return undefined;
  return reader.node(start, { kind: 'literal', value: word === 'null' ? null : word === 'true' });
}

/** Cases :: `{` ( `case` ( Name `at` )? Path `!`? ( `if` Guard )? `->` Expression )* `}` */
export function readUpdateCases(grammar: Grammar): readonly UpdateCase[] {
  const { reader } = grammar;
  const cases: UpdateCase[] = [];
  reader.expect('{');
  while (!reader.symbol('}')) {
    if (!reader.word('case')) throw reader.unexpected('`case` or `}`');
    reader.space();
    const name = reader.looksAt(/[.[]/y) ? undefined : reader.name('a path such as `.name`');
    if (name !== undefined && !reader.word('at')) throw reader.unexpected('`at`');
    const path = readPath(grammar);
    const isUpsert = reader.symbol('!');
    const guard = reader.word('if') ? grammar.guard() : undefined;
    cases.push({ name, path, isUpsert, guard, result: readResult(grammar) });
    reader.symbol(',');
  }
  if (cases.length === 0) throw reader.fail('dataweave.unexpected-token', 'An `update` needs at least one `case`.');
  return cases;
}

function readPath(grammar: Grammar): UpdateCase['path'] {
  const { reader } = grammar;
  const path: UpdateStep[] = [];
  for (;;) {
    const step = readStep(grammar);
    if (step === undefined) break;
    path.push(step);
  }
  if (path.length === 0) throw reader.unexpected('a path such as `.name`');
  return path;
}

/** Step :: `.` ( `*` | `@` )? Name | `[` Expression `]` */
function readStep(grammar: Grammar): UpdateStep | undefined {
  const { reader } = grammar;
  reader.space();
  const start = reader.at;
  if (reader.take(/\./y) !== undefined) {
    const how = reader.take(/\*/y) !== undefined ? 'all' : reader.take(/@/y) !== undefined ? 'attribute' : 'name';
    const quoted = readString(grammar);
    const key = quoted ?? reader.node(start, { kind: 'literal', value: reader.name('the name of a member') });
    return { how, key };
  }
  if (!reader.symbol('[')) return undefined;
  const key = reader.nested(() => grammar.expression());
  reader.expect(']');
  return { how: 'index', key };
}

/** The nodes inside a case, which count for the height and size of the whole. */
export function nodesOfCase({ guard, result, pattern }: MatchCase): readonly (Node | undefined)[] {
  return [nodeOfPattern(pattern), guard, result];
}

function nodeOfPattern(pattern: Pattern): Node | undefined {
  switch (pattern.kind) {
    case 'value':
      return pattern.value;
    case 'matches':
      return pattern.regex;
    case 'any':
    case 'type':
    case 'empty':
    case 'list':
    case 'member':
      return undefined;
  }
}

export function nodesOfUpdate({ path, guard, result }: UpdateCase): readonly (Node | undefined)[] {
  return [...path.map(({ key }) => key), guard, result];
}
