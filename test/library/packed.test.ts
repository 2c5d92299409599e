/**
 * The library and the commands as a user gets them: the tarball of `npm pack`, installed in an empty project.
 */
import assert from 'node:assert/strict';
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { build } from 'esbuild';
import { blocksRunBy } from '../docs/run-pages/blocks-run-by.ts';
import { installInto, packInto, withThisNode } from './packed-package.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-library-'));
after(() => rmSync(folder, { recursive: true }));

const project = join(folder, 'project');
mkdirSync(project);
writeFileSync(join(project, 'package.json'), '{"private": true, "type": "module"}');
const tarball = packInto(folder);
installInto(project, tarball);

const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

function write(name: string, text: string): string {
  const path = join(project, name);
  writeFileSync(path, text);
  return path;
}

function runIn(place: string, command: string, line: readonly string[], environment = {}): SpawnSyncReturns<string> {
  return spawnSync(command, line, { cwd: place, encoding: 'utf8', env: { ...withThisNode, ...environment } });
}

/** What a program prints that exits with 0. */
function output(name: string, environment = {}): string {
  const { status, stdout, stderr } = runIn(project, process.execPath, [name], environment);
  assert.equal(status, 0, stderr);
  return stdout;
}

const page = readFileSync(join(root, 'docs/library.md'), 'utf8');
const blocks = Array.from(
  page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm),
  ([, kind, name = '', text = '']) => ({
    kind,
    name,
    text,
  }),
);

/** The files of the page, which its programs read. */
for (const { kind, name, text } of blocks) if (kind === 'yaml' || kind === 'ts') write(name, text);

test('docs/library.md: the tarball is installed as it says', () => {
  const marked = blocksRunBy('docs/library.md', import.meta.filename);
  const [{ text } = { text: '' }, ...others] = marked;
  // Those that its programs read.
  assert.deepEqual(
    others.map((block) => block.language),
    ['yaml', 'yaml'],
  );
  assert.equal(text.trim(), `npm install ./${tarball.split('/').at(-1)}`);
});

const programs = blocks.filter(({ kind }) => kind === 'ts');

test('docs/library.md: each program has the output that it says', () => {
  assert.equal(programs.length, 4);
  for (const { name } of programs) {
    const said = blocks.find((block) => block.kind === 'text' && block.name === name);
    assert.equal(output(name, { PARTNER_KEY: privateKey }), said?.text, name);
  }
});

/** `skipLibCheck` is off: the declarations themselves are checked. */
const strict = {
  ...{ target: 'es2024', lib: ['es2024'], strict: true, noEmit: true, skipLibCheck: false },
  ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, allowImportingTsExtensions: true },
};
const withNode = { types: ['node'], typeRoots: [join(root, 'node_modules/@types')] };

function compile(name: string, options: object, files: readonly string[]): string {
  const config = write(`${name}.json`, JSON.stringify({ compilerOptions: { ...strict, ...options }, files }));
  return runIn(project, join(root, 'node_modules/.bin/tsc'), ['--project', config, '--pretty', 'false']).stdout;
}

const resolutions: [name: string, options: object][] = [
  ['nodenext', { module: 'nodenext', moduleResolution: 'nodenext' }],
  ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
];

for (const [name, options] of resolutions) {
  test(`the programs of docs/library.md compile with moduleResolution ${name}`, () => {
    const files = programs.map((program) => program.name);
    assert.equal(compile(name, { ...options, ...withNode }, files), '');
  });

  test(`the types need no others with moduleResolution ${name}, and a wrong program does not compile`, () => {
    const request = `import { loadPolicy } from 'mintproc';
import { compile } from 'mintproc/dataweave';
export const policy = await loadPolicy('a');
export const token = policy.ok ? await policy.mint({ request: { path: '/' } }) : undefined;
export const program = compile('1', { inputs: ['payload'] });
`;
    write('right.ts', request);
    assert.equal(compile(`right-${name}`, { ...options, types: [] }, ['right.ts']), '');
    write('wrong.ts', request.replace('path:', 'pth:').replace("'payload'", "'body'"));
    const errors = compile(`wrong-${name}`, { ...options, types: [] }, ['wrong.ts']);
    assert.match(errors, /^wrong\.ts\(4,\d+\): error TS\d+: .*'pth' does not exist/m);
    assert.match(errors, /^wrong\.ts\(5,\d+\): error TS2322: Type '"body"' is not assignable/m);
    assert.equal(errors.match(/error/g)?.length, 2, errors);
  });
}

