/**
 * @module
 * Certificates that end: of a signing key, of a recipient and of the listener.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { KeyReport } from '../../src/cli/key-report.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { makeTlsFiles } from '../e2e/harness/tls-files.ts';
import { policy } from './key-world.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles } from './memory-files.ts';

const tls = await makeTlsFiles();
const certificate = new X509Certificate(tls['server.crt']);
const end = certificate.validToDate.getTime();
const isRsa = certificate.publicKey.asymmetricKeyType === 'rsa';

const encrypting = `<GenerateJWT name="R"><Type>Encrypted</Type><Algorithms><Key>${isRsa ? 'RSA-OAEP-256' : 'ECDH-ES+A128KW'}</Key><Content>A128GCM</Content></Algorithms><PublicKey><Value ref="recipient"/></PublicKey><Subject>x</Subject><OutputVariable>o</OutputVariable></GenerateJWT>`;

const files = memoryFiles({
  'p.yaml': policy({ signingMethod: isRsa ? 'RS256' : 'ES256' }),
  'r.xml': encrypting,
  ...tls,
  'mintproc.yaml': JSON.stringify({
    tls: { certificate: 'server.crt', key: 'server.key', clientAuthorities: 'authority.crt' },
    policies: [
      { name: 'p', file: 'p.yaml', key: 'k' },
      { name: 'r', file: 'r.xml', recipient: { file: 'server.crt' }, output: { header: 'x-r' } },
    ],
    routes: [{ match: {}, policies: ['p', 'r'] }],
    keys: { k: { file: 'server.key', certificate: 'server.crt' } },
  }),
});

const moments: readonly [when: string, now: number, warned: number][] = [
  ['when it begins', certificate.validFromDate.getTime(), 0],
  ['at its end', end, 4],
];

for (const [when, now, warned] of moments) {
  test(`a certificate ${when}: warnings for each of its uses`, () => {
    const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files, now: () => now });
    assert.ok(snapshot, problems.map(({ message }) => message).join());
    assert.equal(problems.filter(({ code }) => code === 'keys.certificate-ends').length, warned);
  });
}

test('the metric has each certificate that is in use', async () => {
  const { snapshot } = loadConfiguration('mintproc.yaml', { files, now: () => end - 1 });
  assert.ok(snapshot);
  const metrics = new Metrics({ version: '0', outcomes: [] });
  const witnesses = { metrics, readiness: new Readiness(), log: createLog('silent', () => undefined) };
  const report = new KeyReport(witnesses, () => end - 1);
  report.listens({ certificate: tls['server.crt'], key: tls['server.key'], clientAuthorities: tls['authority.crt'] });
  finish(report.loaded(snapshot));
  const series = (await metrics.text()).matchAll(/^mintproc_certificate_end_timestamp_seconds(\{.*\}) (\S+)$/gm);
  const ends = Object.fromEntries(Array.from(series, ([, labels = '', value]) => [labels, Number(value)]));
  const authority = new X509Certificate(tls['authority.crt']).validToDate.getTime() / 1000;
  assert.deepEqual(ends, {
    '{use="listener",name="certificate"}': end / 1000,
    '{use="listener",name="clientAuthorities"}': authority,
    '{use="signing",name="p"}': end / 1000,
    '{use="recipient",name="r"}': end / 1000,
  });
});
