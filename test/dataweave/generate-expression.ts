/**
 * @module
 * Random expressions of Flex Gateway's language, its near misses, and contexts to evaluate them in. The same seed
 * gives the same sequence.
 */
import type { JsonValue } from '../../src/diagnostics/json.ts';
import type { Context } from './context-bindings.ts';

/** Random numbers that a seed repeats (the mulberry32 generator, public domain). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `below` - 1. */
  roll(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  }

  chance(percent: number): boolean {
    return this.roll(100) < percent;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.roll(from.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }
}

const literals = [
  ...[
    "'a'",
    "''",
    '"b"',
    "'true'",
    "'false'",
    "'10'",
    "'1.50'",
    "'a-b-c'",
    "'é'",
    "'ab\\'c'",
    '"q\\"x"',
    "'\\$x'",
    "'\\u0041'",
  ],
  ...[
    "' x '",
    "'1e3'",
    "'inf'",
    "'.5'",
    "'UTF-8'",
    "'YWI='",
    "'YQ'",
    "'!'",
    "'clientId'",
    "'headers'",
    "'X-Id'",
    "'x-id'",
  ],
  ...['0', '1', '-1', '2', '1.0', '1.50', '007', '-0', '100000000000000000000001', '0.0000001', '1.9', '-2'],
  ...['true', 'false', 'null', 'true', 'null', '[]', '[1,2]', "['a', 'b']", '[null]', '[[1],[2]]'],
];

const paths = [
  ...['attributes.method', 'attributes.requestPath', 'attributes.queryString', 'attributes.scheme', 'attributes.nope'],
  ...["attributes.headers['x-id']", "attributes.headers['X-Id']", 'attributes.headers.host', 'attributes.headers.nope'],
  ...[
    'attributes.queryParams.a',
    "attributes.queryParams['b']",
    'attributes.statusCode',
    'attributes.headers',
    'attributes',
  ],
  ...['authentication', 'authentication.clientId', 'authentication.principal', 'authentication.clientName'],
  ...['authentication.properties', 'authentication.properties.claims', 'authentication.properties.claims.sub'],
  ...[
    'authentication.properties.claims.roles',
    'authentication.properties.claims.num',
    'authentication.properties.flag',
  ],
  ...['attributes.queryParams', 'authentication.nope.x', 'authentication.properties.list', 'attributes.version'],
  ...['payload', 'payload.s', 'payload.arr', 'payload.objs', 'payload.n', 'payload.num', 'vars', 'vars.x', 'vars.y'],
];

const names = [
  'x',
  'a',
  'clientId',
  'headers',
  'method',
  'properties',
  'claims',
  'sub',
  'roles',
  's',
  'not',
  'if',
  'host',
  '++',
];

const unaryFunctions = [
  'upper',
  'lower',
  'trim',
  'sizeOf',
  'isEmpty',
  'dw::core::Binaries::toBase64',
  'dw::core::Binaries::fromBase64',
];

const binaryFunctions = [
  ...['contains', 'splitBy', '++', '--', 'dw::Core::contains', 'dw::core::Strings::substringAfter'],
  ...['dw::core::Strings::substringBefore', 'dw::core::Strings::substringAfterLast'],
  ...['dw::core::Strings::substringBeforeLast', 'dw::util::Coercions::toString', 'dw::util::Coercions::toBinary'],
];

const infixOperators = [
  '++',
  '++',
  '++',
  '--',
  'contains',
  'splitBy',
  'default',
  'default',
  'default',
  'dw::Core::splitBy',
  'upper',
  'payload',
];

const tightOperators = ['==', '!=', '<', '>', '<=', '>=', 'and', 'or', 'and', 'or', '=='];

const headers = [
  'import * from dw::core::Strings --- ',
  'import substringAfter from dw::core::Strings\n---\n',
  'import substringAfter as sa,substringBefore from dw::core::Strings --- ',
  'import a, b from m --- ',
  '%dw 2.0 --- ',
  '%dw 2.0\noutput application/json\n---\n',
  'output application/json indent=false, x = 1 ---',
  'output application/json\nimport * from dw::core::Strings\n---',
  'ns p http://x\n---',
  '---',
  '--- // start\n',
];

