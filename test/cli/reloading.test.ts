/**
 * @module
 * Reloading with real files, links and notifications.
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Checker } from '../../src/configuration/reload/checker.ts';
import type { ReloadOptions } from '../../src/configuration/reload/reload.ts';
import { flexPolicy } from '../configuration/memory-files.ts';
import { publishVolume } from '../configuration/mounted-volume.ts';
import { configuration, pem, plain, startWorld, type World, withKey } from './reload-world.ts';

test('jimmidyson/configmap-reload#190: the atomic symlink swap of a mounted volume is seen', async () => {
  await using world = await startWorld((folder) => {
    publishVolume(folder, { 'mintproc.yaml': configuration(), 'policy.yaml': flexPolicy({ iss: 'one' }) });
    return join(folder, 'mintproc.yaml');
  });
  assert.equal(world.issuer(), 'one');
  for (const issuer of ['two', 'three', 'four']) {
    publishVolume(world.folder, { 'mintproc.yaml': configuration(), 'policy.yaml': flexPolicy({ iss: issuer }) });
    await world.until(() => world.issuer() === issuer);
  }
  assert.equal(world.inForce.current.snapshot.version, 4);
  assert.deepEqual(world.readiness.report.lastReload, 'success');
});

/** An included file with a policy of its own. */
const team = (name: string): string =>
  `policies: [{ name: ${name}, file: policy.yaml }]\nroutes: [{ match: { host: ${name}.com }, policies: [${name}] }]\n`;

test('included files of a mounted volume appear, are removed, and change nothing while one is broken', async () => {
  const files = {
    'mintproc.yaml': `include: ['team-*.yaml']\n${configuration()}`,
    'policy.yaml': flexPolicy({ iss: 'one' }),
    'team-b.yaml': team('b'),
  };
  await using world = await startWorld((folder) => {
    publishVolume(folder, files);
    return join(folder, 'mintproc.yaml');
  });
  const policies = (): string => [...world.inForce.current.snapshot.policies.keys()].join();
  assert.equal(policies(), 'a,b');
  publishVolume(world.folder, { ...files, 'team-c.yaml': team('c') });
  await world.until(() => policies() === 'a,b,c');
  publishVolume(world.folder, { ...files, 'team-c.yaml': 'policies: [' });
  await world.until(() => world.readiness.report.lastReload === 'failure');
  assert.equal(policies(), 'a,b,c');
  assert.match(world.readiness.report.lastReloadError ?? '', /team-c\.yaml:1:11: .* \[config\.syntax\]/);
  const { 'team-b.yaml': _, ...rest } = files;
  publishVolume(world.folder, { ...rest, 'team-c.yaml': team('c') });
  await world.until(() => policies() === 'a,c');
  assert.equal(world.readiness.report.lastReload, 'success');
});

const writers: readonly [name: string, write: (path: string, content: string) => void][] = [
  ['written over', (path, content) => writeFileSync(path, content)],
  [
    'renamed into place',
    (path, content) => {
      writeFileSync(`${path}.draft`, content);
      renameSync(`${path}.draft`, path);
    },
  ],
  [
    'removed and made again',
    (path, content) => {
      rmSync(path);
      writeFileSync(path, content);
    },
  ],
];

for (const [name, write] of writers) {
  test(`a policy that is ${name} is loaded`, async () => {
    await using world = await startWorld(plain);
    write(join(world.folder, 'policy.yaml'), flexPolicy({ iss: 'two' }));
    await world.until(() => world.issuer() === 'two');
  });
}

