/**
 * `mintproc playground` as a process: where it listens, what it prints, what is refused, and how it ends.
 * The commands of docs/playground.md are here.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { pageBundle } from '../../build/playground.ts';
import type { RunAnswer } from '../../src/playground/interface.ts';
import { exampleNamed } from '../playground/client.ts';
import { runCommand } from './captured-terminal.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-playground-'));
after(() => rmSync(folder, { recursive: true }));

const refused: [name: string, line: string[], message: RegExp][] = [
  ['every interface', ['--listen', '0.0.0.0:0'], /^mintproc playground: --listen takes 127\.0\.0\.1:PORT/],
  ['every interface of IPv6', ['--listen', '[::]:0'], /^mintproc playground: --listen takes 127\.0\.0\.1:PORT/],
  ['another address', ['--listen', '192.0.2.1:80'], /^mintproc playground: --listen takes 127\.0\.0\.1:PORT/],
  ['another loopback address', ['--listen', '127.0.0.2:80'], /^mintproc playground: --listen takes 127\.0\.0\.1:PORT/],
  ['a name', ['--listen', 'example.com:80'], /^mintproc playground: --listen takes 127\.0\.0\.1:PORT/],
  ['a socket file', ['--listen', 'unix:/tmp/a'], /^mintproc playground: --listen takes 127\.0\.0\.1:PORT/],
  ['a port alone', ['--listen', '8080'], /^mintproc playground: --listen takes 127\.0\.0\.1:PORT/],
  [
    'a port that is too large',
    ['--listen', '127.0.0.1:65536'],
    /^mintproc playground: --listen takes 127\.0\.0\.1:PORT/,
  ],
  ['keys without a configuration', ['--with-keys'], /^mintproc playground: --with-keys needs --config/],
  [
    'a configuration without its option',
    ['mintproc.yaml'],
    /^mintproc playground: Name the configuration with --config/,
  ],
  ['a configuration that does not exist', ['--config', join(folder, 'none.yaml')], /none\.yaml does not exist/],
  ['a folder without one', ['--config', folder], /has no mintproc\.yaml\. If it is the export .* mintproc import /],
];

const pipe = mkdtempSync(join(folder, 'pipe-'));
execFileSync('mkfifo', [join(pipe, 'mintproc.yaml')]);
refused.push(['a folder whose mintproc.yaml is a pipe', ['--config', pipe], /mintproc\.yaml is not a regular file/]);

for (const [name, line, message] of refused) {
  test(`refused: ${name}`, async () => {
    const { code, errors, out } = await runCommand(['playground', ...line]);
    assert.notEqual(code, 0);
    assert.match(errors, message);
    assert.equal(out, '');
  });
}

/** A playground in a process of its own. */
async function start(line: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['src/main.ts', 'playground', ...line], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const exited = once(child, 'exit');
  let out = '';
  for await (const chunk of child.stdout) {
    out += chunk;
    if (out.includes('\n')) break;
  }
  return { child, out, exited, errorsOf: () => errors };
}

before(() => build(pageBundle));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`one line with the address, and ${signal} ends it`, async () => {
    const { child, out, exited } = await start([]);
    assert.match(out, /^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}\n$/);
    const { origin } = new URL(out);
    assert.equal((await fetch(origin)).status, 200);
    child.kill(signal);
    assert.deepEqual(await exited, [0, null]);
  });
}

test('--open starts the opener of the desktop without a shell, with a key that is taken once', async (t) => {
  if (process.platform !== 'linux') return t.skip('xdg-open is for Linux');
  const opener = join(folder, 'xdg-open');
  const opened = join(folder, 'opened');
  execFileSync('mkfifo', [opened]);
  writeFileSync(opener, `#!/bin/sh\nprintf '%s' "$*" > ${opened}\n`);
  chmodSync(opener, 0o755);
  const { child, out, exited } = await start(['--open'], { PATH: `${folder}:${process.env['PATH']}` });
  const given = await readFile(opened, 'utf8');
  await ended(child, exited);
  assert.match(given, /^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/);
  assert.equal(new URL(given).origin, new URL(out).origin);
  assert.notEqual(new URL(given).hash, new URL(out).hash.trim());
});

test('without an opener, a line says so, and the page is there', async () => {
  const { child, out, exited, errorsOf } = await start(['--open'], { PATH: folder.concat('-none') });
  const answered = await fetch(new URL(out).origin);
  while (!errorsOf().includes('There is no')) await once(child.stderr ?? child, 'data');
  await ended(child, exited);
  assert.equal(answered.status, 200);
  assert.match(errorsOf(), /There is no \S+ here: open the address by hand\./);
});

/** A call as the page makes it. */
async function asked(url: string, name: string, body: object, cookie = ''): Promise<Response> {
  const { origin } = new URL(url);
  const headers = { origin, cookie, 'content-type': 'application/json' };
  return fetch(`${origin}/api/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

test('a folder that is opened runs in another process, which ends with the command', async () => {
  const opened = mkdtempSync(join(folder, '-opened'));
  for (const { name, text } of exampleNamed('flex').files) writeFileSync(join(opened, name), text);
  const { child, out, exited } = await start([`--config=${opened}`]);
  const entered = await asked(out, 'enter', { key: new URL(out).hash.slice(1).trim() });
  const [cookie = ''] = (entered.headers.get('set-cookie') ?? '').split(';');
  const run = { files: [], isFolder: true, case: exampleNamed('flex').case };
  const { outcome } = (await (await asked(out, 'run', run, cookie)).json()) as RunAnswer;
  const answering = childOf(child);
  await ended(child, exited);
  assert.equal(outcome?.kind, 'forward');
  while (answering !== undefined && existsSync(`/proc/${answering}`)) await new Promise(setImmediate);
});

/** The number of the process that answers; undefined if there is no /proc. */
function childOf({ pid }: ChildProcess): string | undefined {
  if (!existsSync('/proc/self/task')) return undefined;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  assert.equal(children.length, 1);
  return children[0];
}

async function ended(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  await exited;
}
