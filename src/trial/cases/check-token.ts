/**
 * @module
 * Whether a token and its header are as expected.
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import type { Compared, PartName, ReadableToken } from '../compare-tokens.ts';
import { compareTokens, differenceOf, ignoring, pathOf } from '../compare-tokens.ts';
import type { MintedToken } from '../run-trial.ts';
import { type Difference, differences } from './expected-value.ts';
import type { FailedMember, Failure } from './failure.ts';
import type { Expectations, ExpectedMembers, JwtExpectations } from './read-test-file.ts';

export function checkHeader(
  { name, prefix }: NonNullable<Expectations['header']>,
  { policy: { output } }: MintedToken,
): readonly Failure[] {
  const failure = (member: 'name' | 'prefix', message: string, expected: string): Failure => {
    const isName = member === 'name';
    return {
      what: `header.${member}`,
      path: ['expect', 'header', member],
      ...{ message, expected, actual: isName ? output.header : output.prefix },
      output: { place: isName ? output.place : output.prefixPlace },
    };
  };
  return [
    ...(name === undefined || name.toLowerCase() === output.header
      ? []
      : [failure('name', 'The token is in another header.', name)]),
    ...(prefix === undefined || prefix === output.prefix
      ? []
      : [failure('prefix', 'Another text is before the token.', prefix)]),
  ];
}

type Part = keyof JwtExpectations;

/** @param policy that minted the token */
export function checkMembers(
  { jwt, exact }: Pick<Expectations, 'jwt' | 'exact'>,
  { header, inner, claims }: ReadableToken,
  policy: string,
): readonly Failure[] {
  if (jwt === undefined) return [];
  return [
    ...checkPart('header', jwt.header, header, policy),
    ...checkPart('enclosedHeader', jwt.enclosedHeader, inner, policy),
    ...checkPart('claims', jwt.claims, claims, policy),
    ...(exact && claims !== undefined ? checkOthers(jwt.claims, claims, policy) : []),
  ];
}

const closed: Readonly<Record<Part, string>> = {
  header: '',
  enclosedHeader: 'The token encloses no signed token, or no key opens it: name its private key or secret in `keys`.',
  claims: 'No key opens the token, so that its claims cannot be read: name its private key or secret in `keys`.',
};

/** @param actual undefined if it cannot be read */
function checkPart(
  part: Part,
  members: ExpectedMembers,
  actual: JsonObject | undefined,
  policy: string,
): readonly Failure[] {
  const path = ['expect', 'jwt', part];
  if (actual === undefined) return members.size === 0 ? [] : [{ what: `jwt.${part}`, path, message: closed[part] }];
  const values = new Map<string, JsonValue>(Object.entries(actual));
  return [...members].flatMap(([name, member]) => {
    const about = { policy, part, name };
    return differences(member, values.get(name)).map((one) => memberFailure(about, one, values.get(name)));
  });
}

function memberFailure(
  member: FailedMember,
  { path, message, expected, actual }: Difference,
  whole: JsonValue | undefined,
): Failure {
  const { part, name } = member;
  const isTime = path.length === 0 && times.has(name) && typeof expected === 'number' && typeof whole === 'number';
  return {
    what: ['jwt', part, name, ...path].join('.'),
    path: ['expect', 'jwt', part, name, ...path],
    message: isTime ? whenDifferent(expected, whole) : message,
    expected,
    actual,
    member,
  };
}

const times = new Set(['exp', 'nbf', 'iat']);

function whenDifferent(expected: number, actual: number): string {
  return `The time is ${Math.abs(actual - expected)} s ${actual < expected ? 'earlier' : 'later'} than expected.`;
}

function checkOthers(members: ExpectedMembers, claims: JsonObject, policy: string): readonly Failure[] {
  return Object.entries(claims)
    .filter(([name]) => !members.has(name))
    .map(([name, actual]) => ({
      what: `jwt.claims.${name}`,
      path: ['expect', 'exact'],
      message: 'The token has this claim too, and `exact` allows no others.',
      actual,
      member: { policy, part: 'claims', name },
    }));
}

/** @param ignored paths, as of `compare --ignore` */
export function checkSame(
  recorded: ReadableToken,
  made: ReadableToken,
  ignored: ReadonlySet<string>,
  policy: string,
): readonly Failure[] {
  return ignoring(compareTokens(recorded, made), ignored)
    .filter(({ result }) => result !== 'same')
    .map((row) => sameFailure(row, policy));
}

const partOf: Readonly<Record<PartName, Part>> = {
  header: 'header',
  'inner header': 'enclosedHeader',
  claims: 'claims',
};

function sameFailure(row: Compared, policy: string): Failure {
  const { name, part, recorded, made } = row;
  return {
    what: `sameAs ${pathOf(row)}`,
    path: ['expect', 'sameAs'],
    message: differenceOf(row),
    ...(recorded === undefined ? {} : { expected: recorded }),
    actual: made,
    ...(name === undefined ? {} : { member: { policy, part: partOf[part], name } }),
  };
}
