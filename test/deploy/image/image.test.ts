/**
 * The image of deploy/Dockerfile, made without Docker: its stages are carried out in bare folders, twice, with the same
 * result, and what they give serves with a read-only root and nothing but Node beside it.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort } from '../../../demo/ports.ts';
import { flexPolicy } from '../../configuration/memory-files.ts';
import { StreamClient } from '../../extproc/stream-client.ts';
import { withThisNode } from '../../library/packed-package.ts';
import { tokenOf } from '../../serving/sidecar.ts';
import { project } from '../samples/sample-folder.ts';
import { build, contextOf, type Image, instructionsOf } from './dockerfile.ts';
import { mayMount, readOnlyRoot } from './read-only-root.ts';

const dockerfile = join(project, 'deploy', 'Dockerfile');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-image-'));
after(() => rmSync(folder, { recursive: true }));

const args = { CREATED: '2026-01-01T00:00:00Z', REVISION: 'f00d', SOURCE: 'urn:source', VERSION: '0.1.0' };

/** Each in folders of its own: a path that gets into a file makes the two different. */
function built(name: string, more: NodeJS.ProcessEnv = {}): Image {
  const [context, into] = [join(folder, name, 'context'), join(folder, name, 'stages')];
  for (const path of [context, into]) mkdirSync(path, { recursive: true });
  contextOf(project, `${dockerfile}.dockerignore`, context);
  const env = { ...withThisNode, NPM_CONFIG_PREFER_OFFLINE: 'true', ...more };
  return build(instructionsOf(readFileSync(dockerfile, 'utf8')), { context, into, args, env });
}

const image = built('one');

/** Another zone and language; without 150 MB of tools that the build does not run. */
const elsewhere = {
  LANG: 'de_DE.UTF-8',
  TZ: 'Pacific/Apia',
  NPM_CONFIG_OMIT: 'optional',
  ESBUILD_BINARY_PATH: createRequire(import.meta.resolve('esbuild')).resolve(
    `@esbuild/${platform()}-${arch()}/bin/esbuild`,
  ),
};
const paths = readdirSync(image.root, { recursive: true, encoding: 'utf8' }).sort();
const isFile = (path: string): boolean => lstatSync(join(image.root, path)).isFile();

/** Path, mode and content of each file, folder and link. */
function contentsOf(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => {
      const file = join(root, path);
      const stat = lstatSync(file);
      const link = stat.isSymbolicLink() ? readlinkSync(file) : '';
      const content = stat.isFile() ? readFileSync(file) : link;
      return `${path} ${stat.mode.toString(8)} ${createHash('sha256').update(content).digest('hex')}`;
    });
}

test('the same files are made twice', () => {
  const once = contentsOf(image.root);
  assert.ok(once.length > 500, String(once.length));
  assert.deepEqual(contentsOf(built('two', elsewhere).root), once);
});

test('no file is a program of one processor, so that one build serves them all', () => {
  const magic = Buffer.from('\x7fELF', 'latin1');
  const native = paths.filter(
    (path) =>
      /\.node$|binding\.gyp$/.test(path) ||
      (isFile(path) && readFileSync(join(image.root, path)).subarray(0, 4).equals(magic)),
  );
  assert.deepEqual(native, []);
});

test('no install script has run, and only one package has one', () => {
  const manifests = paths.filter((path) => /node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path));
  const withScripts = manifests.filter((path) => {
    const { scripts = {} } = JSON.parse(readFileSync(join(image.root, path), 'utf8')) as { scripts?: object };
    return Object.keys(scripts).some((name) => /^(?:pre|post)?install$/.test(name));
  });
  assert.ok(manifests.length > 40);
  assert.deepEqual(withScripts, ['app/node_modules/protobufjs/package.json']);
  const installs = readFileSync(dockerfile, 'utf8').match(/npm ci.*$/gm) ?? [];
  assert.ok(installs.length === 2 && installs.every((line) => line.endsWith(' --ignore-scripts')));
});

test('the image has the packages of production, the program and nothing else', () => {
  assert.deepEqual(
    paths.filter((path) => !path.includes('/', 4)),
    ['app', 'app/LICENSE', 'app/dist', 'app/node_modules', 'app/package.json', 'app/proto'],
  );
  const { packages }: { packages: Readonly<Record<string, { readonly dev?: boolean }>> } = JSON.parse(
    readFileSync(join(project, 'package-lock.json'), 'utf8'),
  );
  const production = Object.entries(packages).flatMap(([path, { dev }]) => (path === '' || dev ? [] : `app/${path}`));
  const installed = paths.filter((path) => /node_modules\/(?:@[^/]+\/)?[^/@.][^/@]*$/.test(path) && !isFile(path));
  assert.deepEqual(installed, production.sort());
  assert.ok(paths.includes('app/dist/LICENSES.txt'));
});

