/**
 * @module
 * Random policies that read a caller's claims, one kind per row: whole objects, single claims, and values that depend
 * on order.
 */
import { stringify } from 'yaml';
import { flexPolicy } from '../configuration/memory-files.ts';
import type { Dice } from '../search/dice.ts';
import { askedClaims } from './random-claims.ts';

export interface PolicyWriter {
  readonly extension: 'yaml' | 'xml';
  /** In addition to the name and the file. */
  readonly entry: object;
  write(dice: Dice): string;
}

const caller = 'authentication.properties';

const flexExpressions = [
  `${caller}.claims`,
  caller,
  'authentication',
  'authentication.principal',
  `${caller}.claims.realm`,
  `sizeOf(${caller}.claims.realm default [])`,
  ...askedClaims.flatMap((name) => [
    `${caller}.${name}`,
    `${caller}.claims.${name} default 'none'`,
    `'s:' ++ ${caller}.${name}`,
  ]),
];

const whole = `(${caller}.claims default {})`;
const dataweaveExpressions = [
  ...flexExpressions.slice(0, 5),
  ...[whole, `(${caller}.claims.realm default {})`].flatMap((of) => [
    `keysOf(${of})`,
    `(keysOf(${of}))[0]`,
    `valuesOf(${of})`,
    `(valuesOf(${of}))[0]`,
    `write(${of}, 'application/json')`,
    `${of} mapObject ((value, key, index) -> {(key ++ index): value})`,
    `${of} pluck ((value, key) -> key)`,
    `${of} filterObject ((value, key) -> key != 'sub')`,
    `entriesOf(${of}).key`,
    `${of}[0]`,
    `(${of} - 'sub') ++ {last: 1}`,
    `namesOf(${of}) joinBy ','`,
  ]),
  ...askedClaims.map((name) => `${caller}.${name} default ''`),
];

const flexOf =
  (expressions: readonly string[]): PolicyWriter['write'] =>
  (dice) =>
    flexPolicy(
      Object.fromEntries(picked(dice, 4, expressions).map((expression, at) => [`c${at}`, `#[${expression}]`])),
    );

function picked<T>(dice: Dice, max: number, from: readonly T[]): readonly T[] {
  return Array.from({ length: 1 + dice.roll(max) }, () => dice.pick(from));
}

function apigee(dice: Dice): string {
  const claim = (at: number): string => {
    const name = dice.pick(askedClaims);
    const type = dice.pick(['string', 'string', 'number', 'boolean', 'map']);
    const array = type !== 'map' && dice.chance(30) ? ' array="true"' : '';
    const ref = dice.pick([`jwt.V.claim.${name}`, `jwt.V.decoded.claim.${name}`, 'raw', 'computed']);
    return `<Claim name="c${at}" ref="${ref}" type="${type}"${array}/>`;
  };
  const template = `<Claim name="t" type="map">{"a": "{jwt.V.claim.${dice.pick(askedClaims)}}", "b": "{jsonPath('$.*',raw)}"}</Claim>`;
  const claims = Array.from({ length: 1 + dice.roll(3) }, (_, at) => claim(at)).join('');
  const ref = dice.chance(30) ? ` ref="${dice.pick(['jwt.V.claim.realm', 'raw'])}"` : '';
  const own = `${claims}${dice.chance(20) ? template : ''}`;
  return (
    '<GenerateJWT name="P"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey>' +
    `<IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><Subject ref="jwt.V.claim.${dice.pick(['sub', 'sub', 'realm', 'scope'])}"/>` +
    `<AdditionalClaims${ref}>${own}</AdditionalClaims></GenerateJWT>`
  );
}

function datapower(dice: Dice): string {
  const name = dice.pick(askedClaims);
  const properties = {
    version: '2.0.0',
    'iss-claim': 'iss.claim',
    'jws-alg': 'HS256',
    'jws-crypto': 'hmac',
    ...(dice.chance(50) ? { 'sub-claim': `decoded.claims.${name}` } : {}),
    ...(dice.chance(50) ? { 'aud-claim': dice.pick([`decoded.claims.${name}`, 'my.text']) } : {}),
    'private-claims': dice.pick(['decoded.claims', 'decoded.claims.realm', 'raw', 'my.object', 'computed']),
  };
  const set = [
    { set: 'my.text', value: `x $(decoded.claims.${name})`, type: 'string' },
    { set: 'my.object', value: '$(decoded.claims.realm)', type: 'any' },
  ];
  return stringify([{ 'set-variable': { actions: set } }, { 'jwt-generate': properties }], { lineWidth: 0 });
}

export const policyWriters: Readonly<Record<string, PolicyWriter>> = {
  flex: { extension: 'yaml', entry: {}, write: flexOf(flexExpressions) },
  dataweave: { extension: 'yaml', entry: { expressions: 'dataweave' }, write: flexOf(dataweaveExpressions) },
  apigee: { extension: 'xml', entry: {}, write: apigee },
  datapower: { extension: 'yaml', entry: {}, write: datapower },
};
