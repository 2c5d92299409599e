/**
 * What the author of a program writes wrong, in JavaScript or past the types: nothing of it is ignored or changed
 * without a word. (What the program's user writes wrong is in library.test.ts.)
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { compile, evaluate as evaluateDataWeave } from '../../src/library/dataweave.ts';
import type { RequestInput } from '../../src/library/interface.ts';
import { evaluate, loadConfiguration, loadPolicy } from '../../src/library/mintproc.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-library-'));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const policyText = `- policyRef: { name: jwt-generation-flex }
  config:
    { signingMethod: HS256, exp: 300, customClaims: [{ name: sub, value: "#[authentication.principal]" }] }
`;
const policyFile = write('partner.yaml', policyText);
const text = `policies: [{ name: partner, file: partner.yaml, key: { text: 0123456789abcdef0123456789abcdef } }]
routes: [{ match: {}, policies: [partner] }]
`;
const file = write('mintproc.yaml', text);
const configuration = await loadConfiguration(file);
assert.ok(configuration.ok);
const policy = await loadPolicy('partner', { configuration: file });
assert.ok(policy.ok);
const program = compile('payload');
assert.ok(program.ok);

test('a mintproc.yaml in place of a policy is answered in the words of the library', async () => {
  const { ok, problems } = await loadPolicy(file);
  assert.equal(ok, false);
  assert.match(problems[0]?.suggestion ?? '', /^Write `loadPolicy\(NAME, \{ configuration: FILE \}\)`, /);
});

const claims = (value: unknown) => () => configuration.request({ caller: { claims: value as never } });

const mistakes: [name: string, call: () => unknown, message: RegExp][] = [
  ['the environment by another name', () => loadConfiguration(file, { env: {} } as never), /^`env` is not an option\./],
  [
    'an environment that is a list',
    () => loadConfiguration(file, { environment: [] as never }),
    /`environment` must be/,
  ],
  ['a number in it', () => loadConfiguration(file, { environment: { A: 1 } as never }), /`environment` must be/],
  ['a switch as text', () => loadConfiguration(file, { strict: 'yes' as never }), /^`strict` must be true or false\.$/],
  ['stand-in keys as a number', () => loadPolicy(policyFile, { standInKeys: 1 as never }), /^`standInKeys` must be/],
  [
    'options as text',
    () => loadConfiguration(file, 'strict' as never),
    /^The options must be an object with environment/,
  ],
  ['null as options', () => loadPolicy(policyFile, null as never), /^The options must be an object/],
  [
    'an option of the prototype',
    () => loadPolicy(policyFile, { toString: 1 } as never),
    /^`toString` is not an option/,
  ],
  ['strict for a policy', () => loadPolicy(policyFile, { strict: true } as never), /^`strict` is not an option\./],
  ['an entry as text', () => loadPolicy(policyFile, { entry: 'partner' as never }), /^`entry` must be an object\.$/],
  ['a configuration itself', () => loadPolicy(policyFile, { configuration: {} as never }), /must be a string\.$/],
  ['a secret that is a number', () => loadPolicy(policyFile, { secrets: { a: 1 } as never }), /^`secrets` must be/],
  ['the text of a configuration as its path', () => loadConfiguration(text), /^This is the text of the configuration/],
  ['the text of a policy as its path', () => loadPolicy('<GenerateJWT name="a"/>'), /^This is the text of the policy/],
  ['null as a policy', () => loadPolicy(null as never), /must be a string/],
  ['a time by another name', () => configuration.request({}, { time: '0' } as never), /^`time` is not an option/],
  [
    'a time without its name',
    () => configuration.request({}, '0' as never),
    /^The options must be an object with at\.$/,
  ],
  ['the same for a policy', () => policy.mint({}, { now: '0' } as never), /^`now` is not an option/],
  ['inputs without their name', () => evaluate('1', { attributes: {} } as never), /^`attributes` is not an option/],
  ['the same for DataWeave', () => evaluateDataWeave('1', { payload: 1 } as never), /^`payload` is not an option/],
  ['an option of compiling', () => compile('1', { profiles: 'flex' } as never), /^`profiles` is not an option/],
  ['inputs to compile for as text', () => compile('1', { inputs: 'payload' as never }), /^`inputs` takes/],
  ['claims as a Map', claims(new Map([['sub', 'a']])), /^`request` has a Map, .*write an object with its members/],
  ['headers as Headers', () => configuration.request({ request: { headers: new Headers() as never } }), /a Headers/],
  ['a Request', () => configuration.request({ request: new Request('http://a/') as never }), /has a Request/],
  ['a Map at the top', () => configuration.request(new Map() as RequestInput), /has a Map/],
  ['a Set', claims({ roles: new Set(['admin']) }), /has a Set/],
  ['a function as a claim', claims({ sub: () => 'a' }), /^`request` has a function/],
  ['a symbol', claims({ sub: Symbol('a') }), /has a symbol/],
  ['a number that is not finite', claims({ n: Number.NaN }), /has a number that is not finite/],
  ['a BigInt', claims({ n: 1n }), /has a BigInt: write `JSON\.rawJSON\(String\(value\)\)`/],
  ['the payload as a Map', () => program.evaluate({ payload: new Map() }), /^`inputs` has a Map/],
];

for (const [name, call, message] of mistakes) {
  test(`a TypeError: ${name}`, () => assert.rejects(async () => call(), { name: 'TypeError', message }));
}

class Claims {
  sub = 'alice';
}

const plain: [name: string, claims: object, sub: string][] = [
  ['an object without a prototype', Object.assign(Object.create(null), { sub: 'alice' }), 'alice'],
  ['an object of another realm', runInNewContext('({ sub: "alice", empty: {}, list: [] })'), 'alice'],
  ['an instance with its own members', new Claims(), 'alice'],
  ['members that are undefined', { sub: 'alice', email: undefined }, 'alice'],
  ['what says its own JSON', { sub: new URL('https://a.example/') }, 'https://a.example/'],
];

for (const [name, given, sub] of plain) {
  test(`claims that JSON has a form for: ${name}`, async () => {
    const answer = await configuration.request({ caller: { claims: given as never } });
    assert.ok(answer.policies[0]?.result === 'minted', JSON.stringify(answer));
    assert.equal(answer.policies[0].claims?.['sub'], sub);
  });
}

test('without `environment`, a key or variable of the environment says which option is missing', async () => {
  const routes = '\nroutes: [{ match: {}, policies: [partner] }]\n';
  const [ofKey, ofVariable, ofFile] = [
    write('key.yaml', `policies: [{ name: partner, file: partner.yaml, key: { env: PATH } }]${routes}`),
    write('variable.yaml', `${text}variables: { a: { env: PATH } }\n`),
    write('file.yaml', `${text}variables: { a: { file: nowhere } }\n`),
  ];
  const option = /The option `environment` is not given: pass `env` of `node:process`/;
  for (const path of [ofKey, ofVariable]) {
    const [without, empty] = [await loadConfiguration(path), await loadConfiguration(path, { environment: {} })];
    assert.match(without.problems[0]?.text ?? '', option, path);
    assert.match(without.problems[0]?.suggestion ?? '', option, path);
    assert.ok(!empty.ok, path);
    assert.doesNotMatch(empty.problems[0]?.text ?? '', option, path);
  }
  const file = await loadConfiguration(ofFile);
  assert.ok(!file.ok);
  assert.doesNotMatch(file.problems[0]?.text ?? '', option);
  const alone = await loadPolicy(policyFile, { entry: { key: { env: 'PATH' } } });
  assert.match(alone.problems.map((problem) => problem.text).join('\n'), option);
});
