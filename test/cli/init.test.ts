/**
 * The folder of `mintproc init`: it validates strictly, mints what its test says, and never loses a file.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parse } from 'yaml';
import { runPython } from '../../demo/python.ts';
import { callerNames, dialectNames, proxyNames } from '../../src/cli/init/answers.ts';
import { runCommand } from './captured-terminal.ts';
import { type Example, objections } from './schema-judge.ts';

const home = mkdtempSync(join(tmpdir(), 'mintproc-init-'));
after(() => rmSync(home, { recursive: true }));

let count = 0;
function newFolder(): string {
  count += 1;
  return join(home, String(count));
}

function read(...path: readonly string[]): string {
  return readFileSync(join(...path), 'utf8');
}

/** The paths of a folder, sorted. */
function pathsOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

const schemaOf: readonly [file: RegExp, schema: Example['schema']][] = [
  [/^mintproc\.yaml$/, 'configuration'],
  [/\.test\.yaml$/, 'test'],
  [/^request\.yaml$/, 'request'],
  [/\.flex\.yaml$/, 'flex'],
];

/** Judged together at the end, since each judgement starts Python. */
const judgedFolders: string[] = [];

function examplesOf(folder: string): readonly Example[] {
  const examples = pathsOf(folder).flatMap((path): Example[] => {
    const schema = schemaOf.find(([file]) => file.test(path))?.[1];
    return schema === undefined ? [] : [{ name: join(folder, path), schema, text: read(folder, path) }];
  });
  assert.ok(examples.length >= 3);
  return examples;
}

interface TestFile {
  readonly cases: readonly {
    readonly expect: { readonly header?: object; readonly jwt?: { readonly claims: object } };
  }[];
}

/** @returns what `mintproc test` says */
async function runTests(folder: string): Promise<string> {
  const { code, out, errors } = await runCommand(['test', join(folder, 'tests')]);
  assert.equal(code, 0, `${out}${errors}`);
  return out;
}

describe('every dialect and every caller', () => {
  for (const dialect of dialectNames) {
    for (const caller of callerNames) {
      test(`${dialect}, ${caller}`, async () => {
        const folder = newFolder();
        const { code, errors } = await runCommand(['init', folder, '--dialect', dialect, '--caller', caller]);
        assert.deepEqual([code, errors], [0, '']);
        const checked = await runCommand(['validate', '--strict', folder]);
        assert.equal(checked.code, 0, checked.out);
        assert.match(checked.out, /mintproc\.yaml \(mintproc\): valid/);
        assert.match(await runTests(folder), caller === 'none' ? /^1 passed, 0 failed$/m : /^2 passed, 0 failed$/m);
        judgedFolders.push(folder);
      });
    }
  }
});

for (const proxy of proxyNames) {
  test(`the Envoy part is that of gen ${proxy}`, async () => {
    const folder = newFolder();
    const { code } = await runCommand(['init', folder, '--proxy', proxy, '--caller', 'jwt_authn']);
    assert.equal(code, 0);
    const { out } = await runCommand(['gen', proxy, '--config', join(folder, 'mintproc.yaml')]);
    const [file] = pathsOf(folder).filter((path) => /^(?:envoy.*|kgateway)\.yaml$/.test(path));
    assert.equal(read(folder, file ?? ''), out);
    assert.match(read(folder, 'README.md'), new RegExp(`\`${file}\``));
  });
}

test('the issuer of the callers completes their filter', async () => {
  const folder = newFolder();
  const issuer = ['--caller-issuer', 'https://id.example.com', '--caller-audience', 'orders'];
  const { code } = await runCommand(['init', folder, '--caller', 'jwt_authn', ...issuer]);
  assert.equal(code, 0);
  const envoy = parse(read(folder, 'envoy.yaml'));
  const { http_filters: filters } = envoy.static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
  const verifier = filters.find(({ name }: { name: string }) => name === 'envoy.filters.http.jwt_authn');
  const { callers } = verifier.typed_config.providers;
  assert.equal(callers.issuer, 'https://id.example.com');
  assert.deepEqual(callers.audiences, ['orders']);
  assert.equal(callers.remote_jwks.http_uri.uri, 'https://id.example.com/.well-known/jwks.json');
});

