import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { endingCertificate, firstEnd } from '../../src/keys/certificate-end.ts';
import { findCertificates } from '../../src/keys/certificates.ts';
import { makeTlsFiles } from '../e2e/harness/tls-files.ts';

const files = await makeTlsFiles();
const der = findCertificates(files['server.crt']);
const { validFromDate, validToDate } = new X509Certificate(files['server.crt']);
const [from, end] = [validFromDate.getTime(), validToDate.getTime()];
const ahead = Math.min(30 * 24 * 3_600_000, (end - from) / 3);

test('a certificate ends when it says', () => {
  assert.equal(firstEnd(der), end);
  assert.equal(firstEnd([]), undefined);
  assert.equal(firstEnd([Buffer.from('no certificate')]), undefined);
});

const moments: readonly [what: string, now: number, message: RegExp | undefined][] = [
  ['when it begins', from, undefined],
  ['a millisecond before the last third, or the last 30 days', end - ahead - 1, undefined],
  ['in the last third, or the last 30 days', end - ahead, /ends soon, at /],
  ['a millisecond before its end', end - 1, /ends soon, at /],
  ['at its end', end, /ended at /],
];

for (const [what, now, message] of moments) {
  test(`a certificate ${what}`, () => {
    const finding = endingCertificate([...der], now);
    if (message === undefined) assert.equal(finding, undefined);
    else assert.match(finding?.message ?? '', message);
    assert.notEqual(finding?.severity, 'error');
  });
}
