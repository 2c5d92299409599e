import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { longestCompared } from '../../src/decision/request-rules.ts';
import { HeaderList } from '../../src/request/header-fields.ts';
import { emptyView } from '../../src/request/object-view.ts';
import { decideAtOnce } from '../at-once.ts';
import { memoryFiles } from '../configuration/memory-files.ts';

type Fields = readonly (readonly [string, string])[];

interface Case {
  readonly name: string;
  readonly rules?: unknown;
  readonly pointcutData?: unknown;
  readonly requests: readonly {
    readonly ask: string;
    readonly headers?: Fields | Readonly<Record<string, string>>;
    readonly get: string;
  }[];
}

const file = new URL('../conformance/flex/rules.yaml', import.meta.url);
const cases: readonly Case[] = parse(readFileSync(file, 'utf8'));

function decider({ rules, pointcutData }: Omit<Case, 'name' | 'requests'>) {
  const config = { signingMethod: 'HS256', privateKey: 'a-secret-of-thirty-two-characters' };
  const policy =
    rules === undefined
      ? { assetId: 'jwt-generation-flex', configurationData: config, pointcutData }
      : { policyRef: { name: 'jwt-generation-flex' }, config, rules };
  const configuration = {
    policies: [{ name: 'p', file: 'policy.json' }],
    routes: [{ match: {}, policies: ['p'] }],
  };
  const { snapshot, problems } = loadConfiguration('conf.json', {
    files: memoryFiles({ 'policy.json': JSON.stringify(policy), 'conf.json': JSON.stringify(configuration) }),
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
  if (decision.kind === 'refuse') return decision.refusal.status === 400 ? `${decision.code}` : 'another refusal';
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