test('heimdall, half-written file: changes nothing, is reported, and is loaded once it is whole', async () => {
  await using world = await startWorld(plain);
  const whole = flexPolicy({ iss: 'two' });
  writeFileSync(join(world.folder, 'policy.yaml'), whole.slice(0, whole.length / 2));
  await world.until(() => world.readiness.report.lastReload === 'failure');
  assert.equal(world.issuer(), 'one');
  assert.match(world.readiness.report.lastReloadError ?? '', /policy\.yaml:\d+:\d+: .* \[policy\./);
  assert.ok(world.lines.some((line) => line.includes('the last good one stays in force')));
  assert.match(await world.metrics.text(), /mintproc_config_reload_total\{result="failure"\} [1-9]/);
  writeFileSync(join(world.folder, 'policy.yaml'), whole);
  await world.until(() => world.issuer() === 'two');
  assert.equal(world.readiness.report.lastReload, 'success');
  assert.equal(world.readiness.report.lastReloadError, undefined);
});

test('a file that disappears changes nothing', async () => {
  await using world = await startWorld(plain);
  rmSync(join(world.folder, 'policy.yaml'));
  await world.until(() => world.readiness.report.lastReload === 'failure');
  assert.equal(world.issuer(), 'one');
});

test('SIGHUP loads without any change, and where nothing is watched', async () => {
  await using world = await startWorld((folder) => {
    const file = plain(folder);
    writeFileSync(file, configuration(', watch: false'));
    return file;
  });
  world.hangUp();
  await world.until(() => world.inForce.current.snapshot.version === 2);
  writeFileSync(join(world.folder, 'policy.yaml'), flexPolicy({ iss: 'two' }));
  world.hangUp();
  await world.until(() => world.issuer() === 'two');
});

class MistakeOfOurs extends TypeError {
  override readonly name = 'MistakeOfOurs';
  readonly code = 'E_MISTAKE';
}

for (const [name, begin] of [
  ['asked for by SIGHUP', ({ hangUp }: World) => hangUp()],
  ['of a changed file', ({ folder }: World) => writeFileSync(join(folder, 'policy.yaml'), flexPolicy({ iss: 'two' }))],
] as const) {
  test(`an unexpected error in a reload ${name} leaves the last good one in force, and is reported once`, async () => {
    let isBroken = false;
    const wrapSign: ReloadOptions['wrapSign'] = (_, sign) => {
      if (isBroken) throw new MistakeOfOurs('found s3cr3t');
      return sign;
    };
    await using world = await startWorld(plain, { wrapSign });
    isBroken = true;
    begin(world);
    await world.until(() => world.readiness.report.lastReload === 'failure');
    assert.equal(world.issuer(), 'one');
    const told = world.lines.filter((line) => line.includes('"level":"error"'));
    assert.deepEqual(
      told.map((line) => [JSON.parse(line).error, JSON.parse(line).systemCode]),
      [['MistakeOfOurs', 'E_MISTAKE']],
    );
    assert.match(await world.metrics.text(), /mintproc_config_reload_total\{result="failure"\} 1\n/);
    assert.doesNotMatch(`${told}${world.readiness.report.lastReloadError}`, /s3cr3t/);
    isBroken = false;
    writeFileSync(join(world.folder, 'policy.yaml'), flexPolicy({ iss: 'three' }));
    await world.until(() => world.issuer() === 'three');
  });
}

test('a changed address is reported to need a restart', async () => {
  await using world = await startWorld(plain);
  writeFileSync(join(world.folder, 'mintproc.yaml'), `listen: 127.0.0.1:1\n${configuration()}`);
  await world.until(() =>
    world.lines.some((line) => line.includes('only after a restart') && line.includes('`listen`')),
  );
});

for (const [name, key, file] of [
  ['is replaced in its file', '{ file: keys/a.pem }', 'a.pem'],
  ['appears in a mounted folder', '{ directory: keys }', 'b.pem'],
] as const) {
  test(`a new key that ${name} is published before it signs, as the log and the metrics say`, async () => {
    await using world = await startWorld(withKey(key));
    const [old] = world.published();
    writeFileSync(join(world.folder, 'keys', file), pem(), { mode: 0o600 });
    await world.until(() => world.published().length === 2);
    assert.equal(world.published()[0], old);
    // Verifiers learn of the key before its configuration is in force, and the log after it.
    const announced = (): string | undefined => world.lines.find((text) => text.includes('A new key is published'));
    await world.until(() => announced() !== undefined);
    assert.equal(JSON.parse(announced() ?? '{}').kid, world.published()[1]);
    const text = await world.metrics.text();
    assert.match(text, /mintproc_signing_keys\{policy="a"\} 2/);
    assert.match(text, /mintproc_signing_key_switch_timestamp_seconds\{policy="a"\} 1[\d.]{9,}/);
  });
}

test('a same-kid swap is refused: the same name with new material', async () => {
  await using world = await startWorld(withKey('{ file: keys/a.pem, kid: k-1 }'));
  writeFileSync(join(world.folder, 'keys', 'a.pem'), pem(), { mode: 0o600 });
  await world.until(() => world.readiness.report.lastReload === 'failure');
  assert.match(world.readiness.report.lastReloadError ?? '', /keys\.same-kid/);
  assert.deepEqual(world.published(), ['k-1']);
});

test('heimdall, half-written key: a key that ends in the middle is reported to be half written', async () => {
  await using world = await startWorld(withKey('{ file: keys/a.pem }'));
  writeFileSync(join(world.folder, 'keys', 'a.pem'), pem().slice(0, 60), { mode: 0o600 });
  await world.until(() => world.readiness.report.lastReload === 'failure');
  assert.match(world.readiness.report.lastReloadError ?? '', /keys\.cut-off/);
});

test('a key file that is opened to all stays in force, with a warning', async () => {
  await using world = await startWorld(withKey('{ file: keys/a.pem }'));
  rmSync(join(world.folder, 'keys', 'a.pem'));
  writeFileSync(join(world.folder, 'keys', 'a.pem'), pem(), { mode: 0o644 });
  await world.until(() => world.lines.some((line) => line.includes('keys.readable-by-all')));
});

test('a check that is under way when the process stops ends with it, and is no refusal', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-idle-'));
  after(() => rmSync(folder, { recursive: true }));
  const idle = join(folder, 'idle.mjs');
  writeFileSync(idle, `process.on('message', () => process.send({ kind: 'reading', path: 'x' }));`);
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const start = () => fork(idle, { serialization: 'advanced' }).once('message', () => ask());
  const world = await startWorld(plain, { checker: new Checker({ start }) });
  world.hangUp();
  await asked;
  await world[Symbol.asyncDispose]();
  assert.equal(world.readiness.report.lastReload, 'success');
  assert.ok(!world.lines.some((line) => line.includes('refused')));
});