test('a program mints a token that jose verifies', () => {
  write(
    'verified.ts',
    `import { loadConfiguration } from 'mintproc';
import { importSPKI, jwtVerify } from 'jose';

const configuration = await loadConfiguration('mintproc.yaml', { environment: process.env });
if (!configuration.ok) throw new Error(configuration.problems[0]?.text);
const { policies } = await configuration.request({ request: { path: '/orders' }, caller: { claims: { sub: 'alice' } } });
const [partner] = policies;
if (partner?.result !== 'minted') throw new Error('no token');
const key = await importSPKI(process.env['PUBLIC_KEY'] ?? '', 'ES256');
const { payload, protectedHeader } = await jwtVerify(partner.token, key);
console.log(payload.sub, protectedHeader.alg);
`,
  );
  assert.equal(output('verified.ts', { PARTNER_KEY: privateKey, PUBLIC_KEY: publicKey }), 'alice ES256\n');
});

test('CommonJS can require it, and only what is exported', () => {
  write('old.cjs', "console.log(Object.keys(require('mintproc')).sort().join())");
  assert.equal(output('old.cjs'), 'evaluate,loadConfiguration,loadPolicy\n');
  write('inside.mjs', "await import('mintproc/dist/program.cjs').catch((error) => console.log(error.code))");
  assert.equal(output('inside.mjs'), 'ERR_PACKAGE_PATH_NOT_EXPORTED\n');
});

/** Variables that Node itself reads when it loads a module. */
const ofNode = new Set(['WATCH_REPORT_DEPENDENCIES']);

for (const entry of ['mintproc', 'mintproc/dataweave']) {
  test(`importing ${entry} has no effect on the process`, () => {
    write(
      'effects.mjs',
      `import { existsSync, readdirSync } from 'node:fs';
const state = () => ({
  globals: Reflect.ownKeys(globalThis).map(String),
  listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  resources: process.getActiveResourcesInfo(),
  environment: { ...process.env },
  folder: process.cwd(),
  umask: process.umask(),
  title: process.title,
  exitCode: process.exitCode,
  prototypes: [Object, Array, String, Promise, Map, Error, Buffer].map((one) => Reflect.ownKeys(one.prototype).length),
  stack: Error.stackTraceLimit,
  descriptors: existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0,
  files: readdirSync('.'),
});
await new Promise((resolve) => setImmediate(resolve));
const before = state();
const reads = [];
const { env } = process;
process.env = new Proxy(env, { get: (target, name) => (reads.push(String(name)), target[name]) });
const library = await import('${entry}');
process.env = env;
const after = state();
console.log(JSON.stringify({ before, after, reads, exported: Object.keys(library).length }));`,
    );
    const { stdout, stderr, status } = runIn(project, process.execPath, ['effects.mjs']);
    assert.deepEqual([status, stderr], [0, '']);
    const { before, after: later, reads, exported } = JSON.parse(stdout);
    assert.deepEqual(later, before);
    assert.deepEqual(
      reads.filter((name: string) => !ofNode.has(name)),
      [],
    );
    assert.equal(exported, 3);
  });
}

test('mintproc/dataweave does not start the parts that read configurations', () => {
  write(
    'parts.mjs',
    `import { evaluate } from 'mintproc/dataweave';
evaluate('1 + 1');
console.log(process.moduleLoadList.filter((name) => /NativeModule (?:http|net|tls|child_process)$/.test(name)).join());`,
  );
  assert.equal(output('parts.mjs'), '\n');
});

