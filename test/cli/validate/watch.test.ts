/**
 * `validate --watch` as a process of its own, with real saves.
 */
import assert from 'node:assert/strict';
import { renameSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs';
import { test } from 'node:test';
import { runCommand } from '../captured-terminal.ts';
import { Watching } from '../watching.ts';
import { zip } from '../zip-writer.ts';

const flex = (method: string): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: ${method}, exp: 60 }\n`;

const configured = {
  'mintproc.yaml':
    "include: ['team/*.yaml']\nlisten: 127.0.0.1:0\nroutes: [{ match: {}, policies: [a] }]\nkeys: { k: { file: keys/k.pem } }\n",
  'team/a.yaml':
    'policies: [{ name: a, file: ../elsewhere/a.yaml, key: { text: a secret of at least thirty-two bytes } }]\n',
  'elsewhere/a.yaml': flex('HS256'),
};

test('one line for each save of what a configuration is made of', async () => {
  await using watching = new Watching(configured, ['validate', 'mintproc.yaml']);
  const invalid = (rest: RegExp): RegExp => new RegExp(`^TIME mintproc\\.yaml: not valid, 1 error.*: ${rest.source}`);
  const saves: readonly (readonly [what: string, save: () => void, said: RegExp])[] = [
    [
      'a policy',
      () => watching.save('elsewhere/a.yaml', flex('HS265')),
      invalid(/elsewhere\/a\.yaml:2:28: This is not a/),
    ],
    [
      'its correction',
      () => watching.save('elsewhere/a.yaml', flex('HS256')),
      /^TIME mintproc\.yaml: valid, 1 warning/,
    ],
    ['a new file to include', () => watching.save('team/b.yaml', 'x: 1\n'), invalid(/team\/b\.yaml:1:1: Unknown key/)],
    ['its end', () => unlinkSync(watching.path('team/b.yaml')), /^TIME mintproc\.yaml: valid, 1 warning/],
    [
      'a policy that is moved',
      () => renameSync(watching.path('elsewhere/a.yaml'), watching.path('elsewhere/b.yaml')),
      invalid(/team\/a\.yaml:1:\d+: The policy file/),
    ],
    [
      'and moved back',
      () => renameSync(watching.path('elsewhere/b.yaml'), watching.path('elsewhere/a.yaml')),
      /^TIME mintproc\.yaml: valid, 1 warning/,
    ],
    [
      'a save without a change',
      () => utimesSync(watching.path('mintproc.yaml'), 1, 1),
      /^TIME mintproc\.yaml: valid, 1 warning/,
    ],
  ];
  while (!/^mintproc\.yaml \(mintproc\): valid/.test(await watching.line()));
  assert.match(await watching.line(), /^ {2}a: /);
  for (const [what, save, said] of saves) {
    save();
    const line = await watching.line();
    assert.match(line, said, `${what}: ${line}`);
  }
  assert.equal(watching.rest, '');
  assert.equal(await watching.end('SIGINT'), 0);
});

test('a folder: files that come and go, archives, links, and files that are no policies', async () => {
  const files = { 'one/a.yaml': flex('RS256'), 'one/readme.json': '{}', '.data/v1/b.yaml': flex('RS256') };
  await using watching = new Watching(files, ['validate', '.', 'later']);
  const move = (name: string, text: string): void => {
    watching.save('.new', text);
    renameSync(watching.path('.new'), watching.path(name));
  };
  const link = (to: string): void => {
    symlinkSync(to, watching.path('.link'));
    renameSync(watching.path('.link'), watching.path('.data/now'));
  };
  const mint = (algorithm: string): string => `<GenerateJWT name="G"><Algorithm>${algorithm}</Algorithm></GenerateJWT>`;
  const saves: readonly (readonly [what: string, save: () => void, said: RegExp])[] = [
    ['a new file in a new folder', () => watching.save('two/b.yaml', flex('RS265')), /3 files: not valid, 2 errors, /],
    ['an editor that renames', () => move('two/b.yaml', flex('RS256')), /3 files: not valid, 1 error, /],
    ['a path that was missing', () => watching.save('later/c.yaml', flex('RS256')), /3 files: valid/],
    [
      'an archive',
      () => watching.save('two.zip', zip([{ name: 'c.yaml', text: flex('RS265') }])),
      /4 files: not valid, 1 error, 3 notes \(--notes\): two\.zip\/c\.yaml:2:28: /,
    ],
    ['its end', () => unlinkSync(watching.path('two.zip')), /3 files: valid/],
  ];
  while (!/^later: not valid, 1 error/.test(await watching.line()));
  watching.save('one/readme.json', '{"a": 1}');
  watching.save('one/notes.txt', 'text');
  for (const [what, save, said] of saves) {
    save();
    const line = await watching.line();
    assert.match(line, said, `${what}: ${line}`);
  }
  symlinkSync('../.data/now/b.yaml', watching.path('one/link.yaml'));
  assert.match(
    await watching.line(),
    /4 files: not valid, 1 error, 3 notes \(--notes\): one\/link\.yaml:1:1: The file one\/link\.yaml is a symbolic link that leads nowhere\./,
  );
  link('v1');
  assert.match(await watching.line(), /4 files: valid/);
  watching.save('.data/v2/b.yaml', flex('RS265'));
  link('v2');
  assert.match(await watching.line(), /4 files: not valid, 1 error, 3 notes \(--notes\): one\/link\.yaml:2:28: /);
  watching.save('one/apiproxy/policies/G.xml', mint('RS256'));
  assert.match(await watching.line(), /5 files: not valid/);
  watching.save('one/apiproxy/proxies/default.xml', '<ProxyEndpoint/>');
  assert.match(await watching.line(), /5 files: not valid/);
  assert.equal(watching.rest, '');
  assert.equal(await watching.end('SIGTERM'), 1);
});

test('--format json --watch prints each result as a line, also into a folder that is watched', async () => {
  await using watching = new Watching({ 'a.yaml': flex('RS256') }, ['validate', '.', '--format', 'json']);
  assert.equal(JSON.parse(await watching.line()).files[0].ok, true);
  for (const ok of [false, true, false]) {
    watching.save('a.yaml', flex(ok ? 'RS256' : 'RS265'));
    const line = await watching.line();
    assert.equal(JSON.parse(line).files[0].ok, ok);
    // What a shell does with `> out.json`.
    watching.save('out.json', line);
  }
  watching.save('a.yaml', `${flex('RS256')}# the end\n`);
  assert.equal(JSON.parse(await watching.line()).files[0].ok, true);
  assert.equal(watching.rest, '');
});

const refused: readonly (readonly [line: readonly string[], said: RegExp])[] = [
  [['x', '--format', 'junit'], /--watch prints text or json\./],
  [['x', '--format', 'github'], /--watch prints text or json\./],
  [['x', '--against', 'y'], /--watch does not compare\. Leave out --against\./],
  [['/dev/null'], /--watch needs files and folders, not a pipe or device\./],
];

for (const [line, said] of refused) {
  test(`validate --watch ${line.join(' ')}`, async () => {
    const { code, errors } = await runCommand(['validate', '--watch', ...line]);
    assert.equal(code, 2);
    assert.match(errors, said);
  });
}
