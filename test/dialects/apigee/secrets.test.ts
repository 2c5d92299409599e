import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem } from '../../../src/diagnostics/problem.ts';
import { outcomeOf } from './conformance-case.ts';

const policy = (elements: string): string => `<GenerateJWT name="P">
  <Algorithm>HS256</Algorithm>
  ${elements}
</GenerateJWT>`;

/** Mistakes in or near an element in which an author wrote a secret. */
const mistakes: [name: string, policy: string][] = [
  ['a text as the key', policy('<SecretKey>\n<Value>\nTOPSECRET\n</Value>\n</SecretKey>')],
  ['a text as the key, with a wrong attribute', policy('<SecretKey>\n<Value reff="x">TOPSECRET</Value>\n</SecretKey>')],
  [
    'a text as the password',
    policy('<PrivateKey>\n<Value ref="private.rsa"/>\n<Password>TOPSECRET</Password></PrivateKey>'),
  ],
  ['a text next to the key', policy('<SecretKey>\nTOPSECRET\n<Value ref="private.key"/></SecretKey>')],
  [
    'a text in an unknown element of the key',
    policy('<SecretKey><Value ref="private.key"/>\n<Secret>TOPSECRET</Secret></SecretKey>'),
  ],
  ['XML that is not well-formed', policy('<SecretKey><Value>\nTOPSECRET & more</Value></SecretKey>')],
  ['a DOCTYPE', `<!DOCTYPE x [<!ENTITY k "TOPSECRET">]>${policy('')}`],
];

for (const [name, text] of mistakes) {
  test(`no message quotes a secret: ${name}`, () => {
    const { all } = outcomeOf({ name, policy: text });
    assert.ok(all.length > 0);
    for (const problem of all) assert.ok(!formatProblem(problem).includes('TOPSECRET'), formatProblem(problem));
  });
}

test('no message quotes a secret: a secret in the configuration', () => {
  const { all } = outcomeOf({ name: '', inside: '', variables: { 'private.hmac': 'TOPSECRET' } });
  assert.ok(all.length > 0);
  for (const problem of all) assert.ok(!formatProblem(problem).includes('TOPSECRET'));
});
