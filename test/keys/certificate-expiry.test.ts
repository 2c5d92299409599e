import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { expiringCertificate, firstExpiry } from '../../src/keys/certificate-expiry.ts';
import { findCertificates } from '../../src/keys/certificates.ts';
import { makeTlsFiles } from '../e2e/harness/tls-files.ts';

const [files, short] = await Promise.all([makeTlsFiles(), makeTlsFiles(60)]);
const der = findCertificates(files['server.crt']);
const { validFromDate, validToDate } = new X509Certificate(files['server.crt']);
const [from, end] = [validFromDate.getTime(), validToDate.getTime()];
const ahead = Math.min(30 * 24 * 3_600_000, (end - from) / 3);

test('a certificate expires at its notAfter', () => {
  assert.equal(firstExpiry(der), end);
  assert.equal(firstExpiry([]), undefined);
  assert.equal(firstExpiry([Buffer.from('not a certificate')]), undefined);
});

test('of several certificates counts the one that expires first', () => {
  const [long, soon] = [der, findCertificates(short['server.crt'])];
  const first = firstExpiry(soon) ?? assert.fail();
  assert.ok(first < end);
  assert.deepEqual([firstExpiry([...long, ...soon]), firstExpiry([...soon, ...long])], [first, first]);
});

const moments: readonly [what: string, now: number, message: RegExp | undefined][] = [
  ['when it begins', from, undefined],
  ['a millisecond before the last third, or the last 30 days', end - ahead - 1, undefined],
  ['in the last third, or the last 30 days', end - ahead, /expires at /],
  ['a millisecond before it expires', end - 1, /expires at /],
  ['when it expires', end, /expired at /],
];

for (const [what, now, message] of moments) {
  test(`a certificate ${what}`, () => {
    const finding = expiringCertificate([...der], now);
    if (message === undefined) assert.equal(finding, undefined);
    else assert.match(finding?.message ?? '', message);
    assert.notEqual(finding?.severity, 'error');
  });
}
