/**
 * Deliberate mistakes in a configuration that was right: each is caught, with words that lead to it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Change, hidden, tested } from './world.ts';

test('the tests of the world pass', async () => {
  const { code, out, errors } = await tested([]);
  assert.match(out, /orders\.test\.yaml: 7 passed, 0 failed\n7 passed, 0 failed\n$/);
  assert.equal(code, 0, out + errors);
});

const member = (name: string, expected: string, actual: string, source: string): RegExp =>
  new RegExp(
    `  ${name} \\(\\S+orders\\.test\\.yaml:\\d+:\\d+\\)\n    expected ${expected}\n    actual   ${actual}\n    ${source}`,
  );

const subject = '      - { name: sub, value: "#[authentication.principal]" }\n';
const tenant = `      - { name: tenant, value: "#[attributes.headers['x-tenant']]" }\n`;

const regressions: readonly (readonly [name: string, changes: readonly Change[], says: readonly RegExp[]])[] = [
  [
    'a renamed claim',
    [['partner.yaml', 'name: tenant', 'name: tenants']],
    [
      /jwt\.claims\.tenant: It is missing\. The token has `tenants`\./,
      /jwt\.claims\.tenants: The token has this claim too, and `exact` allows no others\. .*\n {4}actual {3}"t1"/,
      /sameAs claims\.tenant: The recorded token has it, and the one that is made here does not\./,
    ],
  ],
  [
    'another order of claims',
    [['partner.yaml', `${subject}${tenant}`, `${tenant}${subject}`]],
    [
      /6 passed, 1 failed/,
      /sameAs claims: The members have another order: where the recorded token has `sub`, `tenant` comes here/,
    ],
  ],
  [
    'a string for a number',
    [['partner.yaml', 'claims.level]', "claims.level ++ '']"]],
    [
      member(
        'jwt\\.claims\\.level: It is a string instead of a number\\.',
        '7',
        '"7"',
        'from each request: .*level \\+\\+ ',
      ),
      / {4}read authentication\.properties\.claims: /,
      /sameAs claims\.level: It is a number in the recorded token, and a string here\./,
    ],
  ],
  [
    'another value',
    [['partner.yaml', 'urn:a', 'urn:b']],
    [member('jwt\\.claims\\.iss: The texts are different\\.', '"urn:a"', '"urn:b"', 'the same for every request')],
  ],
  [
    'a value from another part of the request',
    [['partner.yaml', "['x-tenant']", "['x-team']"]],
    [
      /jwt\.claims\.tenant: It is missing\. .*\n.*\n {4}actual {3}absent\n {4}from each request: #\[attributes\.headers\['x-team'\]\] \(\S+partner\.yaml:7:\d+\)\n {4}read attributes\.headers\.x-team: absent/,
    ],
  ],
  [
    'a route that moved',
    [['mintproc.yaml', 'match: { method: [POST], pathPrefix: /orders }', 'match: { pathPrefix: /orders }']],
    [
      /route: Another route matches\. .*\n {4}expected "orders"\n {4}actual {3}"posts"\n {4}route 1 posts \(\S+mintproc\.yaml:10:5\) matches/,
      /policy: The route of the request runs other policies\. .*\n {4}expected "partner"\n {4}actual {3}\["strict"\]/,
    ],
  ],
  [
    'a route that matches no longer',
    [['mintproc.yaml', 'orders, match: { pathPrefix: /orders }', 'orders, match: { pathPrefix: /order }']],
    [
      /route: No route matches\./,
      /route 2 orders \(\S+\) does not match: pathPrefix \/order\n/,
      /policy: No policy runs\. No route matches, and `unmatched` is `pass`/,
      /refused: The request is not refused\. No route matches/,
    ],
  ],
  [
    'another key',
    [['mintproc.yaml', 'file: key-1.json', 'file: key-2.json']],
    [
      member(
        'jwt\\.header\\.kid: The texts are different\\.',
        '"key-1"',
        '"key-2"',
        'the identifier of the key in use',
      ),
      /sameAs header\.kid: The texts are different\./,
    ],
  ],
  [
    'another algorithm',
    [['partner.yaml', 'RS256', 'RS384']],
    [/jwt\.header\.alg: The texts are different\. .*\n {4}expected "RS256"\n {4}actual {3}"RS384"/],
  ],
  [
    'a time after the key has retired',
    [['orders.test.yaml', 'at: 2026-01-01', 'at: 2026-08-01']],
    [
      /jwt: There is no token\. partner: No token: None of the keys of the policy is active at this time\. \[keys\.none-active\]/,
    ],
  ],
  [
    'a shorter life',
    [['partner.yaml', 'exp: 3600', 'exp: 300']],
    [
      member(
        'jwt\\.claims\\.exp: The time is 3300 s earlier than expected\\.',
        '1767229200',
        '1767225900',
        'the time of minting \\+ 300 s',
      ),
      /sameAs claims\.exp: 3600 s after the time of issue in the recorded token, and 300 s after it here\./,
    ],
  ],
  [
    'another prefix',
    [['mintproc.yaml', 'prefix: "Bearer "', 'prefix: "JWT "']],
    [/header\.prefix: Another text is before the token\. .*\n {4}expected "Bearer "\n {4}actual {3}"JWT "/],
  ],
  [
    'another header',
    [['mintproc.yaml', 'header: authorization', 'header: x-token']],
    [/header\.name: The token is in another header\. .*\n {4}expected "Authorization"\n {4}actual {3}"x-token"/],
  ],
  [
    'another policy on the route',
    [
      [
        'mintproc.yaml',
        'orders, match: { pathPrefix: /orders }, policies: [partner]',
        'orders, match: { pathPrefix: /orders }, policies: [lenient]',
      ],
    ],
    [
      /policy: The route of the request runs other policies\. .*\n.*\n {4}actual {3}\["lenient"\]/,
      /refused: The request is not refused\. lenient: \S+strict\.yaml:2:\d+: no token: claim `sub`: .* The request goes on without it\./,
    ],
  ],
  [
    'a caller who is missing',
    [['orders.test.yaml', '    caller: { claims: { client_id: alice, level: 7 } }\n', '']],
    [/jwt: There is no token\. The request is refused with 401\. .* \[identity\.missing\]/],
  ],
  [
    'a caller who is no longer required',
    [['mintproc.yaml', 'requireCaller: true', 'requireCaller: false']],
    [/failed nobody .*\n {2}refused: The request is not refused: it goes on with a token of partner\./],
  ],
  [
    'one claim more',
    [['partner.yaml', '- { name: iss', '- { name: aud, value: urn:b }\n      - { name: iss']],
    [
      /jwt\.claims\.aud: The token has this claim too, and `exact` allows no others\. .*:14:14\)\n {4}actual {3}"urn:b"/,
      /sameAs claims\.aud: The token that is made here has it, and the recorded one does not\./,
    ],
  ],
  [
    'another reason of a refusal',
    [['mintproc.yaml', 'pathPrefix: /strict }', 'pathPrefix: /strict }, requireCaller: true']],
    [
      /failed an error .*\n {2}policy: The request is refused before the policy runs\. The request is refused with 401\./,
      /refused\.status: The status is another one\. .*\n {4}expected 500\n {4}actual {3}401\n/,
      /refused\.code: The reason is another one\. .*\n {4}expected "dataweave\.type-mismatch"\n {4}actual {3}"identity\.missing"/,
    ],
  ],
  [
    'another error of a policy',
    [
      [
        'orders.test.yaml',
        'refused: { status: 500, code: dataweave.type-mismatch }',
        'refused: { code: dataweave.arithmetic }',
      ],
    ],
    [
      /refused\.code: The reason is another one\. strict: \S+strict\.yaml:2:\d+: no token: claim `sub`: .*\n.*\n {4}actual {3}"dataweave\.type-mismatch"/,
    ],
  ],
  [
    'an error that refuses the request now',
    [['mintproc.yaml', 'onError: pass', 'onError: deny']],
    [/failed no token after an error .*\n {2}withoutToken: It does not go on\. lenient: \S+: no token: claim `sub`/],
  ],
  [
    'a token where there was none',
    [['strict.yaml', 'authentication.principal', "(authentication.principal default 'x')"]],
    [
      /refused: The request is not refused: it goes on with a token of strict\./,
      /withoutToken: The request goes on with a token of lenient\./,
    ],
  ],
  [
    'requests that match no route are refused',
    [['mintproc.yaml', 'unmatched: pass', 'unmatched: deny']],
    [/failed elsewhere .*\n {2}withoutToken: It does not go on\. The request is refused with 404\. .* \[route\.none\]/],
  ],
  [
    'a token that the policy no longer mints',
    [['mintproc.yaml', '/both }, policies: [partner, strict]', '/both }, policies: [partner]']],
    [/failed one of two .*\n {2}policy: The route of the request runs other policies\./],
  ],
];

for (const [name, changes, says] of regressions) {
  test(`caught: ${name}`, async () => {
    const { code, out, errors } = await tested(changes);
    for (const said of says) assert.match(out, said);
    assert.equal(code, 1, errors);
    for (const text of hidden) assert.ok(!(out + errors).includes(text));
  });
}
