import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonName } from '../../src/identity/connection-certificate.ts';
import { forwardedCertificate } from '../../src/identity/forwarded-certificate.ts';
import { type HeaderField, HeaderList } from '../../src/request/header-fields.ts';

const certificateIn = (...fields: readonly HeaderField[]): object | undefined =>
  forwardedCertificate(new HeaderList(fields));

const read: [header: string, expected: object][] = [
  ['By=spiffe://a;Hash=46;URI=spiffe://b', { by: 'spiffe://a', hash: '46', uri: 'spiffe://b' }],
  [
    'Hash=46;Subject="CN=orders,O=\\"Ex\\"";URI=',
    { hash: '46', subject: 'CN=orders,O="Ex"', uri: '', commonName: 'orders' },
  ],
  ['hash=46;DNS=a;DNS=b', { hash: '46', dns: 'a' }],
  ['Cert="-----BEGIN%20x";Chain="y";Hash=46', { hash: '46' }],
  ['Hash=1,Hash=2;URI=u', { hash: '2', uri: 'u' }],
  ['Subject="a,b;c=d",Hash=2', { hash: '2' }],
  ['Subject="";Hash=3', { subject: '', hash: '3' }],
];
for (const [header, expected] of read) {
  test(`the last element of ${header}`, () => {
    assert.deepEqual(certificateIn(['x-forwarded-client-cert', header]), expected);
  });
}

test('repeated headers are one list', () => {
  const headers = [
    ['x-forwarded-client-cert', 'Hash=1'],
    ['other', 'x'],
    ['x-forwarded-client-cert', 'Hash=2'],
  ] as const;
  assert.deepEqual(certificateIn(...headers), { hash: '2' });
});

const absent: (readonly [string, string])[][] = [[], [['x-forwarded-client-cert', '']]];
for (const headers of absent) {
  test(`nothing is said by ${JSON.stringify(headers)}`, () => assert.equal(certificateIn(...headers), undefined));
}

/** The first part is a client's, the rest what the trusted proxy appended. */
const swallowing = [
  'Subject="evil,By=p;Hash=1;Subject="CN=good"',
  'Subject="evil\\,By=p;Hash=1;Subject="CN=good";URI=u',
  'Hash=1;Subject="x"y',
  'Hash',
  'Hash=1,',
  'Hash=1;;URI=u',
  'URI="a',
  ' Hash=1',
];
for (const header of swallowing) {
  test(`malformed: ${header}`, () => {
    assert.throws(() => certificateIn(['x-forwarded-client-cert', header]), {
      code: 'identity.malformed-certificate',
    });
  });
}

test('a long run of backslashes is read in one pass', () => {
  const started = performance.now();
  assert.throws(() => certificateIn(['x-forwarded-client-cert', `Subject="${'\\"'.repeat(50_000)}`]));
  assert.ok(performance.now() - started < 1000);
});

const names: [subject: string, expected: string | undefined][] = [
  ['CN=orders,OU=Shop,O=Example', 'orders'],
  ['OU=Shop,CN=orders', 'orders'],
  ['O=x\\,CN=admin,CN=orders', 'orders'],
  ['O=Example', undefined],
  ['emailAddress=a@b+CN=multi,O=x', 'multi'],
  ['CN=a\\,b\\+c\\\\d', 'a,b+c\\d'],
  ['CN=caf\\C3\\A9', 'café'],
  ['cn = spaced', ' spaced'],
  ['', undefined],
  ['no equals sign', undefined],
  ['O=x,', undefined],
];
for (const [subject, expected] of names) {
  test(`common name of ${subject}`, () => assert.equal(commonName(subject), expected));
}
