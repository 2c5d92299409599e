/**
 * @module
 * The command that writes the Envoy part of an import again: it runs as it is printed once the words in capitals are
 * replaced.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callerIssuer } from '../../src/dialects/caller-issuer.ts';
import type { CallerIssuer } from '../../src/dialects/exported.ts';
import { platforms } from '../../src/envoy/platforms.ts';
import { genCommand } from '../../src/migration/gen-command.ts';
import { migrationOf } from '../../src/migration/migration.ts';
import { examplePolicy } from './example-policy.ts';

const issuer = 'https://login.example.com';
const jwks = 'https://login.example.com/keys';
const none = { issuer: undefined, audience: undefined, jwks: undefined };
const begin = 'mintproc gen envoy --config mintproc.yaml --out .';

const commands: readonly [
  name: string,
  proxy: { readonly platform?: string; readonly isWritten?: false; readonly readsCaller?: false },
  issuers: readonly CallerIssuer[],
  line: string,
  said: readonly RegExp[],
][] = [
  [
    'everything is known',
    {},
    [{ issuer, audience: 'shop', jwks }],
    `${begin} --force --upstream HOST:PORT --issuer ${issuer} --audience shop --jwks ${jwks}`,
    [/`HOST:PORT` is/, /If callers do not have JWTs/],
  ],
  [
    'nothing is known',
    {},
    [none],
    `${begin} --force --upstream HOST:PORT --issuer ISSUER --jwks KEYS`,
    [/`HOST:PORT` is/, /`ISSUER` is/, /`KEYS` is/, /Add `--audience NAME`/, /If callers do not have JWTs/],
  ],
  [
    'the same issuer twice',
    {},
    [
      { ...none, issuer },
      { ...none, issuer },
    ],
    `${begin} --force --upstream HOST:PORT --issuer ${issuer} --jwks KEYS`,
    [/`HOST:PORT` is/, /`KEYS` is/, /Add `--audience NAME`/, /If callers do not have JWTs/],
  ],
  [
    'two issuers',
    {},
    [
      { ...none, issuer },
      { ...none, jwks },
    ],
    `${begin} --force --upstream HOST:PORT --issuer ISSUER --jwks KEYS`,
    [
      /`HOST:PORT` is/,
      /`ISSUER` is/,
      /`KEYS` is/,
      /Add `--audience NAME`/,
      /If callers do not have JWTs/,
      /tokens had the issuer `https:\/\/login\.example\.com`; or the key set `https:\/\/login\.example\.com\/keys`\.$/,
    ],
  ],
  [
    'no caller is read',
    { readsCaller: false },
    [{ ...none, issuer }],
    `${begin} --force --upstream HOST:PORT`,
    [/`HOST:PORT` is/],
  ],
  [
    'nothing is written yet',
    { isWritten: false, readsCaller: false },
    [],
    `${begin} --upstream HOST:PORT`,
    [/`HOST:PORT` is/],
  ],
  [
    'another platform',
    { platform: 'istio' },
    [{ ...none, issuer, audience: 'shop' }],
    'mintproc gen istio --config mintproc.yaml --out . --force',
    [/tokens had the issuer `https:\/\/login\.example\.com`, the audience `shop`\.$/],
  ],
];

for (const [name, { platform = 'envoy', isWritten = true, readsCaller = true }, issuers, line, said] of commands) {
  test(`the command of an import: ${name}`, () => {
    const migration = migrationOf([{ name: 'a', policies: [{ ...examplePolicy, issuers }] }]);
    const files = new Map(isWritten ? [['part.yaml', '']] : []);
    const made = genCommand(migration, { platform, files, readsCaller });
    assert.equal(made.line, line);
    const sentences = [...made.meanings, ...made.known];
    assert.equal(sentences.length, said.length, sentences.join('\n'));
    for (const [at, sentence] of sentences.entries()) assert.match(sentence, said[at] ?? /^$/);
  });
}

test('the issuers of a policy that cannot run here are not asked for', () => {
  const problem = {
    code: 'import.no-request',
    severity: 'error',
    message: 'It cannot.',
    place: examplePolicy.place,
  } as const;
  const lost = { ...examplePolicy, issuers: [{ ...none, issuer }], reasons: [{ kind: 'cannot', problem } as const] };
  const { line } = genCommand(migrationOf([{ name: 'a', policies: [lost] }]), {
    platform: 'envoy',
    files: new Map(),
    readsCaller: true,
  });
  assert.match(line, / --issuer ISSUER /);
});

const shown: readonly [name: string, text: unknown, expected: string | undefined][] = [
  ['a URL', issuer, issuer],
  ['the longest text', 'a'.repeat(256), 'a'.repeat(256)],
  ['a longer text', 'a'.repeat(257), undefined],
  ['a blank', 'a b', undefined],
  ['what a shell reads', 'a$(b)', undefined],
  ['a quote', "a'b", undefined],
  ['a template of Apigee', '{issuer}', undefined],
  ['an expression', '#[vars.issuer]', undefined],
  ['a regular expression', 'https://.*', undefined],
  ['no text', 7, undefined],
  ['nothing', '', undefined],
];

for (const [name, text, expected] of shown) {
  test(`an issuer of the export is shown only as plain text: ${name}`, () => {
    const found = callerIssuer({ issuer: text, audience: text, jwks: text });
    assert.deepEqual(found, { issuer: expected, audience: expected, jwks: expected === issuer ? issuer : undefined });
    const check = platforms.envoy.options['issuer']?.check;
    if (expected !== undefined) assert.equal(check?.(expected), undefined);
  });
}
