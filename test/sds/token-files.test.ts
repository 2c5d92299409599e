/**
 * @module
 * The files of a whole configuration, as one configuration follows another, and what is reported of them.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { decodeJwt } from 'jose';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { secretDocument } from '../../src/sds/secret-document.ts';
import { TokenFiles } from '../../src/sds/token-files.ts';
import { TokenReport } from '../../src/sds/token-report.ts';
import { memoryFiles, secret } from '../configuration/memory-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-tokens-'));
after(() => rmSync(folder, { recursive: true }));

interface Entry {
  readonly name: string;
  /** Below the folder; undefined for no file. */
  readonly file: string | undefined;
  readonly onStop?: 'clear' | 'keep';
}

function snapshotOf(...entries: readonly Entry[]): Snapshot {
  const policies = entries.map(({ name, file, onStop = 'clear' }) => ({
    name,
    file: `${name}.yaml`,
    key: { text: secret },
    ...(file === undefined ? {} : { sds: { file: join(folder, file), onStop } }),
  }));
  const routes = entries.map(({ name }) => ({ match: { routeName: name }, policies: [name] }));
  const config = { signingMethod: 'HS256', exp: 60 };
  const policyFiles = entries.map(({ name }) => [
    `${name}.yaml`,
    JSON.stringify([
      {
        policyRef: { name: 'jwt-generation-flex' },
        config: { ...config, customClaims: [{ name: 'sub', value: name }] },
      },
    ]),
  ]);
  const files = memoryFiles({
    ...Object.fromEntries(policyFiles),
    'mintproc.yaml': JSON.stringify({ policies, routes }),
  });
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files });
  assert.ok(snapshot !== undefined, problems.map(({ message }) => message).join());
  return snapshot;
}

/** What the file has: the subject of its token, or an empty string. */
function subjectIn(file: string): string {
  const { resources } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const [{ name, generic_secret }] = resources;
  assert.equal(`${name}.json`, file);
  const value: string = generic_secret.secret.inline_string;
  return value === '' ? '' : `${decodeJwt(value.replace('Bearer ', '')).sub}`;
}

class Reported {
  readonly lines: string[] = [];
  /** Milliseconds that the clock is ahead. */
  ahead = 0;
  readonly metrics = new Metrics({ version: '1', outcomes: ['forward'] });
  readonly readiness = new Readiness();
  readonly files = new TokenFiles({
    witness: new TokenReport({
      log: createLog('debug', (line) => this.lines.push(line)),
      metrics: this.metrics,
      readiness: this.readiness,
    }),
    now: () => Date.now() + this.ahead,
  });

  get messages(): readonly string[] {
    return this.lines.map((line) => {
      const { policy, message } = JSON.parse(line);
      return `${policy}: ${message}`;
    });
  }

  async figures(): Promise<readonly string[]> {
    const text = await this.metrics.text();
    return Array.from(
      text.matchAll(/^mintproc_sds_(?:writes|failures)_total\{(.*)\} ([1-9]\d*)$/gm),
      ([, labels, count]) => `${labels} ${count}`.replaceAll('"', ''),
    );
  }
}

test('each file has the token of its policy, and follows one configuration after the other', async () => {
  const { files } = new Reported();
  await files.adopt(snapshotOf({ name: 'a', file: 'a.json' }, { name: 'b', file: 'b.json' }));
  assert.deepEqual(['a.json', 'b.json'].map(subjectIn), ['a', 'b']);
  await files.adopt(snapshotOf({ name: 'b', file: 'b.json' }, { name: 'c', file: 'c.json' }));
  assert.deepEqual(['a.json', 'b.json', 'c.json'].map(subjectIn), ['', 'b', 'c']);
  // The file of one policy becomes that of another.
  await files.adopt(snapshotOf({ name: 'c', file: 'b.json' }, { name: 'b', file: undefined }));
  assert.deepEqual(['a.json', 'b.json', 'c.json'].map(subjectIn), ['', 'c', '']);
  await files.close();
});

test('at the end, each file has what its entry says', async () => {
  const { files } = new Reported();
  await files.adopt(snapshotOf({ name: 'd', file: 'd.json' }, { name: 'e', file: 'e.json', onStop: 'keep' }));
  await files.close();
  assert.deepEqual(['d.json', 'e.json'].map(subjectIn), ['', 'e']);
});

