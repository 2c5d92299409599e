import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownMember, ShownToken } from '../../../src/playground/interface.ts';
import { type Change, changesSentence, tokenChanges } from '../../../src/playground/page/token-changes.ts';

function tokenOf(claims: readonly ShownMember[], header: readonly ShownMember[] = []): ShownToken {
  return {
    text: 'a.b.c',
    output: { header: 'authorization', prefix: '' },
    header,
    claims,
    verification: { isValid: true, checks: [] },
    size: { tokenBytes: 5, headerBytes: 22, limits: [] },
    reuse: '',
  };
}

function member(name: string | null, json?: string, more: Partial<ShownMember> = {}): ShownMember {
  return { name, comes: 'somehow', reads: [], ...(json === undefined ? {} : { json }), ...more };
}

const uuid = { expression: '#[uuid()]', reads: [{ input: 'a random UUID', json: '"1"' }] };
const other = { expression: '#[uuid()]', reads: [{ input: 'a random UUID', json: '"2"' }] };
const tenant = (json: string): Partial<ShownMember> => ({ expression: '#[x]', reads: [{ input: 'x', json }] });

const pairs: [name: string, before: ShownMember, after: ShownMember, kinds: readonly Change['kind'][]][] = [
  ['the same', member('a', '1'), member('a', '1'), []],
  ['another value', member('a', '1'), member('a', '2'), ['changed']],
  ['an added claim', member('a'), member('a', '1'), ['added']],
  ['a removed claim', member('a', '1'), member('a'), ['removed']],
  ['another name', member('a', '1'), member('b', '1'), ['added', 'removed']],
  ['absent twice', member('a'), member('a'), []],
  ['a name that is not known', member(null, '1'), member(null, '2'), []],
  ['a random identifier', member('jti', '"1"', uuid), member('jti', '"2"', other), []],
  ['an identifier of the gateway', member('jti', '"1"'), member('jti', '"2"'), []],
  ['another input', member('a', '"1"', tenant('"1"')), member('a', '"2"', tenant('"2"')), ['changed']],
  ['another expression', member('a', '"1"', uuid), member('a', '"2"', { ...other, expression: '#[y]' }), ['changed']],
  ['a time that moved as the clock', member('iat', '1700000000'), member('iat', '1700000060'), []],
  ['a time within a second', member('iat', '1700000000'), member('iat', '1700000061'), []],
  ['a time that moved otherwise', member('exp', '1700000000'), member('exp', '1700000062'), ['changed']],
];

for (const [name, before, after, kinds] of pairs) {
  test(`changes: ${name}`, () => {
    const changes = tokenChanges({ token: tokenOf([before]), at: 0 }, { token: tokenOf([after]), at: 60_000 });
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      kinds,
    );
  });
}

test('changes of the header are named so, with both values', () => {
  const before = { token: tokenOf([], [member('alg', '"RS256"')]), at: 0 };
  const changes = tokenChanges(before, { token: tokenOf([], [member('alg', '"ES256"')]), at: 0 });
  assert.deepEqual(changes, [{ part: 'header', name: 'alg', kind: 'changed', before: '"RS256"', after: '"ES256"' }]);
  assert.equal(changesSentence(changes), 'Token changed: header alg changed.');
});

test('a long list is shortened for screen readers', () => {
  const change = (name: string): Change => ({ part: 'claims', name, kind: 'added' });
  const six = ['a', 'b', 'c', 'd', 'e', 'f'].map(change);
  assert.match(changesSentence(six), /e added, f added\.$/);
  assert.match(changesSentence([...six, change('g')]), /e added, f added and 1 more\.$/);
});
