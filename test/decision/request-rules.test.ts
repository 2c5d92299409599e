import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import { parse } from 'yaml';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { compileRules, longestCompared, maxWork } from '../../src/decision/request-rules.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { HeaderList } from '../../src/request/header-fields.ts';
import { emptyView } from '../../src/request/object-view.ts';
import { decideAtOnce } from '../at-once.ts';
import { memoryFiles } from '../configuration/memory-files.ts';

type Fields = readonly (readonly [string, string])[];

interface Case {
  readonly name: string;
  readonly rules?: unknown;
  readonly pointcutData?: unknown;
  /** The address of the API instance around the policy. */
  readonly address?: string;
  /** `flex.basePath` of the entry. */
  readonly basePath?: unknown;
  readonly requests: readonly {
    readonly ask: string;
    readonly headers?: Fields | Readonly<Record<string, string>>;
    readonly get: string;
  }[];
}

const file = new URL('../conformance/flex/rules.yaml', import.meta.url);
const cases: readonly Case[] = parse(readFileSync(file, 'utf8'));

function decider({ rules, pointcutData, address, basePath }: Omit<Case, 'name' | 'requests'>) {
  const config = { signingMethod: 'HS256', privateKey: 'a-secret-of-thirty-two-characters' };
  const policy =
    rules === undefined
      ? { assetId: 'jwt-generation-flex', configurationData: config, pointcutData }
      : { policyRef: { name: 'jwt-generation-flex' }, config, rules };
  const resource = address === undefined ? policy : { kind: 'ApiInstance', spec: { address, policies: [policy] } };
  const configuration = {
    policies: [{ name: 'p', file: 'policy.json', ...(basePath === undefined ? {} : { flex: { basePath } }) }],
    routes: [{ match: {}, policies: ['p'] }],
  };
  const { snapshot, problems } = loadConfiguration('conf.json', {
    files: memoryFiles({ 'policy.json': JSON.stringify(resource), 'conf.json': JSON.stringify(configuration) }),
  });
  assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
  return decideAtOnce(snapshot, { clock: () => 1_700_000_000_000, randomId: () => 'id' });
}

function ask(decide: ReturnType<typeof decider>, line: string, headers: Fields): string {
  const [method = '', path] = line.split(' ');
  const pseudo: Fields = [[':method', method], ...(path === undefined ? [] : [[':path', path] as const])];
  const all = new HeaderList([...pseudo, ...headers, ['authorization', 'Bearer of the client']]);
  return outcome(decide({ headers: all, attributes: new Map(), metadata: emptyView, routePolicy: undefined }));
}

/** A request without a token must lose the client's own copy of the header. */
function outcome(decision: Decision): string {
  if (decision.kind === 'refuse') {
    const expected = decision.code === 'route.untold' ? 500 : 400;
    return decision.refusal.status === expected ? `${decision.code}` : 'another refusal';
  }
  if (decision.kind === 'untouched') return 'untouched';
  const { set, remove } = decision;
  if (set.length === 0) return remove.includes('authorization') ? 'none' : "the client's own";
  return 'token';
}

for (const { name, requests, ...rules } of cases) {
  test(`the rules of a policy: ${name}`, () => {
    const decide = decider(rules);
    const answers = requests.map(({ ask: line, headers = [] }) =>
      ask(decide, line, Array.isArray(headers) ? headers : Object.entries(headers)),
    );
    assert.deepEqual(
      answers.map((answer, index) => [requests[index]?.ask, answer]),
      requests.map(({ ask: line, get }) => [line, get]),
    );
  });
}

test('policies of one route whose rules exclude each other write the same header', () => {
  const policy = (iss: string, methods: string): string =>
    JSON.stringify({
      policyRef: { name: 'jwt-generation-flex' },
      config: {
        signingMethod: 'HS256',
        privateKey: 'a-secret-of-thirty-two-characters',
        customClaims: [{ name: 'iss', value: iss }],
      },
      rules: [{ methods }],
    });
  const names = ['read', 'write'];
  const configuration = {
    policies: names.map((name) => ({ name, file: `${name}.json` })),
    routes: [{ match: {}, policies: names }],
  };
  const { snapshot, problems } = loadConfiguration('conf.json', {
    files: memoryFiles({
      'read.json': policy('read', 'GET|HEAD'),
      'write.json': policy('write', 'POST'),
      'conf.json': JSON.stringify(configuration),
    }),
  });
  assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
  const decide = decideAtOnce(snapshot, { clock: () => 1_700_000_000_000, randomId: () => 'id' });
  const issuers = ['GET', 'head', 'POST', 'PUT'].map((method) => {
    const headers = new HeaderList([
      [':method', method],
      ['authorization', 'Bearer of the client'],
    ]);
    const decision = decide({ headers, attributes: new Map(), metadata: emptyView, routePolicy: undefined });
    assert.ok(decision.kind === 'forward');
    const [[name, token = ''] = [], ...more] = decision.set;
    assert.deepEqual(more, []);
    if (name === undefined) return outcome(decision);
    assert.equal(name, 'authorization');
    return decodeJwt(token.replace('Bearer ', '')).iss;
  });
  assert.deepEqual(issuers, ['read', 'read', 'write', 'none']);
});

test('a path and a header of the greatest length are compared, and longer ones refused', () => {
  const path = (length: number): string => `GET /${'a'.repeat(length - 1)}`;
  const byPath = decider({ rules: [{ path: '/a*' }] });
  assert.equal(ask(byPath, path(longestCompared), []), 'token');
  assert.equal(ask(byPath, path(longestCompared + 1), []), 'route.ambiguous-path');
  assert.equal(ask(byPath, `GET /a?${'q'.repeat(longestCompared)}`, []), 'token');
  const byHeader = decider({ rules: [{ headers: { 'x-a': 'a*' } }] });
  assert.equal(ask(byHeader, 'GET /', [['x-a', 'a'.repeat(longestCompared)]]), 'token');
  assert.equal(ask(byHeader, 'GET /', [['x-a', 'a'.repeat(longestCompared + 1)]]), 'route.ambiguous-header');
});

/** Patterns of 1000 states together. They count, and what they match does not matter. */
const costly = Array.from({ length: 10 }, () => {
  const pattern = { states: 100, beginnings: [], matches: () => false, matchesAnyCase: () => false };
  return { path: pattern, headers: [] };
});

const works: readonly (readonly [length: number, code: string | undefined])[] = [
  // The path is compared as it is read, and as it is.
  [maxWork / 1000 / 2, undefined],
  [maxWork / 1000 / 2 + 1, 'route.ambiguous-path'],
];

for (const [length, code] of works) {
  test(`rules with 1000 states compare a path of ${length} characters: ${code ?? 'yes'}`, () => {
    const isFor = compileRules({ rules: costly, basePaths: [] });
    const headers = new HeaderList([[':path', `/${'a'.repeat(length - 1)}`]]);
    if (code === undefined) assert.equal(isFor?.(headers), false);
    else
      assert.throws(
        () => isFor?.(headers),
        (error) => error instanceof MintError && error.code === code,
      );
  });
}

test('a header that is repeated many times is not compared without end', () => {
  const decide = decider({ rules: [{ headers: { 'x-a': '.*a.{100}b' } }] });
  const copies = Array.from({ length: 60 }, () => ['x-a', 'a'.repeat(longestCompared)] as const);
  assert.equal(ask(decide, 'GET /', copies), 'route.ambiguous-header');
});