/** Things of DataWeave that Flex Gateway has not, and pieces that hardly ever fit. */
const oddities = [
  ...[
    '1 + 2',
    '{a: 1}',
    '{}',
    "'a $(1)'",
    "'$(attributes.method)'",
    '"$(1.50)"',
    "'$payload'",
    '|2020-01-01|',
    'x as String',
  ],
  ...["'a' is String", '[1,2] map $', '(x) -> x', 'payload..x', 'payload.x?', 'payload.x!', 'payload.&x', 'payload.^x'],
  ...[
    'payload.*x',
    'payload.@x',
    'payload.p#x',
    '[1 to 2]',
    '/a/',
    "'a' ~= 'b'",
    "'a' = 'b'",
    'uuid()',
    'uuid( )',
    'upper',
  ],
  ...[
    'substringAfter("a-b", "-")',
    'sa("a-b", "-")',
    'nope',
    'now()',
    'do { 1 }',
    'trueorfalse',
    'notpayload',
    '! true',
    'not !true',
  ],
];

export const tokens = [
  ...[
    ' ',
    '  ',
    '\n',
    '\t',
    '(',
    ')',
    '[',
    ']',
    ',',
    '.',
    '. ',
    '..',
    "'",
    '"',
    '$',
    '\\',
    '!',
    '=',
    '<',
    '>',
    '-',
    '+',
    '++',
  ],
  ...[
    'default',
    'and',
    'or',
    'not',
    'if',
    'else',
    'null',
    'true',
    '1',
    'x',
    '::',
    ':',
    '#',
    '@',
    '*',
    '^',
    '/* c */',
    '// c\n',
  ],
  ...['{', '}', '|', '?', '&', '%', '---', '_', 'é', '\u0130', '😀', '\r\n', '\u00a0'],
];

export class ExpressionGenerator {
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** An expression; one in three has been damaged. */
  next(): string {
    const dice = this.#dice;
    let text = this.#expression(dice.roll(4));
    if (dice.chance(6)) text = dice.pick(headers) + text;
    if (dice.chance(3)) text += dice.pick(['!', '!!', ' !', '! ', ' // end', ' /* end */', '\n']);
    const damages = dice.chance(33) ? 1 + dice.roll(2) : 0;
    for (let i = 0; i < damages; i++) text = this.#damaged(text);
    return text.toWellFormed();
  }

  #expression(depth: number): string {
    const dice = this.#dice;
    if (depth === 0) return this.#leaf();
    const inner = (): string => this.#expression(dice.roll(depth));
    switch (dice.roll(12)) {
      case 0:
      case 1:
      case 2:
        return `${inner()}${this.#gap()}${dice.pick(infixOperators)}${this.#gap()}${inner()}`;
      case 3:
      case 4:
        return `${inner()}${this.#gap()}${dice.pick(tightOperators)}${this.#gap()}${inner()}`;
      case 5:
        return `${dice.pick(binaryFunctions)}(${inner()}, ${inner()}${dice.chance(3) ? ', 1' : ''})`;
      case 6:
        return `${dice.pick(unaryFunctions)}(${dice.chance(3) ? '' : inner()})`;
      case 7:
        return `if (${inner()}) ${inner()} else${dice.chance(90) ? ' ' : ''}${inner()}`;
      case 8:
        return `(${inner()})`;
      case 9:
        return `${this.#selected(inner())}`;
      case 10:
        return `${dice.pick(['!', 'not ', 'not', 'not('])}${inner()}`;
      default:
        return `[${Array.from({ length: dice.roll(4) }, () => this.#item(inner())).join(dice.pick([',', ', ', ' , ']))}]`;
    }
  }

  /** An array takes bare values, and everything else in parentheses. */
  #item(text: string): string {
    return this.#dice.chance(90) ? `(${text})` : text;
  }

  #selected(text: string): string {
    const dice = this.#dice;
    const target = dice.chance(70) ? `(${text})` : text;
    switch (dice.roll(6)) {
      case 0:
        return `${target}[${dice.pick(['0', '1', '-1', '1.9', '-9', 'null', "'x'"])}]`;
      case 1:
        return `${target}[${this.#expression(1)}]`;
      case 2:
        return `${target}.'${dice.pick(['x', 'x-id', 'clientId', 'a b'])}'`;
      case 3:
        return `${target}${dice.pick([' .', '.@', '.*', '. '])}${dice.pick(names)}`;
      default:
        return `${target}.${dice.pick(names)}`;
    }
  }

  #leaf(): string {
    const dice = this.#dice;
    if (dice.chance(4)) return dice.pick(oddities);
    return dice.chance(45) ? dice.pick(literals) : dice.pick(paths);
  }

  #gap(): string {
    return this.#dice.chance(93) ? ' ' : this.#dice.pick(['', '\n', '  ', ' /* */ ', '\t']);
  }

  #damaged(text: string): string {
    const dice = this.#dice;
    const at = dice.roll(text.length + 1);
    switch (dice.roll(4)) {
      case 0:
        return text.slice(0, at) + text.slice(at + 1 + dice.roll(3));
      case 1:
        return text.slice(0, at) + dice.pick(tokens) + text.slice(at);
      case 2:
        return text.slice(0, at) + dice.pick(tokens) + text.slice(at + 1);
      default:
        return text.replace(/ /, dice.pick(['', '\n', '\t']));
    }
  }
}

