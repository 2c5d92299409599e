/**
 * @module
 * What is said of token files: each state and each reason once, until there is another, and the figures of the last one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import type { Kept } from '../../src/sds/token-file.ts';
import { TokenReport } from '../../src/sds/token-report.ts';
import { NumberedSource } from './files.ts';

const made = Date.UTC(2026, 0, 1);

const token: Kept = { kind: 'token', made, expires: made + 300_000, next: made + 200_000 };
const empty: Kept = { kind: 'empty', next: made + 1_000 };
const gone: Kept = { kind: 'gone', next: Number.POSITIVE_INFINITY };

class Reported {
  readonly lines: string[] = [];
  readonly metrics = new Metrics({ version: '1', outcomes: ['forward'] });
  readonly readiness = new Readiness();
  readonly report = new TokenReport({
    log: createLog('debug', (line) => {
      const { level, message } = JSON.parse(line);
      this.lines.push(`${level}: ${message}`);
    }),
    metrics: this.metrics,
    readiness: this.readiness,
  });

  written(...all: readonly Kept[]): void {
    for (const kept of all) this.report.written('p', kept);
  }

  failed(...reasons: readonly string[]): void {
    for (const reason of reasons) this.report.failed('p', 'mint', new MintError('signer.unreachable', reason));
  }

  /** Without zeros of counters. */
  async figures(): Promise<readonly string[]> {
    const text = await this.metrics.text();
    const lines = text.matchAll(/^mintproc_sds_(\w+)\{(.*)\} (\S+)$/gm);
    return Array.from(lines, ([, name, labels, value]) => `${name} ${labels} ${value}`.replaceAll('"', '')).filter(
      (line) => !/_total .* 0$/.test(line),
    );
  }
}

test('each state is said when it begins', () => {
  const reported = new Reported();
  reported.written(token, token, empty, token, gone, token);
  assert.deepEqual(reported.lines, [
    'info: The token file has a token.',
    'debug: The token file has a new token.',
    'warn: The token file has no token now: Envoy refuses the requests of its route.',
    'info: The token file has a token.',
    'info: The token was taken out of a file that no policy has any more.',
    'info: The token file has a token.',
  ]);
});

test('a reason is said once, and again after a token or another reason', () => {
  const reported = new Reported();
  reported.failed('one', 'one');
  reported.written(empty);
  reported.failed('one', 'two', 'one');
  reported.written(token);
  reported.failed('one');
  assert.equal(reported.lines.filter((line) => line === 'error: The token of a file could not be made.').length, 4);
});

test('readiness has the reason until there is a token, not until the file is empty', () => {
  const reported = new Reported();
  reported.failed('one');
  reported.written(empty);
  assert.deepEqual(reported.readiness.report.tokenFiles, { p: 'one' });
  reported.written(token);
  assert.equal(reported.readiness.report.tokenFiles, undefined);
  reported.report.defect('p', new Error('any'));
  assert.deepEqual(reported.readiness.report.tokenFiles, { p: 'An unexpected error; see the log.' });
});

for (const [policies, listed] of [
  [100, 100],
  [101, 100],
] as const) {
  test(`readiness lists ${listed} of ${policies} policies`, () => {
    const { report, readiness } = new Reported();
    for (let i = 0; i < policies; i++) report.defect(`p${i}`, new Error('any'));
    assert.equal(Object.keys(readiness.report.tokenFiles ?? {}).length, listed);
  });
}

test('the figures are in seconds, and those of a policy without a file are gone', async () => {
  const reported = new Reported();
  reported.report.follows([Object.assign(new NumberedSource(), { policy: 'p' })]);
  assert.deepEqual(await reported.figures(), [
    'token_timestamp_seconds policy=p 0',
    'token_end_timestamp_seconds policy=p 0',
    'next_timestamp_seconds policy=p 0',
  ]);
  reported.failed('one');
  reported.report.defect('p', new Error('any'));
  reported.written(token);
  const seconds = made / 1000;
  assert.deepEqual(await reported.figures(), [
    `token_timestamp_seconds policy=p ${seconds}`,
    `token_end_timestamp_seconds policy=p ${seconds + 300}`,
    `next_timestamp_seconds policy=p ${seconds + 200}`,
    'writes_total policy=p,kind=token 1',
    'failures_total policy=p,step=mint 2',
  ]);
  reported.written(empty);
  assert.deepEqual(await reported.figures(), [
    'token_timestamp_seconds policy=p 0',
    'token_end_timestamp_seconds policy=p 0',
    'next_timestamp_seconds policy=p 0',
    'writes_total policy=p,kind=token 1',
    'writes_total policy=p,kind=empty 1',
    'failures_total policy=p,step=mint 2',
  ]);
  reported.report.follows([]);
  reported.written(gone);
  assert.deepEqual(await reported.figures(), []);
});
