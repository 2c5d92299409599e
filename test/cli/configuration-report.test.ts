/**
 * @module
 * The log lines about a configuration that is refused.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigurationReport } from '../../src/cli/configuration-report.ts';
import { problemAt } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';

const place = SourceText.ofFile('mintproc.yaml', 'x');

test('a refused configuration: at most 20 errors are logged, and the number of others: 45 numbers of errors', () => {
  for (let count = 1; count <= 45; count++) {
    const lines: string[] = [];
    const log = createLog('info', (line) => lines.push(line));
    const report = new ConfigurationReport(new Metrics({ version: '0', outcomes: [] }), new Readiness(), log, () => 0);
    const errors = Array.from({ length: count }, (_, i) => {
      return problemAt(place, 0, 'config.unknown-key', { message: `Unknown key ${i}.` });
    });
    report.refused([...errors, problemAt(place, 0, 'config.no-reuse', { severity: 'warning', message: 'x' })]);
    const written = lines.map((line) => JSON.parse(line));
    const suppressed = written.reduce((sum, line) => sum + (line.suppressed ?? 0), 0);
    const logged = written.filter(({ code }) => code === 'config.unknown-key').length;
    assert.deepEqual([logged, suppressed], [Math.min(count, 20), Math.max(0, count - 20)]);
    assert.equal(lines.length, logged + (suppressed > 0 ? 1 : 0));
  }
});

test('a refused configuration: the line says what to write instead, if anybody knows', () => {
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line));
  const report = new ConfigurationReport(new Metrics({ version: '0', outcomes: [] }), new Readiness(), log, () => 0);
  report.refused([
    problemAt(place, 0, 'config.unknown-key', { message: 'One.', suggestion: 'Did you mean `policies`?' }),
    problemAt(place, 0, 'config.unknown-key', { message: 'Two.' }),
  ]);
  const written = lines.map((line) => JSON.parse(line));
  assert.deepEqual(
    written.map(({ reason, suggestion }) => [reason, suggestion]),
    [
      ['One.', 'Did you mean `policies`?'],
      ['Two.', undefined],
    ],
  );
});