test('a bundler drops an import that is not used', async () => {
  const bundled = async (text: string): Promise<string> => {
    const { outputFiles } = await build({
      stdin: { contents: text, resolveDir: project },
      ...{ bundle: true, write: false, platform: 'node', format: 'esm', external: ['@grpc/*'], logLevel: 'silent' },
    });
    return outputFiles[0]?.text ?? '';
  };
  assert.equal(await bundled("import { evaluate } from 'mintproc';"), '');
  const used = await bundled(
    `import { createRequire } from 'node:module';
globalThis.require = createRequire(import.meta.url);
import { evaluate } from 'mintproc/dataweave';
console.log(evaluate('1 + 1').value);`,
  );
  assert.match(used, /mintproc needs Node/);
});

const elsewhere = join(folder, 'elsewhere');
mkdirSync(elsewhere);
const npx = (line: readonly string[], environment = {}): SpawnSyncReturns<string> =>
  runIn(elsewhere, 'npx', ['--yes', '--prefer-offline', '--package', tarball, 'mintproc', ...line], environment);

test('npx of the tarball gives every command', () => {
  const { status, stdout, stderr } = npx(['--help']);
  assert.equal(status, 0, stderr);
  const commands = Array.from(stdout.matchAll(/^ {2}([a-z]+) {2,}/gm), ([, name = '']) => name);
  assert.ok(commands.includes('serve') && commands.includes('test'), stdout);
  for (const name of commands.filter((one) => one !== 'help' && one !== 'version')) {
    const help = runIn(project, 'node_modules/.bin/mintproc', [name, '--help']);
    assert.equal(help.status, 0, help.stderr);
    assert.match(help.stdout, new RegExp(`^Usage: mintproc ${name}`));
  }
});

test('npx of the tarball validates, mints and evaluates', () => {
  for (const name of ['mintproc.yaml', 'partner.flex.yaml']) {
    writeFileSync(join(elsewhere, name), readFileSync(join(project, name)));
  }
  writeFileSync(join(elsewhere, 'request.yaml'), '{request: {path: /orders/7}, caller: {claims: {sub: alice}}}');
  const key = { PARTNER_KEY: privateKey };
  assert.equal(npx(['validate', '--strict', 'mintproc.yaml'], key).status, 0);
  const minted = npx(['mint', '--config', 'mintproc.yaml', '--request', 'request.yaml', '--format', 'json'], key);
  assert.equal(JSON.parse(minted.stdout).policies[0].claims.sub, 'alice');
  assert.equal(npx(['eval', "upper('a')"]).stdout, '"A"\n');
});

const found = spawnSync('which', ['-a', 'node'], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
const older = found.find((node) => Number(/^v(\d+)/.exec(execFileSync(node, ['-v'], { encoding: 'utf8' }))?.[1]) < 26);
const skip = older === undefined ? 'no Node older than 26 is on the PATH' : false;
const sentence = /mintproc needs Node 26 or later, and this is Node v\d+\.\d+\.\d+ \(.+\)\. \[cli\.node-version\]/;

test('npx on an older Node ends with one sentence', { skip }, () => {
  const path = join(older ?? '', '..');
  const { status, stdout, stderr } = npx(['validate', 'mintproc.yaml'], { PATH: `${path}:/usr/bin:/bin` });
  assert.deepEqual([status, stdout], [1, '']);
  // npm warns of `engines` before.
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('npm warn'));
  assert.equal(lines.length, 1, stderr);
  assert.match(lines[0] ?? '', new RegExp(`^${sentence.source}$`));
});

for (const entry of ['mintproc', 'mintproc/dataweave']) {
  test(`an import of ${entry} on an older Node throws one sentence`, { skip }, () => {
    write('older.mjs', `await import('${entry}').catch((error) => console.log(error.message))`);
    const { stdout, stderr } = runIn(project, older ?? '', ['older.mjs']);
    assert.equal(stderr, '');
    assert.match(stdout, new RegExp(`^${sentence.source}\\n$`));
  });
}

test('the package has the library once: the commands and the library are one file', () => {
  const inside = join(project, 'node_modules/mintproc/dist');
  assert.ok(existsSync(join(inside, 'library/interface.d.ts')));
  for (const name of ['mintproc.js', 'dataweave.js', 'node-version.js']) {
    assert.ok(statSync(join(inside, 'library', name)).size < 1_000, name);
  }
});
