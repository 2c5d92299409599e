import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { formatProblem } from '../../../src/diagnostics/problem.ts';
import { readTestFile } from '../../../src/trial/cases/read-test-file.ts';
import { maxCases, testFileSchema } from '../../../src/trial/cases/test-schema.ts';

const withExpect = (expect: string): string => `config: a\ncases: [{ name: x, expect: ${expect} }]\n`;

const mistakes: readonly (readonly [name: string, text: string, says: RegExp])[] = [
  [
    'a misspelt member',
    'confg: a\ncases: [{ name: x, expect: { route: 1 } }]\n',
    /^t:1:1: error: Unknown key `confg`\. \[trial\.unknown-key\]\n {2}Did you mean `config`\?$/,
  ],
  [
    'a misspelt member of a case',
    'config: a\ncases: [{ nme: x, expect: { route: none } }]\n',
    /t:2:11: error: Unknown key `nme`[\s\S]*Did you mean `name`\?/,
  ],
  ['a misspelt expectation', withExpect('{ jwd: { claims: {} } }'), /Unknown key `jwd`[\s\S]*Did you mean `jwt`\?/],
  [
    'a misspelt member of the token',
    withExpect('{ jwt: { claim: {} } }'),
    /Unknown key `claim`[\s\S]*Did you mean `claims`\?/,
  ],
  [
    'a misspelt member of the request',
    'config: a\ncases: [{ name: x, request: { pth: / }, expect: { route: 1 } }]\n',
    /Unknown key `pth`[\s\S]*Did you mean `path`\?/,
  ],
  ['no case', 'config: a\ncases: []\n', /`cases` must have at least one item/],
  ['no expectation', withExpect('{}'), /`expect` must have at least one expectation/],
  ['no `expect`', 'config: a\ncases: [{ name: x }]\n', /`expect` is missing/],
  ['no configuration', 'cases: [{ name: x, expect: { route: 1 } }]\n', /`config` is missing/],
  ['an empty token', withExpect('{ jwt: {} }'), /`jwt` must have `header` or `claims`/],
  ['an empty header', withExpect('{ header: {} }'), /`header` must have `name` or `prefix`/],
  ['a route from 0', withExpect('{ route: 0 }'), /`route` must be/],
  [
    'a time in words',
    'config: a\nat: noon\ncases: [{ name: x, expect: { route: 1 } }]\n',
    /t:2:5: error: `at` must be seconds since the epoch or a time such as 2026-01-01T00:00:00Z/,
  ],
  [
    'a refusal with a token',
    withExpect('{ refused: true, jwt: { claims: {} } }'),
    /A request that is refused does not go on, with or without a token\.[\s\S]*Remove `refused` or `jwt`/,
  ],
  [
    'a refusal without a token',
    withExpect('{ refused: true, withoutToken: true }'),
    /Remove `refused` or `withoutToken`/,
  ],
  [
    'a refusal with the prefix of a token',
    withExpect('{ refused: {}, header: { prefix: x } }'),
    /Remove `refused` or `header`/,
  ],
  [
    'no token, and a recorded one',
    withExpect('{ withoutToken: true, sameAs: a.jwt }'),
    /A request that goes on without a token has none to compare\.[\s\S]*Remove `withoutToken` or `sameAs`/,
  ],
  [
    '`exact` without claims',
    withExpect('{ exact: true, policy: a }'),
    /`exact` needs `jwt` with `claims`[\s\S]*Write `claims: \{\}`/,
  ],
  [
    '`exact` with a header only',
    withExpect('{ exact: true, jwt: { header: { alg: a } } }'),
    /`exact` needs `jwt` with `claims`/,
  ],
  [
    'a misspelt code',
    withExpect('{ refused: { code: identity.mising } }'),
    /This is not the code of an error\.[\s\S]*Did you mean `identity\.missing`\?/,
  ],
  [
    'an unknown code',
    withExpect('{ withoutToken: { code: x } }'),
    /This is not the code of an error\.[\s\S]*docs\/errors\.md lists all codes/,
  ],
  [
    'a code without an error',
    withExpect('{ withoutToken: { because: disabled, code: identity.missing } }'),
    /Only `because: error` has a code/,
  ],
  [
    'another reason',
    withExpect('{ withoutToken: { because: disable } }'),
    /must be one of disabled, outside-rules, error, unmatched[\s\S]*Did you mean `disabled`\?/,
  ],
  ['a status below 200', withExpect('{ refused: { status: 99 } }'), /`status` must be at least 200/],
  [
    'a pattern with a mistake',
    withExpect('{ jwt: { claims: { a: { b: [{ matches: "(" }] } } } }'),
    /t:2:\d+: error: The regular expression is not valid/,
  ],
  [
    'what is ignored without a part',
    withExpect('{ sameAs: { token: a, ignore: [kid] } }'),
    /must be header\.NAME, claims\.NAME, or a part alone/,
  ],
  ['an empty file', '', /The file has no cases/],
  ['no YAML', 'config: [', /\[trial\.syntax\]/],
];

