import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from '../../src/observe/metrics.ts';

test('the figures of a service that signs, and what the log says of its circuit', async () => {
  const metrics = new Metrics({ version: '0', outcomes: [] });
  const lines: unknown[] = [];
  const line = (level: string) => (message: string, fields: object) => void lines.push([level, message, fields]);
  const figures = metrics.signers.figuresOf('k-1');
  // Before there is a log, as when a configuration is loaded.
  figures.circuit('open', { code: 'signer.denied', message: 'Vault refused.' });
  figures.circuit('closed', undefined);
  const paused: (readonly string[])[] = [];
  metrics.signers.reportTo({ error: line('error'), info: line('info') }, (keys) => paused.push(keys));
  figures.called(0.02, undefined);
  figures.called(0.3, 'signer.timeout');
  figures.refused('signer.busy');
  figures.waiting(7);
  figures.circuit('open', { code: 'signer.timeout', message: 'Vault did not answer in time.' });
  const text = await metrics.text();
  for (const expected of [
    'mintproc_signer_seconds_count{key="k-1"} 2',
    'mintproc_signer_seconds_bucket{key="k-1",le="0.025"} 1',
    'mintproc_signer_errors_total{key="k-1",code="signer.timeout"} 1',
    'mintproc_signer_errors_total{key="k-1",code="signer.busy"} 1',
    'mintproc_signer_errors_total{key="k-1",code="signer.wrong-signature"} 0', // not seen yet
    'mintproc_signer_queue{key="k-1"} 7',
    'mintproc_signer_circuit_open{key="k-1"} 1',
  ]) {
    assert.ok(text.includes(`${expected}\n`), expected);
  }
  figures.circuit('half-open', undefined);
  assert.match(await metrics.text(), /mintproc_signer_circuit_open\{key="k-1"\} 1\n/);
  figures.circuit('closed', undefined);
  assert.match(await metrics.text(), /mintproc_signer_circuit_open\{key="k-1"\} 0\n/);
  assert.deepEqual(lines, [
    [
      'error',
      'The service that holds a key failed repeatedly. No new token is signed meanwhile.',
      { kid: 'k-1', reason: 'Vault did not answer in time.', code: 'signer.timeout' },
    ],
    ['info', 'The service that holds a key signs again.', { kid: 'k-1' }],
  ]);
  assert.deepEqual(paused, [['k-1'], []]);
});

test('a key that no configuration uses any more has no figures, until it returns', async () => {
  const metrics = new Metrics({ version: '0', outcomes: [] });
  const silent = { error: () => undefined, info: () => undefined };
  const [gone, kept] = ['k-1', 'k-2'].map((key) => metrics.signers.figuresOf(key));
  gone?.circuit('open', { code: 'signer.denied', message: 'Vault refused.' });
  kept?.circuit('open', { code: 'signer.denied', message: 'Vault refused.' });
  const paused: (readonly string[])[] = [];
  metrics.signers.reportTo(silent, (keys) => paused.push(keys));
  metrics.signers.keepOnly(new Set(['k-2']));
  assert.doesNotMatch(await metrics.text(), /mintproc_signer\w*\{key="k-1"/);
  assert.match(await metrics.text(), /mintproc_signer_circuit_open\{key="k-2"\} 1\n/);
  gone?.circuit('half-open', undefined);
  gone?.called(0.1, 'signer.denied');
  assert.match(await metrics.text(), /mintproc_signer_circuit_open\{key="k-1"\} 1\n/);
  assert.match(await metrics.text(), /mintproc_signer_errors_total\{key="k-1",code="signer.denied"\} 1\n/);
  metrics.signers.keepOnly(new Set(['k-1', 'k-2']));
  assert.deepEqual(paused, [['k-1', 'k-2'], ['k-2'], ['k-2', 'k-1']]);
});

test('a key whose settings change begins with a closed circuit', async () => {
  const metrics = new Metrics({ version: '0', outcomes: [] });
  metrics.signers.figuresOf('k').circuit('open', { code: 'signer.denied', message: 'Vault refused.' });
  metrics.signers.figuresOf('k');
  assert.match(await metrics.text(), /mintproc_signer_circuit_open\{key="k"\} 0\n/);
});