const claims: readonly JsonValue[] = [
  { sub: 'alice', roles: ['admin', 'dev'], num: 42, flag: true, float: 1.5, nested: [{ x: 1 }, { x: null }, { y: 2 }] },
  { sub: 'bob', num: -0.25, big: 1e21, small: 1e-7, roles: [] },
  { sub: null, num: 1e300, roles: 'none' },
  {},
];

const requestTargets = [
  '/p/a?a=1&b=%20b%2Fc&a=2',
  '/',
  '/p?',
  '/a/../b/%7Ec d?x',
  '/é?a=%C3%A9&b=+',
  '//evil/x?a=b',
  '*',
];

/** A request, an identity and perhaps a payload and variables. */
export function randomContext(dice: Dice): Context {
  const method = dice.pick(['GET', 'POST', 'true']);
  const headerPairs: JsonValue[] = [
    [':method', method],
    [':path', dice.pick(requestTargets)],
    [':scheme', 'https'],
    [':authority', 'h.example'],
    ['host', 'h.example'],
  ];
  if (dice.chance(70)) headerPairs.push(['x-id', dice.pick(['k1', '10', '', 'true', 'é', '😀x', 'a-b-c', ' v '])]);
  if (dice.chance(30)) headerPairs.push(['x-id', 'second']);
  return {
    attributes: {
      headers: headerPairs,
      ...(dice.chance(70) ? { version: 'HTTP/1.1', remoteAddress: '10.0.0.1:1234', localAddress: '10.0.0.2:80' } : {}),
    },
    ...(dice.chance(80) ? { authentication: randomCaller(dice) } : {}),
    ...(dice.chance(50) ? { payload: randomPayload(dice) } : {}),
    ...(dice.chance(40) ? { vars: { x: dice.pick<JsonValue>(['vx', 1, null, ['a']]) } } : {}),
  };
}

function randomCaller(dice: Dice): NonNullable<Context['authentication']> {
  return {
    ...(dice.chance(70) ? { clientId: dice.pick(['cid', '42', 'true']) } : {}),
    ...(dice.chance(50) ? { clientName: 'cname' } : {}),
    ...(dice.chance(70) ? { principal: dice.pick(['princ', 'X-Id', 'method']) } : {}),
    ...(dice.chance(80)
      ? { properties: { claims: dice.pick(claims), flag: dice.chance(50), list: [1, '1', null, { x: 1 }] } }
      : {}),
  };
}

function randomPayload(dice: Dice): JsonValue {
  const object = {
    s: 'str',
    num: 1,
    n: null,
    b: true,
    arr: ['x', 'y', 'z'],
    objs: [{ x: 1 }, { x: 2 }, { y: 3 }, 'x', null],
  };
  return dice.pick<JsonValue>([object, object, object, 'text', 3, null, [1, 'x', { s: 1 }]]);
}
