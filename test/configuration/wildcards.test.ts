import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPattern, matchesOf } from '../../src/configuration/wildcards.ts';
import { memoryFiles } from './memory-files.ts';

const names = [
  'teams/b.yaml',
  'teams/a.yaml',
  'teams/a.yaml~',
  'teams/.hidden.yaml',
  'teams/..data/a.yaml',
  'teams/10.yaml',
  'teams/9.yaml',
  'teams/x/mintproc.yaml',
  'teams/y/mintproc.yaml',
  'teams/y/other.yaml',
];
const files = memoryFiles(Object.fromEntries(names.map((name) => [name, ''])));

const found: [pattern: string, paths: string[]][] = [
  ['teams/*.yaml', ['teams/10.yaml', 'teams/9.yaml', 'teams/a.yaml', 'teams/b.yaml']],
  ['./teams//?.yaml', ['teams/9.yaml', 'teams/a.yaml', 'teams/b.yaml']],
  ['teams/.*.yaml', ['teams/.hidden.yaml']],
  [
    'teams/*/other.yaml',
    ['10.yaml', '9.yaml', 'a.yaml', 'a.yaml~', 'b.yaml', 'x', 'y'].map((name) => `teams/${name}/other.yaml`),
  ],
  ['*/?/*.yaml', ['teams/x/mintproc.yaml', 'teams/y/mintproc.yaml', 'teams/y/other.yaml']],
  ['teams/none.yaml', ['teams/none.yaml']],
  ['none/*.yaml', []],
  ['teams/*.yml', []],
];
for (const [pattern, paths] of found) {
  test(`${pattern} matches ${paths.length} paths`, () => {
    const matches = matchesOf(pattern, '.', files, 1000);
    assert.deepEqual(matches.kind === 'paths' ? matches.paths : matches, paths);
  });
}

test('only what follows the last wildcard is not looked for', () => {
  const uncertain = ['teams/*.yaml', 'teams/*/other.yaml', 'teams/a.yaml'].map((pattern) => {
    const matches = matchesOf(pattern, '.', files, 1000);
    return matches.kind === 'paths' && matches.areUncertain;
  });
  assert.deepEqual(uncertain, [false, true, false]);
});

test('a limit on the paths', () => {
  assert.equal(matchesOf('teams/*.yaml', '.', files, 4).kind, 'paths');
  assert.equal(matchesOf('teams/*.yaml', '.', files, 3).kind, 'too-many');
});

test('a folder that cannot be read', () => {
  const failing = { list: () => ({ kind: 'failed', reason: 'may not be read by this process' }) as const };
  assert.equal(matchesOf('teams/*', '/etc', failing, 9).kind, 'failed');
});

test('patterns of other tools are not patterns', () => {
  for (const pattern of ['**/a.yaml', 'teams/[ab].yaml', 'teams/{a,b}.yaml', '!teams/a.yaml']) {
    assert.ok(!isPattern(pattern), pattern);
  }
  assert.ok(isPattern('/etc/teams/*-?.yaml'));
});

test('names are compared as a regular expression would', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
  const wild = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(name, wild, (given, pattern) => {
      fc.pre(/[*?]/.test(pattern) && !pattern.includes('**') && given !== '');
      const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      const isHidden = given.startsWith('.') && !pattern.startsWith('.');
      const expected = !isHidden && new RegExp(`^${source}$`).test(given);
      const matches = matchesOf(pattern, 'd', { list: () => ({ kind: 'names', names: [given] }) }, 9);
      assert.equal(matches.kind === 'paths' && matches.paths.length > 0, expected);
    }),
    { numRuns: 5000 },
  );
});

test('a long name and many wildcards take little time', () => {
  const started = performance.now();
  const list = (): { kind: 'names'; names: string[] } => ({ kind: 'names', names: ['a'.repeat(255)] });
  matchesOf(`${'*a'.repeat(500)}b`, 'd', { list }, 9);
  assert.ok(performance.now() - started < 1000);
});
