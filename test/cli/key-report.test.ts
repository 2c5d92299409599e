/**
 * @module
 * The report of keys, with a clock that the test moves: the log, the metrics and `/readyz` when keys begin, take over
 * and retire.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyReport } from '../../src/cli/key-report.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { ec, good, load, one, start, three, two } from '../configuration/key-world.ts';

const date = (at: number): string => new Date(start + at).toISOString();

class Watched {
  readonly lines: string[] = [];
  readonly metrics = new Metrics({ version: '0', outcomes: [] });
  readonly readiness = new Readiness();
  now = start;
  readonly report = new KeyReport(
    {
      metrics: this.metrics,
      readiness: this.readiness,
      log: createLog('info', (line) => this.lines.push(line)),
    },
    () => this.now,
  );

  constructor() {
    this.readiness.ready();
  }

  load(snapshot: Snapshot, at = 0): void {
    this.now = start + at;
    finish(this.metrics.policiesLoaded([...snapshot.policies.keys()]));
    finish(this.report.loaded(snapshot));
  }

  at(at: number): void {
    this.now = start + at;
    finish(this.report.look());
  }

  /** The lines since the last call, in short. */
  told(): string[] {
    return this.lines.splice(0).map((line) => {
      const { message, level, policy, kid, replaces, since, until, at } = JSON.parse(line);
      const short = (time?: string): string => (time === undefined ? '' : String(Date.parse(time) - start));
      return [level, message.split(/[.;,]/)[0], policy, kid, replaces, short(since), short(until), short(at)].join(
        ' | ',
      );
    });
  }

  async series(name: string): Promise<string[]> {
    const text = await this.metrics.text();
    return text.split('\n').filter((line) => line.startsWith(`${name}{`));
  }
}

const versions = {
  k: {
    versions: [
      { file: 'a.pem', kid: 'a' },
      { file: 'b.pem', kid: 'b', activeFrom: date(50_000), retireAfter: date(90_000) },
      { file: 'c.pem', kid: 'c', activeFrom: date(80_000), retireAfter: date(100_000) },
    ],
  },
};
/** Key a retires too, so that none is left at last. */
const ending = { k: { versions: versions.k.versions.map((key) => ({ retireAfter: date(60_000), ...key })) } };
const files = { 'a.pem': one, 'b.pem': two, 'c.pem': three };

test('every switch is reported once, and the last retirement is an error', async () => {
  const watched = new Watched();
  watched.load(good({ ...files, keys: ending }));
  assert.deepEqual(watched.told(), [
    'info | A key signs | p | a |  |  | 50000 | ',
    'info | A new key is published | p | b |  |  |  | 50000',
    'info | The last key of a policy will retire | p |  |  |  |  | 100000',
  ]);
  assert.deepEqual(await watched.series('mintproc_signing_key_info'), [
    'mintproc_signing_key_info{policy="p",kid="a"} 1',
  ]);
  assert.deepEqual(watched.readiness.report.signingKeys, [
    { policy: 'p', kid: 'a', since: undefined, until: date(50_000) },
  ]);
  watched.at(49_999);
  assert.deepEqual(watched.told(), []);
  watched.at(50_000);
  assert.deepEqual(watched.told(), [
    'info | Another key signs now | p | b | a | 50000 | 80000 | ',
    'info | A new key is published | p | c |  |  |  | 80000',
  ]);
  watched.at(50_001);
  assert.deepEqual(watched.told(), []);
  watched.at(85_000);
  assert.deepEqual(watched.told(), ['info | Another key signs now | p | c | b | 80000 | 100000 | ']);
  assert.deepEqual(await watched.series('mintproc_signing_key_switch_timestamp_seconds'), [
    'mintproc_signing_key_switch_timestamp_seconds{policy="p"} 0',
  ]);
  assert.deepEqual(await watched.series('mintproc_signing_key_end_timestamp_seconds'), [
    `mintproc_signing_key_end_timestamp_seconds{policy="p"} ${(start + 100_000) / 1000}`,
  ]);
  watched.at(100_000);
  assert.deepEqual(watched.told(), ['error | No key of the policy is active | p | c |  | 100000 |  | ']);
  assert.deepEqual(await watched.series('mintproc_signing_key_info'), []);
  assert.deepEqual(watched.readiness.report.keysEnded, ['p']);
  assert.deepEqual([watched.readiness.phase, watched.readiness.report.signingKeys], ['no-key', undefined]);
  // A key that is brought makes it ready again.
  watched.load(good({ 'a.pem': ec() }, 101_000, good({ ...files, keys: ending })), 101_000);
  assert.equal(watched.readiness.phase, 'ready');
});