test('what has not begun when the process ends is not written', async () => {
  const { files } = new Reported();
  const adopting = files.adopt(snapshotOf({ name: 'h', file: 'h.json' }, { name: 'i', file: 'i.json' }));
  await files.close();
  await adopting;
  assert.equal(subjectIn('h.json'), '');
  assert.equal(existsSync(join(folder, 'i.json')), false);
});

test('what is reported has no token, and a failure once', async () => {
  const reported = new Reported();
  const { files, readiness } = reported;
  await files.adopt(snapshotOf({ name: 'f', file: 'f.json' }, { name: 'g', file: 'missing/g.json' }));
  await files.adopt(snapshotOf({ name: 'g', file: 'missing/g.json' }));
  await files.close();
  assert.deepEqual(reported.messages, [
    'f: The token file has a token.',
    'g: A token file could not be written.',
    'f: The token was taken out of a file that no policy has any more.',
  ]);
  assert.match(reported.lines[1] ?? '', /"code":"sds\.unwritten".*ENOENT.*Create the folder/);
  assert.match(JSON.parse(reported.lines[1] ?? '').place, /^mintproc\.yaml:1:\d+$/);
  assert.deepEqual(Object.keys(readiness.report.tokenFiles ?? {}), ['g']);
  assert.equal(reported.lines.filter((line) => line.includes('eyJ')).length, 0);
  const figures = await reported.figures();
  assert.ok(figures.every((line) => line.startsWith('policy=g,step=write ')));
  assert.equal(figures.length, 1);
});

const nothing = { series: [], reasons: [] };

/** A configuration, and the policies that have series and reasons when it is in force. */
const followed: readonly [name: string, before: readonly Entry[], after: readonly Entry[], told: object][] = [
  [
    'a policy whose file another one takes',
    [{ name: 'h', file: 'missing/h.json' }],
    [{ name: 'i', file: 'missing/h.json' }],
    { series: ['i'], reasons: ['i'] },
  ],
  [
    'a policy that takes the file of another one',
    [
      { name: 'j', file: 'j.json' },
      { name: 'k', file: 'k.json' },
    ],
    [
      { name: 'k', file: 'j.json' },
      { name: 'j', file: undefined },
    ],
    { series: ['k'], reasons: [] },
  ],
  [
    'a policy with another file that cannot be written',
    [
      { name: 'l', file: 'missing/l.json' },
      { name: 'm', file: 'm.json' },
    ],
    [{ name: 'm', file: 'missing/l.json' }],
    { series: ['m'], reasons: ['m'] },
  ],
  ['a policy without a file since', [{ name: 'n', file: 'n.json' }], [{ name: 'n', file: undefined }], nothing],
];

for (const [name, before, after_, told] of followed) {
  test(`exactly the policies that have files are reported: ${name}`, async () => {
    const { files, metrics, readiness } = new Reported();
    await files.adopt(snapshotOf(...before));
    await files.adopt(snapshotOf(...after_));
    const text = await metrics.text();
    const series = text.matchAll(/^mintproc_sds_token_timestamp_seconds\{policy="(.*)"\}/gm);
    assert.deepEqual(
      { series: Array.from(series, ([, policy]) => policy), reasons: Object.keys(readiness.report.tokenFiles ?? {}) },
      told,
    );
    await files.close();
  });
}

test('files are looked at every five seconds, 20 at a time', async () => {
  const reported = new Reported();
  const { files } = reported;
  const many = Array.from({ length: 21 }, (_, i) => ({ name: `q${i}`, file: `q${i}.json` }));
  const snapshot = snapshotOf(...many);
  await files.adopt(snapshot);
  const disturbed = (): number => many.filter(({ file }) => subjectIn(file) === '').length;
  for (const { file } of many) writeFileSync(join(folder, file), secretDocument(file.replace('.json', ''), ''));
  const left: number[] = [];
  for (const ahead of [0, 5_000, 10_000]) {
    reported.ahead = ahead;
    await files.adopt(snapshot);
    left.push(disturbed());
  }
  await files.close();
  assert.deepEqual(left, [21, 1, 0]);
  const warnings = reported.lines.filter((line) => line.includes('"sds.changed-file"'));
  assert.equal(warnings.length, 21);
  assert.match(warnings[0] ?? '', /"level":"warn".*"policy":"q\d+".*"place":"mintproc\.yaml:1:\d+"/);
  const counted = (await reported.metrics.text()).match(/^mintproc_sds_foreign_writes_total\{policy="q\d+"\} 1$/gm);
  assert.equal(counted?.length, 21);
});
