/**
 * What `npm install` of our package gives: one file of JavaScript, which says in its first line how Node is to run it.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { stringify } from 'yaml';
import { serveOnce } from './serve-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mintproc-installed-'));
after(() => rmSync(folder, { recursive: true }));

execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
execFileSync('tar', ['-xzf', 'mintproc-0.1.0.tgz'], { cwd: folder });
// As an image does it: with the lock file, and without what only the build needs.
cpSync(join(root, 'package-lock.json'), join(folder, 'package/package-lock.json'));
execFileSync('npm', ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', '--silent'], {
  cwd: join(folder, 'package'),
});
const program = join(folder, 'package/dist/main.cjs');

const environment = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };
const answer = (...line: string[]): string => execFileSync(program, line, { encoding: 'utf8', env: environment });

/** Bytes of a first line that Linux reads (BINPRM_BUF_SIZE less its end); it drops the rest without a word. */
const longestFirstLine = 255;

test('the first line of the installed program is read as a whole', () => {
  const [line = ''] = readFileSync(program, 'utf8').split('\n', 1);
  assert.match(line, /^#!/);
  assert.ok(Buffer.byteLength(line) <= longestFirstLine, line);
});

test('`npm ci --omit=dev` installs the packages that the product is made of, and no tool', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly dependencies: object;
    readonly devDependencies: object;
  };
  const isInstalled = (name: string): boolean => existsSync(join(folder, 'package/node_modules', name));
  // protobufjs and prom-client have these two.
  const needed = ['@types/node', '@opentelemetry/api'];
  const six = ['@grpc/grpc-js', '@grpc/proto-loader', 'jose', 'pino', 'prom-client', 'yaml'];
  assert.deepEqual(Object.keys(dependencies).sort(), six);
  assert.deepEqual(Object.keys(dependencies).filter(isInstalled).sort(), six);
  assert.deepEqual(
    Object.keys(devDependencies).filter((name) => !needed.includes(name) && isInstalled(name)),
    [],
  );
});

test('the installed program answers', () => {
  assert.equal(answer('eval', "upper('a')"), '"A"\n');
});

test('what is loaded when it is needed is part of the installed program', () => {
  assert.equal(answer('eval', '--profile', 'dataweave', '"2024-01-01" as Date + |P1D|'), '"2024-01-02"\n');
  const apigee = '<GenerateJWT name="a"><Algorithm>HS256</Algorithm></GenerateJWT>';
  writeFileSync(join(folder, 'apigee.xml'), apigee);
  const { stderr, stdout } = spawnSync(program, ['validate', join(folder, 'apigee.xml')], {
    encoding: 'utf8',
    env: environment,
  });
  assert.match(stdout + stderr, /apigee\.missing-configuration-element/);
});

const policy =
  '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256, privateKey: "0123456789abcdef0123456789abcdef" }\n';

for (const settings of [{}, { transport: 'grpc-js' }, { workers: 2 }]) {
  test(`the installed program serves with ${JSON.stringify(settings)}, and stops when told`, async () => {
    const { code, out } = await serveOnce({ command: [program], folder, policies: { policy }, settings, environment });
    assert.match(out, /mintproc is serving\.[\s\S]*mintproc has stopped\./);
    assert.equal(code, 0);
  });
}

/** Each costs megabytes in every pod. */
const unused = ['internal/deps/undici/undici', 'http', 'http2', 'tls', 'zlib', 'readline'];

test('the installed program loads no part of Node that a plain configuration does not use', async () => {
  const list = join(folder, 'modules.json');
  const listing = pathToFileURL(join(import.meta.dirname, 'list-modules.ts')).href;
  const command = [process.execPath, '--import', listing, program];
  await serveOnce({ command, folder, policies: { policy }, environment: { ...environment, MODULES: list } });
  const loaded = JSON.parse(readFileSync(list, 'utf8')) as string[];
  assert.ok(loaded.includes('builtin:net'), 'the list of modules is empty');
  assert.deepEqual(
    unused.filter((name) => loaded.includes(`builtin:${name}`)),
    [],
  );
});

test('H12: the file that is started names the oldest Node of package.json, in syntax that any Node reads', async () => {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
  const text = readFileSync(program, 'utf8');
  assert.match(text, new RegExp(`^var oldest = ${engines.node.replace('>=', '')};$`, 'm'));
  const [old, any] = await Promise.all(['es2015', 'esnext'].map((target) => transform(text, { target })));
  assert.equal(old?.code, any?.code);
});

const found = spawnSync('which', ['-a', 'node'], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
const older = found.find((node) => Number(/^v(\d+)/.exec(execFileSync(node, ['-v'], { encoding: 'utf8' }))?.[1]) < 26);
const skip = older === undefined ? 'no Node older than 26 is on the PATH' : false;

test('H12: an older Node ends with one sentence', { skip }, () => {
  const { status, stdout, stderr } = spawnSync(older ?? '', [program, 'version'], { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(
    stderr,
    /^mintproc needs Node 26 or later, and this is Node v\d+\.\d+\.\d+ \(.+\)\. \[cli\.node-version\]\n$/,
  );
});

test('H12: a package that is not installed is a problem of the configuration that asks for it', () => {
  const bare = join(folder, 'bare');
  cpSync(join(folder, 'package'), bare, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  writeFileSync(join(bare, 'policy'), policy);
  const settings = { policies: [{ name: 'p', file: 'policy' }], routes: [{ match: {}, policies: ['p'] }] };
  const configuration = join(bare, 'mintproc.yaml');
  writeFileSync(configuration, stringify({ ...settings, transport: 'grpc-js' }));
  const sentence =
    /needs @grpc\/grpc-js and @grpc\/proto-loader, which are not installed\. \[config\.missing-package\]/;
  for (const line of [
    ['validate', configuration],
    ['serve', '--config', configuration],
  ]) {
    const { status, stdout, stderr } = spawnSync(join(bare, 'dist/main.cjs'), line, {
      encoding: 'utf8',
      env: environment,
    });
    assert.equal(status, 1);
    assert.match(stdout + stderr, sentence);
    assert.match(stdout + stderr, /Run `npm install @grpc\/grpc-js @grpc\/proto-loader`/);
    assert.doesNotMatch(stdout + stderr, /MODULE_NOT_FOUND|^ {4}at /m);
  }
});
