/**
 * @module
 * Patterns of `tls.clients`, and which certificates each matches.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { ClientName, certificateNames, plainNameOf } from '../../src/net/client-names.ts';
import { type AlternativeName, Authority } from './made-certificates.ts';

const envoy = 'spiffe://cluster.local/ns/*/sa/envoy';
const id = (path: string): AlternativeName => ['URI', `spiffe://cluster.local${path}`];

const patterns: [pattern: string, isValid: boolean][] = [
  [envoy, true],
  ['spiffe://cluster.local/ns/a-*/sa/*-b', true],
  ['spiffe://cluster.local/x', true],
  [`spiffe://cluster.local/${'a'.repeat(2048 - 23)}`, true],
  [`spiffe://cluster.local/${'a'.repeat(2049 - 23)}`, false],
  [`spiffe://${'a'.repeat(255)}/x`, true],
  [`spiffe://${'a'.repeat(256)}/x`, false],
  ['spiffe://cluster.local', false],
  ['spiffe://cluster.local/', false],
  ['spiffe://cluster.local/a/', false],
  ['spiffe://cluster.local//a', false],
  ['spiffe://cluster.local/a/../b', false],
  ['spiffe://cluster.local/a/.', false],
  ['spiffe://*/a', false],
  ['spiffe://*.local/a', false],
  ['spiffe://Cluster.local/a', false],
  ['spiffe://cluster.local:80/a', false],
  ['spiffe://u@cluster.local/a', false],
  ['spiffe://cluster.local/%61', false],
  ['spiffe://cluster.local/a?b', false],
  ['spiffe://cluster.local/**', false],
  ['spiffe://cluster.local/*a*', false],
  ['SPIFFE://cluster.local/a', false],
  ['dns:envoy.example.com', true],
  ['dns:Envoy.Example.COM', true],
  ['dns:*.example.com', true],
  ['dns:envoy-*.example.com', true],
  ['dns:xn--bcher-kva.example', true],
  [`dns:${'a'.repeat(63)}.example`, true],
  [`dns:${'a'.repeat(64)}.example`, false],
  [`dns:${`${'a'.repeat(49)}.`.repeat(5)}com`, true],
  [`dns:${`${'a'.repeat(49)}.`.repeat(5)}comm`, false],
  ['dns:xn--*.example', false],
  ['dns:bücher.example', false],
  ['dns:example.com.', false],
  ['dns:.example.com', false],
  ['dns:-a.example', false],
  ['dns:a..b', false],
  ['dns:**.example', false],
  ['dns:', false],
  ['envoy.example.com', false],
  ['https://envoy.example.com/a', false],
  ['', false],
];

for (const [pattern, isValid] of patterns) {
  test(`the name ${JSON.stringify(pattern.slice(0, 60))} of ${pattern.length} characters`, () => {
    assert.equal(ClientName.parse(pattern) !== undefined, isValid);
  });
}

const authority = new Authority();

