/**
 * The JSON Schemas of `mintproc schema`, by Python's jsonschema: they accept what mintproc accepts, and refuse the
 * mistakes of beginners.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { parse } from 'yaml';
import type { SchemaName } from '../../src/cli/schemas.ts';
import { configurationMistakes } from './beginner-mistakes/configurations.ts';
import { policyMistakes } from './beginner-mistakes/policies.ts';
import { edited, type Mistake, world } from './beginner-mistakes/world.ts';
import { runCommand } from './captured-terminal.ts';
import { type Example, objections } from './schema-judge.ts';

const root = join(import.meta.dirname, '..', '..');

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function files(schema: SchemaName, ...patterns: readonly string[]): readonly Example[] {
  return globSync(patterns, { cwd: root }).map((path) => ({ name: path, schema, text: textOf(path) }));
}

const policies: readonly { readonly name: string; readonly policy: string }[] = parse(
  textOf('test/conformance/flex/policies.yaml'),
);
const rules: readonly { readonly name: string; readonly rules?: unknown; readonly pointcutData?: unknown }[] = parse(
  textOf('test/conformance/flex/rules.yaml'),
);

/** A policy in each resource that may carry one; `KEY` is a member of its configuration. */
const carriers: Readonly<Record<string, string>> = {
  'a list': '[{ policyRef: { name: jwt-generation-flex }, config: { KEY: 1 } }]',
  'an empty policyRef': '[{ policyRef: null, name: jwt-generation-flex, config: { KEY: 1 } }]',
  'inside policyRef': '[{ policyRef: { name: jwt-generation-flex-v1.0, config: { KEY: 1 } } }]',
  PolicyBinding: '{ kind: PolicyBinding, spec: { policyRef: { name: jwt-generation-flex }, config: { KEY: 1 } } }',
  ApiInstance: '{ spec: { policies: [{ policyRef: { name: jwt-generation-flex }, config: { KEY: 1 } }] } }',
  'policies of a direction':
    '{ spec: { policies: { outbound: [{ policyRef: { name: jwt-generation-flex }, config: { KEY: 1 } }] } } }',
  'a service':
    '{ spec: { services: { a: { policies: [{ policyRef: { name: jwt-generation-flex }, config: { KEY: 1 } }] } } } }',
  'a List': '{ kind: List, items: [{ spec: { policyRef: { name: jwt-generation-flex }, config: { KEY: 1 } } }] }',
  'API Manager': '{ assetId: jwt-generation, configurationData: { KEY: 1 } }',
  'an export of API Manager': '{ policies: [{ template: { assetId: jwt-generation }, configuration: { KEY: 1 } }] }',
};

const wrongCarriers: Readonly<Record<string, string>> = {
  'no configuration': '[{ policyRef: { name: jwt-generation-flex } }]',
  'rules that are misspelt': '[{ policyRef: { name: jwt-generation-flex }, config: {}, rulse: [] }]',
  'a rule that is misspelt': '[{ policyRef: { name: jwt-generation-flex }, config: {}, rules: [{ method: GET }] }]',
  'the policy of the same name': '[{ policyRef: { name: jwt-generation-flex }, config: { kid: a, jku: b } }]',
  'an unknown method': '[{ policyRef: { name: jwt-generation-flex }, config: { signingMethod: RS265 } }]',
  '51 rules': JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config: {}, rules: Array(51).fill({}) }]),
};

function withKey(key: string): readonly Example[] {
  return Object.entries(carriers).map(([name, text]) => ({
    name: `${key} in ${name}`,
    schema: 'flex',
    text: text.replaceAll('KEY', key),
  }));
}

const testFile = `config: mintproc.yaml
at: 2026-01-01T00:00:00Z
cases:
  - name: a partner's order
    request: { method: GET, path: /orders/7, host: api.example.com, headers: { x-tenant: t1 } }
    caller: { claims: { sub: alice, roles: [admin] } }
    expect:
      route: orders
      policy: partner
      header: { name: authorization, prefix: "Bearer " }
      jwt:
        header: { alg: RS256, kid: key-1 }
        claims: { sub: alice, exp: 1767229200, jti: { matches: "^[0-9a-f-]{36}$" }, admin: { absent: true } }
      exact: true
  - name: nobody
    request: { path: /orders/7 }
    expect: { refused: { status: 401, code: identity.missing } }
  - name: as the old gateway made it
    request: { path: /orders/7, headers: { x-tenant: t1 } }
    caller: { claims: { sub: alice } }
    expect: { sameAs: recorded/orders.jwt }
`;

const request = `request: { method: GET, path: "/orders?id=7", headers: { x-tenant: [t1, t2] } }
caller: { claims: { sub: alice, roles: [admin] }, from: jwt_authn }
metadata: { a.b: { c: [1, { d: null }] } }
`;

