/**
 * Claims that come from what a client writes into a request are noted, and no others.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles } from './memory-files.ts';

const claims: [expression: string, isNoted: boolean][] = [
  ["attributes.headers.'x-user'", true],
  ["authentication.principal default attributes.headers.'x-user'", true],
  ["(attributes.headers)['x-user']", true],
  ['attributes.headers', true],
  ['attributes.queryParams.user', true],
  ['attributes.queryString', true],
  ['authentication.principal', false],
  ['attributes.remoteAddress', false],
  ["'fixed'", false],
];

for (const [expression, isNoted] of claims) {
  test(`${isNoted ? 'from' : 'not from'} the client: ${expression}`, () => {
    const { problems } = loadConfiguration('mintproc.yaml', {
      files: memoryFiles({
        'mintproc.yaml': 'policies: [{ name: p, file: p.yaml }]\nroutes: [{ match: {}, policies: [p] }]\n',
        'p.yaml': flexPolicy({ sub: `#[${expression}]` }),
      }),
    });
    const noted = problems.filter(({ code }) => code === 'policy.client-claim');
    assert.deepEqual(
      noted.map(({ severity, place }) => [severity, place.file]),
      isNoted ? [['note', 'p.yaml']] : [],
    );
  });
}