test('header, issuer and audience are in the token', async () => {
  const folder = newFolder();
  const line = [
    'init',
    folder,
    '--header',
    'X-Token',
    '--issuer',
    'urn:me',
    '--audience',
    'https://api.example.com/v1',
  ];
  assert.equal((await runCommand(line)).code, 0);
  await runTests(folder);
  const { cases } = parse(read(folder, 'tests', 'tokens.test.yaml')) as TestFile;
  assert.deepEqual(cases[0]?.expect.header, { name: 'x-token', prefix: '' });
  assert.partialDeepStrictEqual(cases[0]?.expect.jwt?.claims, { iss: 'urn:me', aud: 'https://api.example.com/v1' });
});

test('git and other users do not see the key, and the editor finds the schemas', async () => {
  const folder = newFolder();
  await runCommand(['init', folder]);
  assert.equal(statSync(join(folder, 'keys', 'backend-token.pem')).mode & 0o777, 0o600);
  assert.match(read(folder, 'keys', 'backend-token.pem'), /^-----BEGIN PRIVATE KEY-----/);
  const git = (...args: readonly string[]) => spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).stdout;
  git('init', '--quiet');
  git('add', '--all');
  const tracked = git('ls-files').split('\n').filter(Boolean);
  assert.deepEqual(
    pathsOf(folder).filter((path) => !path.startsWith('.git/') && !tracked.includes(path)),
    ['keys/backend-token.pem'],
  );
  for (const path of tracked) {
    const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(read(folder, path)) ?? [];
    if (schema !== undefined) assert.ok(existsSync(join(folder, path, '..', schema)), `${path}: ${schema}`);
    else assert.doesNotMatch(path, /(?:mintproc|\.test|request|\.flex)\.yaml$/);
  }
});

const secret = 'a secret of at least thirty-two bytes';

/** Files of one's own: what is in them, and the entry that is made. */
const owned: readonly [name: string, file: string, text: string, entry: object, key: RegExp | undefined][] = [
  [
    'Flex without a key, with a mark and line breaks of Windows',
    'My Policy.yaml',
    '\uFEFF- policyRef: { name: jwt-generation-flex }\r\n  config: { signingMethod: ES256, exp: 60 }\r\n',
    { name: 'My-Policy', file: 'policies/My-Policy.yaml', key: { file: 'keys/My-Policy.pem' } },
    /^-----BEGIN PRIVATE KEY-----/,
  ],
  [
    'Flex with its own secret',
    'own.yaml',
    `- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256, privateKey: "${secret}", exp: 60 }\n`,
    { name: 'own', file: 'policies/own.yaml' },
    undefined,
  ],
  [
    'Flex with a placeholder for its secret',
    'own.yaml',
    '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256, privateKey: "{{ KEY }}", exp: 60 }\n',
    { name: 'own', file: 'policies/own.yaml', key: { file: 'keys/own.secret' } },
    /^[\w-]{43}$/,
  ],
  [
    'Apigee',
    'Generate.xml',
    '<GenerateJWT name="Generate JWT"><Algorithm>PS256</Algorithm><PrivateKey><Value ref="private.k"/></PrivateKey>' +
      '<ExpiresIn>1h</ExpiresIn><OutputVariable>request.header.x-token</OutputVariable></GenerateJWT>',
    { name: 'Generate-JWT', file: 'policies/Generate.xml', key: { file: 'keys/Generate-JWT.pem' } },
    /^-----BEGIN PRIVATE KEY-----/,
  ],
  [
    'API Connect',
    'api.yaml',
    '- jwt-generate: { version: 2.0.0, iss-claim: request.headers.iss, exp-claim: 60, jws-alg: ES256, jws-crypto: k }\n',
    { file: 'policies/api.yaml' },
    /^-----BEGIN PRIVATE KEY-----/,
  ],
];

for (const [name, file, text, entry, key] of owned) {
  test(`a policy of one's own: ${name}`, async () => {
    const [folder, from] = [newFolder(), newFolder()];
    mkdirSync(from);
    writeFileSync(join(from, file), text);
    const { code, out } = await runCommand(['init', folder, '--policy', join(from, file)]);
    assert.equal(code, 0, out);
    const [made] = parse(read(folder, 'mintproc.yaml')).policies;
    assert.partialDeepStrictEqual(made, entry);
    assert.deepEqual(readFileSync(join(folder, made.file)), Buffer.from(text));
    assert.equal(statSync(join(folder, made.file)).mode & 0o777, 0o600);
    if (key === undefined) assert.deepEqual(readdirSync(join(folder, 'keys')), ['.gitignore']);
    else assert.match(read(folder, made.key.file), key);
    const checked = await runCommand(['validate', join(folder, 'mintproc.yaml')]);
    assert.equal(checked.code, 0, checked.out);
    judgedFolders.push(folder);
    for (const path of pathsOf(folder).filter((one) => !one.startsWith('policies/')))
      assert.ok(!read(folder, path).includes(secret), path);
  });
}

