import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostCovers, hostMatches, hostOf, readHostPattern } from '../../src/runtime/request-host.ts';

const authorities: [authority: string, host: string][] = [
  ['api.example.com', 'api.example.com'],
  ['API.Example.com:8443', 'api.example.com'],
  ['api.example.com.', 'api.example.com'],
  ['api.example.com.:443', 'api.example.com'],
  ['user@api.example.com', 'api.example.com'],
  ['a:b@c@api.example.com:80', 'api.example.com'],
  ['[::1]:8080', '[::1]'],
  ['[::1]', '[::1]'],
];
for (const [authority, host] of authorities) {
  test(`the host of "${authority}"`, () => assert.equal(hostOf(authority), host));
}

const refused = ['', '*', 'a*.example.com', '*.*.com', 'https://x', 'x:80', 'bücher.de', 'a..b', '-a.com', 'a/b', '*.'];
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
];
for (const authority of noHosts) {
  test(`no host: "${authority}"`, () => assert.equal(hostOf(authority), undefined));
}
