import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSinglePolicy } from '../../src/configuration/single-policy.ts';
import { flexPolicy, memoryFiles, secret, withoutNotes } from './memory-files.ts';

const files = memoryFiles({
  'p/whole.yaml': flexPolicy({}),
  'p/keyless.yaml': flexPolicy({}, ''),
  'p/secret.txt': `${secret}\n`,
  '/p/key.txt': secret,
  'conf.yaml':
    'policies:\n  - { name: a, file: p/keyless.yaml, key: { file: p/secret.txt }, onError: pass }\n  - { name: b, file: p/whole.yaml }\n  - { name: c, file: ./p/whole.yaml }\n',
  'named.yaml':
    'policies:\n  - { name: free.yaml, file: p/whole.yaml }\n  - { name: twin, file: p/whole.yaml }\n  - { name: twin, file: p/whole.yaml }\n',
  'free.yaml': flexPolicy({}),
  'empty.yaml': 'policies: []',
  'broken.yaml': 'a: [',
});

const loaded: [name: string, file: string, entry: unknown, config: string | undefined, expected: string][] = [
  ['from its file alone', 'p/whole.yaml', undefined, undefined, 'p/whole.yaml authorization "Bearer " deny'],
  ['with an entry', 'p/whole.yaml', { name: 'n', output: { header: 'X-T', prefix: '' } }, undefined, 'n x-t "" deny'],
  ['the entry before the configuration', 'p/whole.yaml', {}, 'conf.yaml', 'p/whole.yaml authorization "Bearer " deny'],
  [
    'a key relative to the policy',
    'p/keyless.yaml',
    { key: { file: 'secret.txt' } },
    undefined,
    'p/keyless.yaml authorization "Bearer " deny',
  ],
  [
    'an absolute key',
    'p/keyless.yaml',
    { key: { file: '/p/key.txt' } },
    undefined,
    'p/keyless.yaml authorization "Bearer " deny',
  ],
  ['the entry of a configuration', './p/keyless.yaml', undefined, 'conf.yaml', 'a authorization "Bearer " pass'],
  ['an entry by its name', 'b', undefined, 'conf.yaml', 'b authorization "Bearer " deny'],
  ['another entry of the same file', 'c', undefined, 'conf.yaml', 'c authorization "Bearer " deny'],
];
for (const [name, file, entry, config, expected] of loaded) {
  test(`loads: ${name}`, () => {
    const { policy, problems } = loadSinglePolicy({ file, entry, config }, files);
    assert.ok(policy, problems.map(({ message }) => message).join('\n'));
    const { output, onError } = policy;
    assert.equal(`${policy.name} ${output.header} ${JSON.stringify(output.prefix)} ${onError}`, expected);
  });
}

const refused: [name: string, file: string, entry: unknown, config: string | undefined, problem: string][] = [
  ['no such file', 'p/x.yaml', undefined, undefined, 'config.unreadable-file p/x.yaml:1:1'],
  ['no key', 'p/keyless.yaml', undefined, undefined, 'keys.missing p/keyless.yaml:1:55'],
  ['an unknown key in the entry', 'p/whole.yaml', { kee: 1 }, undefined, 'config.unknown-key entry:1:2'],
  ['an entry that is not an object', 'p/whole.yaml', 'x', undefined, 'config.wrong-type entry:1:1'],
  [
    'a forbidden header',
    'p/whole.yaml',
    { output: { header: 'host' } },
    undefined,
    'config.forbidden-header entry:1:21',
  ],
  ['no configuration', 'p/whole.yaml', undefined, 'x.yaml', 'config.unreadable-file x.yaml:1:1'],
  ['a broken configuration', 'p/whole.yaml', undefined, 'broken.yaml', 'config.syntax broken.yaml:1:4'],
  ['a configuration without it', 'p/other.yaml', undefined, 'conf.yaml', 'config.unknown-policy conf.yaml:2:3'],
  ['a configuration with it twice', 'p/whole.yaml', undefined, 'conf.yaml', 'policy.several-policies conf.yaml:2:3'],
  ['a configuration as the policy', 'conf.yaml', undefined, undefined, 'policy.unknown-dialect conf.yaml:1:1'],
  ['a policy as the configuration', 'a', undefined, 'p/whole.yaml', 'config.wrong-type p/whole.yaml:1:1'],
  ['a name that no entry has', 'd', undefined, 'conf.yaml', 'config.unknown-policy conf.yaml:2:3'],
  ['a name that is also a file', 'free.yaml', undefined, 'named.yaml', 'config.unknown-policy named.yaml:2:3'],
  ['a name that two entries have', 'twin', undefined, 'named.yaml', 'policy.several-policies named.yaml:2:3'],
];
for (const [name, file, entry, config, problem] of refused) {
  test(`does not load: ${name}`, () => {
    const { policy, problems } = loadSinglePolicy({ file, entry, config }, files);
    assert.equal(policy, undefined);
    assert.deepEqual(
      withoutNotes(problems).map(({ code, place }) => `${code} ${place.file}:${place.line}:${place.column}`),
      [problem],
    );
  });
}

const suggested: [name: string, file: string, config: string, suggestion: string | undefined][] = [
  [
    'the names and files, if none fits',
    'd',
    'conf.yaml',
    'Give one of these names or files: a (p/keyless.yaml), b (p/whole.yaml), c (p/whole.yaml).',
  ],
  [
    'the names, if several have the file',
    'p/whole.yaml',
    'conf.yaml',
    'Give the name of one instead of the file: b, c.',
  ],
  ['nothing, if there is no policy', 'd', 'empty.yaml', undefined],
];
for (const [name, file, config, suggestion] of suggested) {
  test(`suggests ${name}`, () => {
    const { problems } = loadSinglePolicy({ file, entry: undefined, config }, files);
    assert.deepEqual(withoutNotes(problems).at(-1)?.suggestion, suggestion);
  });
}

test('what is wrong with the entry of another policy is not reported, and its own entry is', () => {
  const entries = (own: string): string =>
    `policies:\n  - { name: a, file: p/whole.yaml, ${own} }\n  - { name: b, file: p/whole.yaml, reuse: { for: 5 }, kee: 1 }\n`;
  const loadA = (own: string) => {
    const read = memoryFiles({ 'p/whole.yaml': flexPolicy({}), 'conf.yaml': entries(own) });
    return loadSinglePolicy({ file: 'a', entry: undefined, config: 'conf.yaml' }, read);
  };
  const good = loadA('onError: pass');
  assert.ok(good.policy);
  assert.deepEqual(
    good.problems.filter(({ place }) => place.file === 'conf.yaml' && place.line === 3),
    [],
  );
  const bad = loadA('recipient: { file: x }');
  assert.equal(bad.policy, undefined);
  assert.ok(bad.problems.some(({ code, place }) => code === 'config.invalid-value' && place.line === 2));
});