test('it starts Node as the first line of the installed program does, with or without `env`', () => {
  const [line = ''] = readFileSync(join(image.root, 'app/dist/main.cjs'), 'utf8').split('\n', 1);
  const words = line.replace('#!/usr/bin/env -S ', '').split(' ');
  const at = words.indexOf('node');
  const variables = Object.fromEntries(words.slice(0, at).map((word) => word.split('=')));
  const { PATH, NODE_ENV, ...others } = image.env;
  assert.deepEqual({ ...others }, variables);
  assert.equal(NODE_ENV, 'production');
  assert.match(PATH ?? '', /(?:^|:)\/usr\/local\/bin:.*:\/usr\/bin:.*:\/nodejs\/bin$/);
  // In the first line, an older Node would refuse this one, without saying which Node is needed.
  const flags = ['--disable-sigusr1', ...words.slice(at + 1)];
  assert.deepEqual(image.entrypoint, ['node', ...flags, '/app/dist/main.cjs']);
  assert.deepEqual(image.cmd, ['serve', '--config', '/etc/mintproc/mintproc.yaml']);
});

test('its labels say what it was made of', () => {
  const of = (name: string): string | undefined => image.labels[`org.opencontainers.image.${name}`];
  assert.deepEqual(
    [of('source'), of('revision'), of('version'), of('created'), of('base.name'), of('base.digest')],
    [args.SOURCE, args.REVISION, args.VERSION, args.CREATED, 'node:26-slim', ''],
  );
  const { license, description } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  assert.equal(of('licenses'), license);
  assert.ok(description.startsWith(of('description')));
  assert.equal(of('title'), 'mintproc');
});

test('its user has a number that is not 0', () => assert.match(image.user, /^[1-9]\d*:[1-9]\d*$/));

const skip = mayMount ? false : 'mounting needs root';

test('with a read-only root and no other program it serves, and its health check says so', { skip }, async () => {
  const config = join(folder, 'config');
  mkdirSync(config);
  const [port, admin] = [await freePort(), await freePort()];
  const settings = {
    listen: `127.0.0.1:${port}`,
    admin: `127.0.0.1:${admin}`,
    policies: [{ name: 'p', file: 'policy.yaml' }],
    routes: [{ match: {}, policies: ['p'] }],
  };
  const files = { 'mintproc.yaml': JSON.stringify(settings), 'policy.yaml': flexPolicy({ iss: 'image' }) };
  const [user = 0, group = 0] = image.user.split(':').map(Number);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(config, name), text);
    chmodSync(join(config, name), 0o400);
    chownSync(join(config, name), user, group);
  }
  chmodSync(folder, 0o755); // the image's user may enter it
  const starts = readOnlyRoot(image, { '/etc/mintproc': config });
  const run = (command: readonly string[]): { status: number | null; text: string } => {
    const { file, args } = starts(command);
    const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
    return { status, text: stdout + stderr };
  };
  const tries = ['/app/x', '/x', '/tmp/x', '/etc/mintproc/x', '/nodejs/bin/node'];
  const writes = `for (const path of ${JSON.stringify(tries)})
    try { fs.writeFileSync(path, ''); console.log(path) } catch ({ code }) { console.log(code) }`;
  assert.match(run(['node', '-e', writes]).text, /^(?:(?:EROFS|EACCES|ENOENT)\n){5}$/);
  for (const program of ['sh', 'env', 'npm', 'ls']) assert.equal(run([program, '--version']).status, 127);

  assert.equal(run(image.healthcheck).status, 1, 'it does not run yet');
  const child = served(starts([...image.entrypoint, ...image.cmd]));
  try {
    await child.said('The admin server is listening.');
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    assert.match(status, new RegExp(`^Uid:\t${user}\t${user}\t${user}\t${user}$`, 'm'));
    assert.match(status, /^CapEff:\t0+$/m);
    const healthy = run(image.healthcheck);
    assert.deepEqual([healthy.status, healthy.text], [0, `127.0.0.1:${admin}: ready\n`]);
    const client = new StreamClient(settings.listen);
    assert.equal((await tokenOf(client))?.claims.iss, 'image');
    client.close();
  } finally {
    child.stop();
  }
  assert.deepEqual(await child.ended, [0, null]);
  assert.equal(run(image.healthcheck).status, 1, 'it has stopped');
});

interface Served {
  readonly pid: number | undefined;
  readonly ended: Promise<unknown[]>;
  /** Waits for words in what it prints. @throws Error if it ends before */
  said(words: string): Promise<void>;
  stop(): void;
}

function served({ file, args }: { readonly file: string; readonly args: readonly string[] }): Served {
  const child: ChildProcess = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let out = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  return {
    pid: child.pid,
    ended,
    async said(words) {
      while (!out.includes(words)) {
        const [first] = await Promise.race([once(child.stdout ?? child, 'data'), ended]);
        if (typeof first !== 'string') throw new Error(`It has ended: ${out}`);
      }
    },
    stop: () => void child.kill('SIGTERM'),
  };
}
