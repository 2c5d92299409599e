import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostCovers, hostMatches, hostOf, readHostPattern } from '../../src/routing/request-host.ts';

const authorities: [authority: string, host: string][] = [
  ['api.example.com', 'api.example.com'],
  ['API.Example.com:8443', 'api.example.com'],
  ['api.example.com.', 'api.example.com'],
  ['api.example.com.:443', 'api.example.com'],
  ['user@api.example.com', 'api.example.com'],
  ['a:b@c@api.example.com:80', 'api.example.com'],
  ['[::1]:8080', '[::1]'],
  ['[::1]', '[::1]'],
  ['api.example.com:', 'api.example.com'],
  // H21: other spellings of an address.
  ['[0:0:0:0:0:0:0:1]', '[::1]'],
  ['[::0001]', '[::1]'],
  ['[0000::0001]:443', '[::1]'],
  ['[::0.0.0.1]', '[::1]'],
  ['[2001:DB8::A]', '[2001:db8::a]'],
  ['[::ffff:127.0.0.1]', '127.0.0.1'],
  ['[::FFFF:7f00:1]', '127.0.0.1'],
  ['127.0.0.1', '127.0.0.1'],
  ['127.1', '127.0.0.1'],
  ['127.0.1', '127.0.0.1'],
  ['0x7f.0.0.1', '127.0.0.1'],
  ['0X7F.1:80', '127.0.0.1'],
  ['2130706433', '127.0.0.1'],
  ['0x7f000001', '127.0.0.1'],
  ['127.0.0.1.', '127.0.0.1'],
  ['127.00.07.01', '127.0.7.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['4294967295', '255.255.255.255'],
  // Numbers that are not addresses.
  ['1.example', '1.example'],
  ['api-1', 'api-1'],
  ['1e3', '1e3'],
  ['0xg', '0xg'],
];
for (const [authority, host] of authorities) {
  test(`the host of "${authority}"`, () => assert.equal(hostOf(authority), host));
}

const refused = [
  '',
  '*',
  'a*.example.com',
  '*.*.com',
  'https://x',
  'x:80',
  'bücher.de',
  'a..b',
  '-a.com',
  'a/b',
  '*.',
  '010.0.0.1',
  '1.2.3.256',
  '*.0.0.1',
  '[::g]',
];
for (const text of refused) {
  test(`no host pattern: "${text}"`, () => assert.equal(readHostPattern(text), undefined));
}

const matches: [pattern: string, host: string, expected: boolean][] = [
  ['API.example.com', 'api.example.com', true],
  ['api.example.com', 'xapi.example.com', false],
  ['*.example.com', 'api.example.com', true],
  ['*.example.com', 'a.b.example.com', true],
  ['*.example.com', 'example.com', false],
  ['*.example.com', '.example.com', false],
  ['*.example.com', 'badexample.com', false],
  ['[::1]', '[::1]', true],
  ['my_host', 'my_host', true],
  ['[0::1]', '[::1]', true],
  ['0x7f.1', '127.0.0.1', true],
  ['[::ffff:127.0.0.1]', '127.0.0.1', true],
];
for (const [pattern, host, expected] of matches) {
  test(`${pattern} matches ${host}: ${expected}`, () => assert.equal(hostMatches(compiled(pattern), host), expected));
}

const coverage: [a: string, b: string, expected: boolean][] = [
  ['a.com', 'a.com', true],
  ['a.com', 'b.com', false],
  ['a.com', '*.a.com', false],
  ['*.a.com', 'x.a.com', true],
  ['*.a.com', 'a.com', false],
  ['*.a.com', '*.a.com', true],
  ['*.a.com', '*.x.a.com', true],
  ['*.x.a.com', '*.a.com', false],
];
for (const [a, b, expected] of coverage) {
  test(`${a} covers ${b}: ${expected}`, () => assert.equal(hostCovers(compiled(a), compiled(b)), expected));
}

function compiled(text: string) {
  const pattern = readHostPattern(text);
  assert.ok(pattern);
  return pattern;
}

const noHosts = [
  'a.com,a.com',
  'a.com..',
  '.a.com',
  'a%2ecom',
  'a.com b',
  'a.com/',
  'a\\b',
  'ａ.com',
  '[::1',
  '',
  ':80',
  'a@',
  'a.com:80:x',
  'a.com:evil',
  '[::1]x',
  'x[a]',
  '[::1]x:80',
  'a.com:x:80',
  '[::1].',
  '::1',
  '[1.2.3.4]',
  '[:::]',
  '[fe80::1%25eth0]',
  '[fe80::1%eth0]',
  '[v1.a]',
  // Octal for some, decimal or invalid for others.
  '010.0.0.1',
  '0177.0.0.1',
  '127.0.0.08',
  '4294967296',
  '1.2.3.256',
  '1.2.65536',
  '1.2.3.4.5',
  'a.1',
  '-1.1',
];
for (const authority of noHosts) {
  test(`no host: "${authority}"`, () => assert.equal(hostOf(authority), undefined));
}
