/**
 * @module
 * Random contexts for evaluating expressions.
 */
import type { JsonValue } from '../../src/diagnostics/json.ts';
import type { Dice } from '../search/dice.ts';
import type { Context } from './context-bindings.ts';

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

/** A request, usually with a caller, and sometimes with a payload and variables. */
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
