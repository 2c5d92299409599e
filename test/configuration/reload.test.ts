import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { FileReader } from '../../src/configuration/files.ts';
import { maxStarts, needsRestart, Reloader, type ReloadOptions } from '../../src/configuration/reload/reload.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { readSource } from '../../src/keys/sources/index.ts';
import { type Archive, makeArchives } from '../e2e/harness/pkcs12-archives.ts';
import { keyRequest, memoryAccess } from '../keys/sources/memory-access.ts';
import { checkerHere } from './checker-here.ts';
import { pem } from './key-world.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles, startsOnly } from './memory-files.ts';

const archives = await makeArchives();

/** A certificate and its key, from a PKCS#12 file of the tests. */
function archived(archive: Archive): Record<string, string> {
  const request = keyRequest(memoryAccess({ k: archive }), { form: { password: 'secret' } });
  const [held] = finish(readSource({ scheme: 'pkcs12', path: 'k' }, request)).keys;
  assert.ok(held?.certificates[0]);
  return { 'tls.crt': new X509Certificate(held.certificates[0]).toString(), 'tls.key': pem(held.key) };
}

const base = 'policies: [{ name: a, file: a.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n';

function snapshot(more: string, files: Readonly<Record<string, string>> = {}): Snapshot {
  const all = memoryFiles({ 'a.yaml': flexPolicy({ iss: 'a' }), 'conf.yaml': base + more, ...files });
  const loaded = loadConfiguration('conf.yaml', { files: all });
  assert.ok(loaded.snapshot, loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.snapshot;
}

/** A reloader whose first configuration is in force. */
async function started(files: FileReader, checker: ReloadOptions['checker']): Promise<Reloader> {
  const asyncFiles = {
    read: async (path: string) => files.read(path),
    list: async (path: string) => files.list(path),
    reach: () => assert.fail(),
  };
  const reloader = new Reloader('conf.yaml', { files, asyncFiles, checker });
  const first = await reloader.start();
  assert.equal(first.kind, 'loaded');
  reloader.adopt(first.snapshot);
  return reloader;
}

const changes: readonly [before: string, after: string, named: readonly string[]][] = [
  ['', '', []],
  ['', 'drain: { delay: 5s }', []],
  ['', 'publishVariables: true', []],
  ['', 'listen: 127.0.0.1:1', ['listen']],
  ['', 'admin: 127.0.0.1:1', ['admin']],
  ['', 'limits: { headerCount: 7 }', ['limits']],
  ['', 'log: { level: debug }', ['log.level']],
  ['', 'reload: { poll: 1m }', ['reload']],
  ['', 'workers: 2', ['workers']],
  ['', 'jwks: { listen: "127.0.0.1:1" }', ['jwks.listen']],
  ['jwks: { listen: "127.0.0.1:1" }', 'jwks: { listen: "127.0.0.1:1", maxAge: 1m }', []],
];

for (const [before, after, named] of changes) {
  test(`needs a restart: ${before || 'nothing'} to ${after || 'nothing'}`, () => {
    assert.deepEqual(needsRestart(snapshot(before), snapshot(after)), named);
  });
}

test('TLS that is added or taken away needs a restart, and a renewed pair does not', () => {
  const tls = 'tls: { certificate: tls.crt, key: tls.key }';
  const [old, renewed] = [archived(archives.aes), archived(archives.rsa)];
  assert.deepEqual(needsRestart(snapshot(tls, old), snapshot(tls, renewed)), []);
  assert.deepEqual(needsRestart(snapshot(''), snapshot(tls, old)), ['tls']);
  assert.deepEqual(needsRestart(snapshot(tls, old), snapshot('')), ['tls']);
});

for (const [name, changes, expected] of [
  ['are read again', maxStarts - 1, 'loaded'],
  ['each time are not put together', maxStarts, 'unsettled'],
] as const) {
  test(`files that change while they are read ${name}`, async () => {
    let reads = 0;
    // Each start reads the policy once, and once more to see whether it has changed.
    const policy = (): string => flexPolicy({ iss: String(Math.min(reads++, 2 * changes)) });
    const files: FileReader = {
      read: (path) => ({ kind: 'bytes', bytes: Buffer.from(path === 'conf.yaml' ? base : policy()) }),
      list: () => ({ kind: 'failed', reason: 'does not exist' }),
    };
    const { kind } = await new Reloader('conf.yaml', { ...startsOnly, files }).start();
    assert.equal(kind, expected);
    assert.equal(reads, 2 * maxStarts);
  });
}

test('a new key signs no sooner than it was published for the time that was asked, however long a check takes', async () => {
  const texts: Record<string, string> = {
    'conf.yaml': `${base.replace('a.yaml', 'a.yaml, key: k')}keys: { k: { file: k.pem } }\njwks: { listen: "127.0.0.1:1", publishAhead: 1h }\n`,
    'a.yaml': flexPolicy({ iss: 'a' }, '').replace('HS256', 'EdDSA'),
    'k.pem': pem(generateKeyPairSync('ed25519').privateKey),
  };
  const files: FileReader = { read: (path) => memoryFiles(texts).read(path), list: () => assert.fail() };
  const here = checkerHere(files);
  const checker: ReloadOptions['checker'] = {
    async check(question) {
      await new Promise((next) => setTimeout(next, 60));
      return here.check(question);
    },
    close: () => here.close(),
  };
  const reloader = new Reloader('conf.yaml', { ...startsOnly, files, checker });
  const first = await reloader.start();
  assert.equal(first.kind, 'loaded');
  reloader.adopt(first.snapshot);
  texts['k.pem'] = pem(generateKeyPairSync('ed25519').privateKey);
  const second = await reloader.attempt();
  const announced = Date.now();
  assert.equal(second.kind, 'loaded');
  const from = second.snapshot.keys.rings.get('a')?.map(({ activeFrom }) => activeFrom) ?? [];
  assert.equal(from.length, 2);
  assert.ok(Math.max(...from) >= announced + 3_600_000, `${Math.max(...from) - announced - 3_600_000} ms too soon`);
});

const policies = { 'conf.yaml': base, 'a.yaml': flexPolicy({ iss: 'a' }) };

test('a start with a configuration that is wrong is refused, with its problems and its TLS part', async () => {
  const files = memoryFiles({ ...policies, 'a.yaml': '{' });
  const result = await new Reloader('conf.yaml', { ...startsOnly, files }).start();
  assert.ok(result.kind === 'refused');
  assert.deepEqual([result.problems.map(({ code }) => code), result.tls?.kind], [['policy.unknown-dialect'], 'plain']);
});

test('files that change while they are checked are not put together', async () => {
  const files = memoryFiles(policies);
  let reads = 0;
  const changing: FileReader = {
    ...files,
    read: (path) => ({
      kind: 'bytes',
      bytes: Buffer.from(path === 'conf.yaml' ? base : flexPolicy({ iss: `${++reads}` })),
    }),
  };
  const reloader = await started(files, checkerHere(changing));
  assert.deepEqual(await reloader.attempt(), { kind: 'unsettled' });
});

test('what is wrong only when it is compiled is refused too', async () => {
  const here = checkerHere(memoryFiles({ ...policies, 'a.yaml': '{' }));
  const checker: ReloadOptions['checker'] = {
    check: async (question) => ({ ...(await here.check(question)), end: 'loaded' }),
    close: () => here.close(),
  };
  const result = await (await started(memoryFiles(policies), checker)).attempt();
  assert.ok(result.kind === 'refused');
  assert.deepEqual([result.problems.map(({ code }) => code), result.tls?.kind], [['policy.unknown-dialect'], 'plain']);
});

for (const [code, isRepeated] of [
  ['signer.unreachable', true],
  ['signer.denied', false],
] as const) {
  test(`a reload that ends with ${code} is ${isRepeated ? '' : 'not '}tried again without a change`, async (t) => {
    const files = memoryFiles({ 'conf.yaml': base, 'a.yaml': flexPolicy({ iss: 'a' }) });
    const here = checkerHere(files);
    let checks = 0;
    const place = { file: 'conf.yaml', line: 1, column: 1 };
    const checker: ReloadOptions['checker'] = {
      async check(question) {
        const checked = await here.check(question);
        const problem = { code, severity: 'error', message: 'Vault did not sign.', place } as const;
        return checks++ > 0 ? checked : { ...checked, end: 'refused', problems: [problem] };
      },
      close: () => here.close(),
    };
    const reloader = await started(files, checker);
    const began = performance.now();
    assert.equal((await reloader.attempt()).kind, 'refused');
    let passed = 29_999;
    t.mock.method(performance, 'now', () => began + passed);
    assert.equal(await reloader.hasChanged(), false);
    passed = 60_000;
    assert.equal(await reloader.hasChanged(), isRepeated);
    assert.equal((await reloader.attempt()).kind, 'loaded');
    assert.equal(await reloader.hasChanged(), false);
  });
}

const unfinished: readonly [end: 'broken' | 'unstarted', milliseconds: number][] = [
  ['broken', 60_000],
  ['unstarted', 5_000],
];

for (const [end, milliseconds] of unfinished) {
  test(`a check that is ${end} is repeated after ${milliseconds / 1000} s, and not before`, async (t) => {
    const files = memoryFiles({ 'conf.yaml': base, 'a.yaml': flexPolicy({ iss: 'a' }) });
    const here = checkerHere(files);
    const checker: ReloadOptions['checker'] = {
      check: async (question) => ({ ...(await here.check(question)), end }),
      close: () => here.close(),
    };
    const reloader = await started(files, checker);
    const began = performance.now();
    t.mock.method(performance, 'now', () => began);
    assert.equal((await reloader.attempt()).kind, 'refused');
    reloader.repeat();
    t.mock.method(performance, 'now', () => began + milliseconds - 1);
    assert.equal(await reloader.hasChanged(), false);
    t.mock.method(performance, 'now', () => began + milliseconds);
    assert.equal(await reloader.hasChanged(), true);
  });
}