const edits: readonly [schema: 'test' | 'request', text: string, replace: string, by: string][] = [
  ['test', testFile, 'expect:', 'expects:'],
  ['test', testFile, 'sameAs: recorded', 'sameas: recorded'],
  ['test', testFile, 'status: 401', 'status: "401"'],
  ['test', testFile, 'config: mintproc.yaml', ''],
  ['test', testFile, 'exact: true', 'exact: yes'],
  ['test', testFile, '{ sameAs: recorded/orders.jwt }', '{}'],
  ['test', testFile, '{ sameAs: recorded/orders.jwt }', '{ exact: true }'],
  ['test', testFile, '{ sameAs: recorded/orders.jwt }', '{ exact: true, jwt: { header: { alg: RS256 } } }'],
  ['test', testFile, '{ sameAs: recorded/orders.jwt }', '{ jwt: {} }'],
  ['test', testFile, '{ sameAs: recorded/orders.jwt }', '{ header: {} }'],
  ['request', request, 'method: GET', 'methd: GET'],
  ['request', request, 'path: "/orders', 'path: "orders'],
  ['request', request, 'claims:', 'claim:'],
  ['request', request, '[t1, t2]', '7'],
];

const inOrder: readonly Example[] = [
  { name: 'a test file', schema: 'test', text: testFile },
  {
    name: 'an `exact` that is false',
    schema: 'test',
    text: testFile.replace('{ sameAs: recorded/orders.jwt }', '{ exact: false, sameAs: a.jwt }'),
  },
  { name: 'a request', schema: 'request', text: request },
  { name: 'an empty request', schema: 'request', text: '{}' },
  ...withKey('exp'),
  {
    name: 'another policy',
    schema: 'flex',
    text: '[{ policyRef: { name: rate-limiting }, config: { exq: 1 }, x: 1 }]',
  },
  {
    name: '50 rules',
    schema: 'flex',
    text: JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config: {}, rules: Array(50).fill({}) }]),
  },
  ...files(
    'configuration',
    'config/mintproc.yaml',
    'deploy/*/config/mintproc.yaml',
    'test/migration/results/*/mintproc.yaml',
  ),
  { name: 'what beginners change', schema: 'configuration', text: world['mintproc.yaml'] },
  ...files('flex', 'config/policies/*.yaml', 'deploy/*/config/*.flex.yaml', 'test/migration/exports/flex/*.yaml'),
  { name: 'the policy that beginners change', schema: 'flex', text: world['flex.yaml'] },
  ...policies.map(({ name, policy }) => ({ name, schema: 'flex' as const, text: policy })),
  ...rules.map(({ name, rules: written, pointcutData }) => ({
    name: `rules: ${name}`,
    schema: 'flex' as const,
    text: JSON.stringify(
      pointcutData === undefined
        ? [{ policyRef: { name: 'jwt-generation-flex' }, config: {}, rules: written }]
        : [{ assetId: 'jwt-generation', configurationData: {}, pointcutData }],
    ),
  })),
];

const shapeCodes = /^(?:policy|config)\.(?:unknown-key|missing-key|wrong-type)$/;

function mistakes(schema: SchemaName, file: string, all: readonly Mistake[]): readonly Example[] {
  return all.flatMap(({ name, edit, code = '' }) =>
    edit?.file === file && shapeCodes.test(code) ? [{ name: `${name} (${code})`, schema, text: edited(edit) }] : [],
  );
}

const wrong: readonly Example[] = [
  ...mistakes('configuration', 'mintproc.yaml', configurationMistakes),
  ...mistakes('configuration', 'keys.yaml', configurationMistakes),
  ...mistakes('flex', 'flex.yaml', policyMistakes),
  ...withKey('exq'),
  ...Object.entries(wrongCarriers).map(([name, text]) => ({ name, schema: 'flex' as const, text })),
  ...edits.map(([schema, text, replace, by]) => ({ name: `\`${by}\``, schema, text: text.replace(replace, by) })),
];

/** Names that a `describe` may show, with what jsonschema says; a failure prints the latter. */
function judged(title: string, examples: readonly Example[], accepted: boolean): void {
  describe(title, () => {
    let found: readonly (readonly string[])[] = [];
    before(async () => {
      found = await objections(examples);
    });
    for (const [index, { name, schema }] of examples.entries()) {
      test(`${schema}: ${name}`, () => {
        if (accepted) assert.deepEqual(found[index], []);
        else assert.notDeepEqual(found[index], []);
      });
    }
  });
}

judged('accepted', inOrder, true);
judged('refused', wrong, false);

test('there are mistakes of each kind of file', () => {
  assert.deepEqual([...new Set(wrong.map(({ schema }) => schema))].sort(), [
    'configuration',
    'flex',
    'request',
    'test',
  ]);
});

test('a folder with the schemas is checked without them', async () => {
  const { out } = await runCommand(['validate', join(root, 'config')]);
  assert.doesNotMatch(out, /schema\.json/);
  assert.match(out, /config\/mintproc\.yaml/);
});