test('at startup after the last retirement, the line has the name of the last key', () => {
  const watched = new Watched();
  const { snapshot } = load({ ...files, keys: ending }, 200_000, undefined, { withoutKeys: 'all' });
  assert.ok(snapshot);
  watched.load(snapshot, 200_000);
  assert.deepEqual(watched.told(), ['error | No key of the policy is active | p | c |  | 100000 |  | ']);
});

test('where keys never retire, the end is +Inf', async () => {
  const watched = new Watched();
  watched.load(good({ 'a.pem': one }));
  assert.deepEqual(await watched.series('mintproc_signing_key_end_timestamp_seconds'), [
    'mintproc_signing_key_end_timestamp_seconds{policy="p"} +Inf',
  ]);
});

test('a key that a reload brings is reported with the time from which it signs', () => {
  const watched = new Watched();
  const first = good({ 'a.pem': one, keys: { k: { file: 'a.pem', kid: 'a' } } });
  watched.load(first);
  const second = good({ 'a.pem': two, keys: { k: { file: 'a.pem', kid: 'b' } } }, 1000, first);
  watched.told();
  watched.load(second, 1000);
  assert.deepEqual(watched.told(), ['info | A new key is published | p | b |  |  |  | 61000']);
  watched.load(second, 2000);
  assert.deepEqual(watched.told(), []);
  watched.at(61_000);
  assert.deepEqual(watched.told(), ['info | Another key signs now | p | b | a | 61000 |  | ']);
});

test('a key that a reload puts instead of a revoked one signs since the reload', () => {
  const watched = new Watched();
  const first = good({ 'a.pem': one, keys: { k: { file: 'a.pem', kid: 'a' } } });
  watched.load(first);
  watched.told();
  watched.load(good({ 'a.pem': two, keys: { k: { file: 'a.pem', kid: 'b', revoked: ['a'] } } }, 1000, first), 1000);
  assert.deepEqual(watched.told(), ['info | Another key signs now | p | b | a | 1000 |  | ']);
});

test('a clock that jumps forward, and one that is set back', () => {
  const watched = new Watched();
  watched.load(good({ ...files, keys: versions }));
  watched.told();
  watched.at(1e12);
  assert.deepEqual(watched.told(), ['info | Another key signs now | p | a | a |  |  | '].slice(1));
  watched.at(55_000);
  assert.match(watched.told().join('\n'), /Another key signs now \| p \| b \| a \| 50000/);
  watched.at(0);
  assert.match(watched.told().join('\n'), /Another key signs now \| p \| a \| b/);
});

test('however often the key changes, a policy has one series', async () => {
  const watched = new Watched();
  let snapshot = good({ 'a.pem': one });
  for (let turn = 0; turn < 40; turn++) {
    const at = turn * 1_000_000;
    snapshot = good({ 'a.pem': ec() }, at, snapshot);
    watched.load(snapshot, at);
    watched.at(at + 60_000);
    for (const name of ['info', 'end_timestamp_seconds', 'switch_timestamp_seconds']) {
      assert.equal((await watched.series(`mintproc_signing_key_${name}`)).length, 1);
    }
  }
  watched.load(
    good(
      { 'a.pem': one, entries: [{ name: 'q', file: 'p.yaml', key: 'k' }], routes: [{ match: {}, policies: ['q'] }] },
      0,
    ),
    0,
  );
  assert.deepEqual(
    (await watched.series('mintproc_signing_key_info')).map((line) => line.slice(0, 38)),
    ['mintproc_signing_key_info{policy="q",k'],
  );
});

const entries = (count: number, key: (index: number) => string): object[] =>
  Array.from({ length: count }, (_, index) => ({ name: `p${index || ''}`, file: 'p.yaml', key: key(index) }));