for (const [name, text, says] of mistakes) {
  test(`a mistake: ${name}`, () => {
    const reading = readTestFile('t', text);
    assert.ok(!reading.ok);
    assert.match(reading.problems.map(formatProblem).join('\n'), says);
  });
}

test('every member of a case', () => {
  const reading = readTestFile(
    't',
    `config: mintproc.yaml
at: 100
keys: [a.pem, { file: b, encoding: hex }]
cases:
  - name: x
    at: 1970-01-01T00:00:01Z
    request: { method: POST, path: /a, host: b, headers: { c: d }, protocol: HTTP/2, sourceAddress: 192.0.2.9:1 }
    caller: { claims: { sub: a }, from: jwt_authn }
    certificate: { subject: CN=a }
    metadata: { n: { a: 1 } }
    attributes: { source.port: 1 }
    variables: { v: 1 }
    expect:
      route: 2
      policy: p
      header: { name: a, prefix: b }
      jwt: { header: { alg: a }, enclosedHeader: { alg: b }, claims: { big: 9007199254740993, b: { absent: true } } }
      exact: true
      sameAs: { token: a.jwt, ignore: [header.kid, claims] }
  - { name: y, expect: { withoutToken: true } }
  - { name: z, expect: { refused: { status: 401 } } }
`,
  );
  assert.ok(reading.ok);
  const { config, keys, cases } = reading.value;
  assert.deepEqual(
    [config, keys],
    [
      'mintproc.yaml',
      [
        { file: 'a.pem', encoding: 'utf8' },
        { file: 'b', encoding: 'hex' },
      ],
    ],
  );
  const [first, second, third] = cases;
  assert.deepEqual([first?.at, second?.at], [1_000, 100_000]);
  assert.deepEqual(second?.expect.withoutToken, {});
  assert.deepEqual(third?.expect.refused, { status: 401 });
  assert.equal(first?.request.trial.request.protocol, 'HTTP/2');
  assert.deepEqual(first?.expect.sameAs, { token: 'a.jwt', ignore: new Set(['header.kid', 'claims']) });
  assert.deepEqual([...(first?.expect.jwt?.claims.keys() ?? [])], ['big', 'b']);
  const big = first?.expect.jwt?.claims.get('big');
  assert.ok(big?.kind === 'value');
  assert.equal(JSON.stringify(big.value), '9007199254740993');
});

test('the number of cases is limited', () => {
  const file = (count: number) => ({
    config: 'a',
    cases: Array.from({ length: count }, () => ({ name: 'x', expect: { route: 1 } })),
  });
  assert.ok(testFileSchema.safeParse(file(maxCases)).success);
  assert.ok(!testFileSchema.safeParse(file(maxCases + 1)).success);
});

test('the JSON Schema describes every member of `expect`', () => {
  const schema = z.toJSONSchema(testFileSchema, { io: 'input' });
  const text = JSON.stringify(schema);
  for (const name of ['route', 'policy', 'header', 'jwt', 'exact', 'refused', 'withoutToken', 'sameAs']) {
    assert.match(text, new RegExp(`"${name}":\\{"description":"[^"]+"`), name);
  }
});