test('all files of these folders satisfy their JSON Schemas', async () => {
  const examples = judgedFolders.flatMap(examplesOf);
  assert.equal(judgedFolders.length, dialectNames.length * callerNames.length + owned.length);
  const found = await objections(examples);
  assert.deepEqual(
    found.flatMap((all, index) => all.map((one) => `${examples[index]?.name}: ${one}`)),
    [],
  );
});

function flexPolicies(number: number): string {
  return '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: ES256, exp: 60 }\n'.repeat(number);
}

test('twenty policies of a file each have an entry, a key, a route and a test', async () => {
  const [folder, file] = [newFolder(), join(home, 'twenty.yaml')];
  writeFileSync(file, flexPolicies(20));
  assert.equal((await runCommand(['init', folder, '--policy', file])).code, 0);
  const { policies, routes } = parse(read(folder, 'mintproc.yaml'));
  assert.deepEqual([policies.length, routes.length], [20, 20]);
  assert.deepEqual(policies[1], {
    name: 'twenty-2',
    file: 'policies/twenty.yaml',
    select: 2,
    key: { file: 'keys/twenty-2.pem' },
  });
  assert.deepEqual(routes[1], { name: 'twenty-2', match: { pathPrefix: '/twenty-2' }, policies: ['twenty-2'] });
  assert.equal(parse(read(folder, 'tests', 'tokens.test.yaml')).cases.length, 20);
  assert.equal((await runCommand(['validate', '--strict', folder])).code, 0);
});

test('a policy that needs something: the folder is written, and the code is 1', async () => {
  const [folder, file] = [newFolder(), join(home, 'needs.xml')];
  writeFileSync(
    file,
    '<GenerateJWE name="E"><Algorithms><Key>RSA-OAEP-256</Key><Content>A256GCM</Content></Algorithms></GenerateJWE>',
  );
  const { code, errors } = await runCommand(['init', folder, '--policy', file]);
  assert.equal(code, 1);
  assert.match(errors, /./);
});

test('no file is overwritten; with --force all but the keys', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'tests'), { recursive: true });
  writeFileSync(join(folder, 'README.md'), 'mine');
  writeFileSync(join(folder, 'tests', 'tokens.test.yaml'), 'mine');
  const refused = await runCommand(['init', folder]);
  assert.equal(refused.code, 1);
  assert.match(refused.errors, /tokens\.test\.yaml, .*README\.md exist already\. Use --force to overwrite them\./);
  assert.deepEqual(pathsOf(folder), ['README.md', 'tests/tokens.test.yaml']);

  assert.equal((await runCommand(['init', folder, '--force'])).code, 0);
  assert.doesNotMatch(read(folder, 'README.md'), /mine/);
  const key = read(folder, 'keys', 'backend-token.pem');
  const again = await runCommand(['init', folder, '--force']);
  assert.equal(again.code, 0);
  assert.match(again.out, /^Kept .*backend-token\.pem$/m);
  assert.equal(read(folder, 'keys', 'backend-token.pem'), key);
  await runTests(folder);
});

test('on a terminal, nothing is asked if mintproc.yaml exists, unless --force is given', async () => {
  const folder = newFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, 'mintproc.yaml'), 'mine');
  const answers = ['', '', '', ''];
  const refused = await runCommand(['init', folder], answers, {}, true);
  assert.deepEqual([refused.code, refused.out], [1, '']);
  assert.match(refused.errors, /mintproc\.yaml exists already\. Use --force to overwrite it\./);
  const forced = await runCommand(['init', folder, '--force'], answers, {}, true);
  assert.equal(forced.code, 0, forced.errors);
  assert.match(forced.out, /^Which gateway's policy/);
});

/** Runs a program on a terminal of its own, and answers when it asks. */
const onTerminal = `
import json, os, pty, sys
given = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0: os.execv(given['line'][0], given['line'])
for question, answer in given['dialogue']:
    seen = b''
    while question.encode() not in seen: seen += os.read(terminal, 4096)
    os.write(terminal, answer.encode() + b'\\n')
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
`;