const certificates: [
  name: string,
  pattern: string,
  names: readonly AlternativeName[],
  matches: boolean,
  shown: string | undefined,
][] = [
  ['a SPIFFE ID', envoy, [id('/ns/a/sa/envoy')], true, 'spiffe://cluster.local/ns/a/sa/envoy'],
  ['another account', envoy, [id('/ns/a/sa/other')], false, 'spiffe://cluster.local/ns/a/sa/other'],
  ['a star for two segments', envoy, [id('/ns/a/b/sa/envoy')], false, 'spiffe://cluster.local/ns/a/b/sa/envoy'],
  ['a star for no segment', envoy, [id('/ns/sa/envoy')], false, 'spiffe://cluster.local/ns/sa/envoy'],
  ['an empty segment', envoy, [id('/ns//sa/envoy')], false, undefined],
  ['a segment of dots', envoy, [id('/ns/../sa/envoy')], false, undefined],
  ['an encoded slash', envoy, [id('/ns/a%2Fb/sa/envoy')], false, undefined],
  ['the path in another case', envoy, [id('/ns/a/sa/Envoy')], false, 'spiffe://cluster.local/ns/a/sa/Envoy'],
  ['the trust domain in another case', envoy, [['URI', 'spiffe://Cluster.local/ns/a/sa/envoy']], false, undefined],
  ['another trust domain', envoy, [['URI', 'spiffe://other/ns/a/sa/envoy']], false, 'spiffe://other/ns/a/sa/envoy'],
  ['a zero byte at the end', envoy, [id('/ns/a/sa/envoy\0')], false, undefined],
  ['a zero byte within', envoy, [id('/ns/a/sa/envoy\0.evil')], false, undefined],
  ['a name within a name', envoy, [id('/x, URI:spiffe://cluster.local/ns/a/sa/envoy')], false, undefined],
  ['a quoted name within a name', envoy, [['email', '", URI:spiffe://cluster.local/ns/a/sa/envoy']], false, undefined],
  ['two URIs, the first of which is named', envoy, [id('/ns/a/sa/envoy'), ['URI', 'urn:x']], false, undefined],
  ['two URIs, the last of which is named', envoy, [['URI', 'urn:x'], id('/ns/a/sa/envoy')], false, undefined],
  ['a URI and hosts', envoy, [['DNS', 'a.b'], id('/ns/a/sa/envoy')], true, 'spiffe://cluster.local/ns/a/sa/envoy'],
  ['a SPIFFE ID as a host', envoy, [['DNS', 'spiffe://cluster.local/ns/a/sa/envoy']], false, undefined],
  ['a star', envoy, [id('/ns/*/sa/envoy')], false, undefined],
  ['part of a segment', 'spiffe://a/b-*', [['URI', 'spiffe://a/b-c']], true, 'spiffe://a/b-c'],
  ['no more than what is before the star', 'spiffe://a/b-*', [['URI', 'spiffe://a/b-']], false, 'spiffe://a/b-'],
  ['before and after overlap', 'spiffe://a/ab*ba', [['URI', 'spiffe://a/aba']], false, 'spiffe://a/aba'],
  ['a host', 'dns:envoy.example.com', [['DNS', 'envoy.example.com']], true, 'envoy.example.com'],
  ['a host in another case', 'dns:Envoy.example.com', [['DNS', 'envoy.EXAMPLE.com']], true, 'envoy.example.com'],
  [
    'the last of several hosts',
    'dns:b.example',
    [
      ['DNS', 'a.example'],
      ['DNS', 'b.example'],
    ],
    true,
    'a.example',
  ],
  [
    'a host beside two URIs',
    'dns:a.b',
    [
      ['URI', 'urn:a'],
      ['URI', 'urn:b'],
      ['DNS', 'a.b'],
    ],
    true,
    'a.b',
  ],
  ['one label', 'dns:*.example.com', [['DNS', 'a.example.com']], true, 'a.example.com'],
  ['two labels', 'dns:*.example.com', [['DNS', 'a.b.example.com']], false, 'a.b.example.com'],
  ['a wildcard', 'dns:*.example.com', [['DNS', '*.example.com']], false, undefined],
  ['a wildcard for a host', 'dns:a.example.com', [['DNS', '*.example.com']], false, undefined],
  ['a host with a zero byte', 'dns:a.example', [['DNS', 'a.example\0.evil.com']], false, undefined],
  ['a host that ends with a dot', 'dns:a.example', [['DNS', 'a.example.']], false, undefined],
  ['an A-label', 'dns:xn--bcher-kva.example', [['DNS', 'xn--bcher-kva.example']], true, 'xn--bcher-kva.example'],
  ['a label outside ASCII', 'dns:*.example', [['DNS', 'b\xc3\xbccher.example']], false, undefined],
  ['a host as a URI', 'dns:a.example', [['URI', 'a.example']], false, undefined],
  ['a host as an address of mail', 'dns:a.example', [['email', 'a.example']], false, undefined],
  ['no names', 'dns:a.example', [], false, undefined],
];

for (const [name, pattern, names, matches, shown] of certificates) {
  test(`a certificate with ${name} ${matches ? 'matches' : 'does not match'} ${pattern}`, () => {
    // The subject never counts.
    const found = certificateNames(new X509Certificate(authority.leaf(names, { subject: 'a.example' }).certificate));
    assert.equal(ClientName.parse(pattern)?.isOneOf(found), matches);
    assert.equal(plainNameOf(found), shown);
  });
}

test('of alternative names that cannot be read whole, none is taken', () => {
  for (const subjectAltName of ['DNS:a.example, "', 'DNS:a.example, ?:x', 'DNS:a.example;URI:spiffe://a/b']) {
    const found = certificateNames({ subjectAltName, ca: false });
    assert.deepEqual(found.spiffe, undefined);
    assert.deepEqual(found.dns, []);
  }
});

test('a certificate of an authority is no SVID', () => {
  const made = authority.leaf([id('/ns/a/sa/envoy'), ['DNS', 'a.example']], { ca: true });
  const found = certificateNames(new X509Certificate(made.certificate));
  assert.deepEqual(found, { spiffe: undefined, dns: ['a.example'] });
});
