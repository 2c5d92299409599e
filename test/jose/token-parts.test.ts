import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxTokenLength, readToken } from '../../src/jose/token-parts.ts';

const header = Buffer.from('{"alg":"HS256"}').toString('base64url');

const refused: readonly [name: string, text: string, message: RegExp][] = [
  ['nothing', ' \n', /empty/],
  ['no dot', 'abc', /has no dot/],
  ['four parts', 'a.b.c.d', /has 4 parts/],
  ['six parts', 'a.b.c.d.e.f', /has 6 parts/],
  ['a line break inside', `${header}.ab\ncd.aaaa`, /Part 2 .* white space/],
  ['Base64', `${header}.a+/=.aaaa`, /Part 2 .* looks like Base64/],
  ['a piece is missing', `${header}.aaaa.aaaaa`, /Part 3 .* may be missing/],
  ['another character', `${header}.aaaa.a,aa`, /Part 3 .* not base64url/],
  ['a header that is no JSON', 'aaaa.aaaa.aaaa', /header .* not a JSON object/],
  ['the name of a header alone', 'authorization: Bearer', /has no dot/],
  ['two names of headers', `a: b: ${header}.e30.`, /Part 1 .* white space/],
  ['a header that is a number', `${Buffer.from('1e400').toString('base64url')}.aaaa.aaaa`, /not a JSON object/],
  ['a header that is not UTF-8', `${Buffer.from([0x22, 0xff, 0x22]).toString('base64url')}.a.a`, /Part 2|not a JSON/],
];

for (const [name, text, message] of refused) {
  test(`${name} is not a token`, () => {
    const reading = readToken(text);
    assert.ok(!reading.ok);
    assert.match(reading.message, message);
    assert.match(reading.message, /^[\x20-\x7e]+\.$/);
  });
}

const copied = [
  `${header}.e30.`,
  ` Bearer  ${header}.e30.\n`,
  `\tbearer ${header}.e30.`,
  `Authorization: Bearer ${header}.e30.\r\n`,
  `x-jwt:${header}.e30.`,
];
for (const text of copied) {
  test(`white space, the scheme and the name of the header around a token are left out: ${JSON.stringify(text)}`, () => {
    const reading = readToken(text);
    assert.ok(reading.ok && reading.token.kind === 'signed');
    assert.equal(reading.token.text, `${header}.e30.`);
    assert.equal(reading.token.content.toString(), '{}');
  });
}

test('the longest token is read, and one character more is refused', () => {
  const start = `${header}.e30.`;
  // A base64url text never has 1 character more than a multiple of 4.
  const longest = start + 'A'.repeat(maxTokenLength - start.length);
  assert.ok(readToken(longest).ok || readToken(` ${longest.slice(1)}`).ok || readToken(longest.slice(0, -1)).ok);
  const reading = readToken(`${longest}A`);
  assert.ok(!reading.ok);
  assert.match(reading.message, /too long/);
});

test('an encrypted token has five parts', () => {
  const reading = readToken(`${header}.a-.AA.AAAA.AAA`);
  assert.ok(reading.ok && reading.token.kind === 'encrypted');
  assert.equal(reading.token.headerText, header);
  assert.equal(reading.token.ciphertext.length, 3);
});