test('policies that share a key share its line; /readyz names a hundred of them', () => {
  const watched = new Watched();
  watched.load(good({ 'a.pem': one, entries: entries(150, () => 'k'), keys: { k: { file: 'a.pem', kid: 'a' } } }));
  const [line = '', second] = watched.lines;
  const { policy, policies } = JSON.parse(line);
  assert.deepEqual([second, policies], [undefined, 150]);
  assert.equal(policy, 'p, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 140 more');
  const { signingKeys = [], signingKeysMore } = watched.readiness.report;
  assert.deepEqual([signingKeys.length, signingKeysMore], [100, 50]);
});

test('many keys fill neither the log nor /readyz', () => {
  const watched = new Watched();
  const keys = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`k${i}`, { file: `${i}.pem`, kid: `kid${i}` }]),
  );
  const pems = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.pem`, ec()]));
  watched.load(good({ ...pems, entries: entries(30, (i) => `k${i}`), keys }));
  assert.equal(watched.lines.length, 21);
  assert.equal(JSON.parse(watched.lines[20] ?? '{}').suppressed, 10);
});

test('one policy without a key keeps no other from being ready', () => {
  const watched = new Watched();
  const keys = { k: { file: 'a.pem', kid: 'a', retireAfter: date(1000) }, l: { file: 'b.pem', kid: 'b' } };
  const both = [
    { name: 'p', file: 'p.yaml', key: 'k' },
    { name: 'q', file: 'p.yaml', key: 'l' },
  ];
  watched.load(good({ ...files, entries: both, keys }));
  watched.at(1000);
  assert.deepEqual([watched.readiness.phase, watched.readiness.report.keysEnded], ['ready', ['p']]);
});

test('a policy that a reload takes away is named no more, though its key stays published', () => {
  const both = [
    { name: 'p', file: 'p.yaml', key: 'k' },
    { name: 'q', file: 'p.yaml', key: 'l' },
  ];
  const taken: [name: string, retireAfter: string | undefined][] = [
    ['with a key that signs', undefined],
    ['with a key that has retired', date(1000)],
  ];
  for (const [name, retireAfter] of taken) {
    const watched = new Watched();
    const l = { file: 'b.pem', kid: 'b' };
    const keys = { k: { file: 'a.pem', kid: 'a', ...(retireAfter !== undefined && { retireAfter }) }, l };
    const first = good({ ...files, entries: both, keys });
    watched.load(first);
    watched.at(2000);
    const left = { entries: both.slice(1), routes: [{ match: {}, policies: ['q'] }], keys: { l } };
    const second = good({ ...files, ...left }, 2000, first);
    assert.ok(second.keys.rings.has('p'), name);
    watched.load(second, 2000);
    const { signingKeys, keysEnded } = watched.readiness.report;
    assert.deepEqual([signingKeys?.map(({ policy }) => policy), keysEnded], [['q'], undefined], name);
  }
});

test('an end that is further than a timer reaches wakes nobody', async () => {
  const watched = new Watched();
  const warnings: string[] = [];
  const note = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', note);
  const keys = { k: { file: 'a.pem', kid: 'a', retireAfter: date(1e11) } };
  watched.load(good({ 'a.pem': one, keys }));
  watched.report.follow()();
  await new Promise(setImmediate);
  process.off('warning', note);
  assert.deepEqual(warnings, []);
});

test('a switch is reported by itself, at its time', async () => {
  const watched = new Watched();
  const begun = performance.now();
  const keys = {
    k: {
      versions: [
        { file: 'a.pem', kid: 'a' },
        { file: 'b.pem', kid: 'b', activeFrom: date(200) },
      ],
    },
  };
  watched.load(good({ ...files, keys }));
  const { promise, resolve } = Promise.withResolvers<void>();
  Object.defineProperty(watched, 'now', { get: () => start + Math.floor(performance.now() - begun) });
  const push = watched.lines.push.bind(watched.lines);
  watched.lines.push = (...lines) => {
    resolve();
    return push(...lines);
  };
  watched.told();
  const end = watched.report.follow();
  // The timer keeps no process from its end.
  const awake = setInterval(() => undefined, 1000);
  await promise;
  clearInterval(awake);
  end();
  assert.deepEqual(watched.told(), ['info | Another key signs now | p | b | a | 200 |  | ']);
  assert.ok(performance.now() - begun >= 200);
});
