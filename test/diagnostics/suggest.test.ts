import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../src/diagnostics/suggest.ts';

const known = ['substringAfter', 'upper', 'uuid', 'now', 'sizeOf', 'toString'];

const suggestions: [name: string, meant: string | undefined][] = [
  ['substringAfter', 'substringAfter'],
  ['SUBSTRINGAFTER', 'substringAfter'],
  ['substringafte', 'substringAfter'],
  ['substrinAftr', 'substringAfter'],
  ['subsrinAftr', undefined],
  ['uper', 'upper'],
  ['uppper', 'upper'],
  ['uuif', 'uuid'],
  ['uift', undefined],
  ['uudi', 'uuid'],
  ['udiu', undefined],
  ['upepr', 'upper'],
  ['not', 'now'],
  ['n', undefined],
  ['', undefined],
  ['substring', 'substringAfter'],
  ['after', 'substringAfter'],
  ['of', undefined],
  ['string', 'toString'],
  ['somethingElse', undefined],
];

for (const [name, meant] of suggestions) {
  test(`${JSON.stringify(name)} ${meant === undefined ? 'stands for nothing known' : `stands for ${meant}`}`, () => {
    assert.equal(nearest(name, known), meant);
  });
}

test('the nearer of two', () => assert.equal(nearest('headerx', ['header12', 'headers']), 'headers'));
