/**
 * Queries as clients send them, and whether they meet a route's condition. Where servers are known to differ, the row
 * names one: PHP (names), Rack and Perl (`;`), ASP.NET (`%u`, names in any case), Rails and Express (`a[]`).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueryReading } from '../../src/routing/query-condition.ts';
import { areLookalikeNames, longestUnusualQuery, maxDecodings } from '../../src/routing/query-parameters.ts';
import { longestUnusualPath } from '../../src/routing/request-path.ts';
import { type Answer, compileConditions, type ValueForm } from '../../src/routing/value-condition.ts';

type Row = [name: string, form: ValueForm, target: string, answer: Answer];

const answers: Row[] = [
  ['tenant', 'acme', '/x', 'no'],
  ['tenant', 'acme', '/x?', 'no'],
  ['tenant', 'acme', '/x&tenant=acme', 'no'],
  ['', true, '/x?&', 'no'],
  ['tenant', 'acme', '/x?tenant=acme', 'yes'],
  ['tenant', 'acme', '/x?a=1&tenant=acme&b=2', 'yes'],
  ['tenant', 'acme', '/x?&&tenant=acme&', 'yes'],
  ['tenant', 'acme', '//host/x?tenant=acme', 'yes'],
  ['tenant', 'acme', 'http://host/x?tenant=acme', 'yes'],
  ['tenant', 'acme', '/x?tenant=ACME', 'no'],
  ['tenant', 'acme', '/x?tenants=acme', 'no'],
  ['tenant', 'acme', '/x?tenant=acme2', 'no'],
  ['tenant', 'acme', '/x?tenant', 'no'],
  ['tenant', '', '/x?tenant', 'yes'],
  ['tenant', '', '/x?tenant=', 'yes'],
  ['tenant', ['acme', 'globex'], '/x?tenant=globex', 'yes'],
  // Decoded once: percent and `+`.
  ['tenant', 'acme', '/x?tenant=%61%63me', 'yes'],
  ['tenant', 'acme', '/x?%74enant=acme', 'yes'],
  ['full name', 'Ann Lee', '/x?full+name=Ann+Lee', 'yes'],
  ['name', 'Ann Lee', '/x?name=Ann%20Lee', 'yes'],
  ['name', 'é', '/x?name=%C3%A9', 'yes'],
  ['mail', 'a+b', '/x?mail=a%2Bb', 'yes'],
  ['name', ' ', '/x?name=+', 'yes'],
  ['tenant', 'a&b', '/x?tenant=a%26b', 'yes'],
  ['tenant', 'a;b=c#d', '/x?tenant=a%3Bb%3Dc%23d', 'yes'],
  ['tenant', '100%', '/x?tenant=100%25', 'yes'],
  // A server that keeps `+`.
  ['mail', 'a+b', '/x?mail=a+b', 'ambiguous'],
  ['name', 'Ann Lee', '/x?name=x+y', 'no'],
  // Present.
  ['debug', true, '/x?debug', 'yes'],
  ['debug', true, '/x?debug=', 'yes'],
  ['debug', true, '/x?debug=%zz', 'yes'],
  ['debug', true, '/x?debugs', 'no'],
  ['debug', true, '/x?debug&debug', 'ambiguous'],
  ['debug', true, '/x?Debug', 'ambiguous'],
  ['debug', true, '/x?a=1%26debug', 'ambiguous'],
  // Repeated.
  ['tenant', 'acme', '/x?tenant=acme&tenant=acme', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=a&tenant=b', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=acme&a=1&a=2', 'yes'],
  // Other separators.
  ['tenant', 'acme', '/x?a=1;tenant=acme', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=acme;a=1', 'ambiguous'],
  ['tenant', 'acme', '/x?a=1;tenant=b&tenant=acme', 'ambiguous'],
  ['tenant', 'acme', '/x?a=1;b=2&tenant=acme', 'yes'],
  ['tenant', 'acme', '/x?a=1;b=2', 'no'],
  ['debug', true, '/x?debug=;%zz=1', 'ambiguous'],
  ['tenant', 'acme', '/x??tenant=acme', 'ambiguous'],
  ['tenant', 'acme', '/x?a?tenant=acme', 'ambiguous'],
  ['tenant', 'acme', '/x?next=/y?a=1', 'no'],
  // Decoded before it is separated, or repeatedly.
  ['tenant', 'acme', '/x?a=1%26tenant=acme', 'ambiguous'],
  ['name', 'Ann Lee', '/x?a=1%26name=Ann+Lee', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant%3Dacme', 'ambiguous'],
  ['tenant', 'acme', '/x?a%3Btenant=acme', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=acme%26x', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=acme%23x', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=acme%00', 'ambiguous'],
  // The value is decoded more often than the name.
  ['a%20b', 'acme', '/x?a%20b=acme%2500', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=%2561cme', 'ambiguous'],
  ['tenant', 'acme', '/x?%2574enant=acme', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=%252561cme', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=acme&next=%2Fy%3Fa%3D1%26tenant%3Db', 'yes'],
  ['tenant', 'acme', '/x?next=%2Fy%3Fa%3D1%26b%3D2', 'no'],
  // Names.
  ['tenant', 'acme', '/x?tenant[]=acme', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant%5B0%5D=acme', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant[]=other', 'no'],
  ['tenant', 'acme', '/x?tenant=acme&tenant[]=other', 'ambiguous'],
  ['tenant', 'acme', '/x?+tenant=acme', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant%00x=acme', 'ambiguous'],
  ['tenant', 'acme', '/x?Tenant=acme', 'ambiguous'],
  ['Tenant', 'acme', '/x?tenant=acme', 'ambiguous'],
  ['Tenant', 'acme', '/x?Tenant=acme', 'yes'],
  ['tenant', 'acme', '/x?Tenant=other', 'no'],
  ['tenant', 'acme', '/x?tenant=acme&TENANT=other', 'ambiguous'],
  ['tenant', 'acme', '/x?%54enant%00=acme', 'ambiguous'],
  ['api_version', '2', '/x?api.version=2', 'ambiguous'],
  ['api_version', '2', '/x?api[version=2', 'ambiguous'],
  ['filter[status]', 'open', '/x?filter[status]=open&filter[type]=x', 'yes'],
  ['filter[status]', 'open', '/x?filter%5Bstatus%5D=open', 'yes'],
  ['tenant', 'acme', '/x?tenant=acme&te%256eant=b', 'ambiguous'],
  ['a%20b', '1', '/x?a%2520b=1', 'yes'],
  // What is not valid, and what is not encoded.
  ['tenant', 'acme', '/x?tenant=acme%', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=%u0061cme', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=%c1%a1cme', 'ambiguous'],
  ['tenant', 'é', '/x?tenant=\u00e9', 'ambiguous'],
  ['tenant', 'acme', '/x?tenant=acme&q=100%', 'yes'],
  ['tenant', 'acme', '/x?tenant=acme&%zz=1', 'ambiguous'],
  // Where the query begins and ends.
  ['tenant', 'acme', '/x?tenant=acme#x', 'ambiguous'],
  ['tenant', 'acme', '/x#?tenant=acme', 'ambiguous'],
  ['tenant', 'acme', '/x%3Ftenant=acme', 'ambiguous'],
  ['tenant', 'acme', '/x%253Ftenant=acme', 'ambiguous'],
  ['tenant', 'acme', '/x%3F', 'ambiguous'],
  ['tenant', 'acme', '/x%23?tenant=acme', 'ambiguous'],
  ['tenant', 'acme', '/a%2Fb;v=1/../c?tenant=acme', 'yes'],
];

function answer(name: string, form: ValueForm, target: string): Answer {
  const [condition] = compileConditions({ [name]: form }, (given) => given) ?? [];
  assert.ok(condition);
  return new QueryReading(target).answer(condition);
}

for (const [name, form, target, expected] of answers) {
  test(`${target} meets ${name}=${JSON.stringify(form)}: ${expected}`, () => {
    assert.equal(answer(name, form, target), expected);
  });
}

/** 73 parameters with 56 pairs of spellings each (36, and of what they decode to 16 and 4), and plain ones. */
function withPairs(plain: number): string {
  const spelled = Array.from({ length: 73 }, (_, i) => `+%2525x${i}=+%2525`);
  return `/x?${[...spelled, ...Array.from({ length: plain }, (_, i) => `a${i}=b`)].join('&')}`;
}
const start = '/x?a%26b=';
const limits: Row[] = [
  ['tenant', 'acme', `//${'x'.repeat(longestUnusualPath - 2)}?tenant=acme`, 'yes'],
  ['tenant', 'acme', `//${'x'.repeat(longestUnusualPath - 1)}?tenant=acme`, 'ambiguous'],
  ['tenant', 'acme', `${start}${'x'.repeat(longestUnusualQuery - start.length + 3)}`, 'no'],
  ['tenant', 'acme', `${start}${'x'.repeat(longestUnusualQuery - start.length + 4)}`, 'ambiguous'],
  ['tenant', 'acme', `/x?tenant=acme&${start}${'x'.repeat(longestUnusualQuery)}`, 'yes'],
  ['tenant', 'acme', `/x?a=%${'25'.repeat(maxDecodings - 1)}78`, 'no'],
  ['tenant', 'acme', `/x?a=%${'25'.repeat(maxDecodings)}78`, 'ambiguous'],
  ['tenant', 'acme', `/x?${'a=b&'.repeat(20_000)}tenant=acme`, 'yes'],
  // Each name and each value has several spellings, and all pairs of them are looked at up to a limit.
  ['tenant', 'acme', `/x?${Array.from({ length: 150 }, (_, i) => `%2525${i}=%2525${i}`).join('&')}`, 'no'],
  ['tenant', 'acme', withPairs(4096 - 73 * 56), 'no'],
  ['tenant', 'acme', withPairs(4097 - 73 * 56), 'ambiguous'],
];
for (const [name, form, target, expected] of limits) {
  test(`${target.slice(0, 40)}… with ${target.length} characters: ${expected}`, () => {
    assert.equal(answer(name, form, target), expected);
  });
}

const lookalikes: [one: string, other: string, expected: boolean][] = [
  ['tenant', 'Tenant', true],
  ['tenant', 'tenant[]', true],
  ['tenant[x]', 'tenant', true],
  ['a.b', 'a[b', true],
  ['tenant', 'tenants', false],
  ['tenant[x]', 'tenant[y]', false],
  ['stra\u00dfe', 'strasse', false],
  // The first eight brackets are looked at.
  [`a${'[x]'.repeat(9)}`, `a${'[x]'.repeat(7)}`, true],
  [`a${'[x]'.repeat(9)}`, `a${'[x]'.repeat(8)}`, false],
];
for (const [one, other, expected] of lookalikes) {
  test(`some server reads ${one} as ${other} or the other way round: ${expected}`, () => {
    assert.equal(areLookalikeNames(one, other), expected);
  });
}