describe('on a terminal', () => {
  const asked: readonly [
    name: string,
    line: readonly string[],
    answers: readonly string[],
    made: RegExp,
    out: RegExp,
  ][] = [
    [
      'four questions',
      [],
      ['apigee', 'x-token', 'jwt_authn', 'istio'],
      /edition: x[\s\S]*x-token/,
      /^(?:.*\? \[\w+\] ){4}Wrote/,
    ],
    [
      'an empty answer is the default',
      [],
      ['', '', '', ''],
      /backend-token\.flex\.yaml[\s\S]*authorization/,
      /\[flex\]/,
    ],
    [
      'a wrong answer is asked again',
      [],
      ['flx', 'flex', 'a b', 'x-a', '', ''],
      /x-a/,
      /Did you mean flex\?\n[\s\S]*name of a header\.\n/,
    ],
    [
      'an option answers its question',
      ['--dialect', 'datapower', '--header', 'x-b', '--proxy', 'envoy'],
      ['none'],
      /assembly\.yaml[\s\S]*x-b/,
      /^Who authenticates[^?]*\? \[none\] Wrote/,
    ],
    ['--yes', ['--yes'], [], /backend-token\.flex\.yaml/, /^Wrote/],
  ];
  for (const [name, line, answers, made, out] of asked) {
    test(name, async () => {
      const folder = newFolder();
      const ran = await runCommand(['init', folder, ...line], answers, {}, true);
      assert.deepEqual([ran.code, ran.errors], [0, '']);
      assert.match(read(folder, 'mintproc.yaml'), made);
      assert.match(ran.out, out);
    });
  }

  test('the process ends after the last answer', async () => {
    const folder = newFolder();
    const line = [process.execPath, join(import.meta.dirname, '../../src/main.ts'), 'init', folder];
    const dialogue = [
      ['[flex] ', 'datapower'],
      ['[authorization] ', 'x-token'],
      ['[none] ', 'header'],
      ['Did you mean headers', 'headers'],
      ['[envoy] ', ''],
    ];
    const signal = AbortSignal.timeout(60_000);
    await runPython(['-c', onTerminal, JSON.stringify({ line, dialogue })], { environment: process.env, signal });
    assert.match(read(folder, 'mintproc.yaml'), /from: headers[\s\S]*assembly\.yaml[\s\S]*x-token/);
  });

  test('an input that ends writes nothing', async () => {
    const folder = newFolder();
    const { code, errors } = await runCommand(['init', folder], ['flex'], {}, true);
    assert.equal(code, 1);
    assert.match(errors, /The input has ended\. With --yes, nothing is asked\./);
    assert.ok(!existsSync(folder));
  });
});

writeFileSync(join(home, 'configuration.yaml'), 'policies: []\nroutes: []\n');
writeFileSync(join(home, 'other.yaml'), 'a: 1\n');
writeFileSync(join(home, 'many.yaml'), flexPolicies(21));

const wrong: readonly [line: readonly string[], code: number, errors: RegExp][] = [
  [['a', 'b'], 2, /Only one DIR/],
  [['--dialect', 'flx'], 2, /--dialect must be one of flex, apigee, datapower\. Did you mean flex\?/],
  [['--caller', 'jwt'], 2, /--caller must be one of/],
  [['--proxy', 'nginx'], 2, /--proxy must be one of envoy, istio, envoy-gateway, kgateway\./],
  [['--header', 'a b'], 2, /--header must be the name of a header\./],
  [['--issuer', "it's"], 2, /--issuer takes a name or a URL/],
  [['--audience', '<a>'], 2, /--audience takes a name or a URL/],
  [['--caller-issuer', 'me'], 2, /--caller-issuer is for --caller jwt_authn/],
  [['--caller', 'jwt_authn', '--caller-jwks', 'http://a'], 2, /--caller-jwks must be an https URL/],
  [['--caller', 'jwt_authn', '--caller-audience', 'a'], 1, /--audience and --jwks need --issuer/],
  [['--policy', join(home, 'configuration.yaml')], 1, /is a mintproc\.yaml/],
  [['--policy', join(home, 'other.yaml')], 1, /other\.yaml:1:1.*does not contain a policy/],
  [['--policy', join(home, 'none.yaml')], 1, /does not exist/],
  [['--policy', join(home, 'many.yaml')], 1, /more than 20 policies.*mintproc import/],
  [['--policy', join(home, 'many.yaml'), '--dialect', 'flex'], 2, /--dialect is for a new policy/],
];

for (const [line, code, errors] of wrong) {
  test(`mintproc init ${line.map((word) => word.replace(`${home}/`, '')).join(' ')}`, async () => {
    const folder = newFolder();
    const ran = await runCommand(['init', folder, ...line]);
    assert.match(ran.errors, errors);
    assert.equal(ran.code, code);
    assert.ok(!existsSync(folder));
  });
}
