import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Decision } from '../../../src/decision/decision.ts';
import type { JsonObject } from '../../../src/diagnostics/json.ts';
import { HeaderList } from '../../../src/request/header-fields.ts';
import { viewOf } from '../../../src/request/object-view.ts';
import { decideAtOnce } from '../../at-once.ts';
import { loadConfiguration } from '../../configuration/loading.ts';
import { memoryFiles, withoutNotes } from '../../configuration/memory-files.ts';

interface Case {
  readonly name: string;
  readonly source: JsonObject;
  readonly entry?: JsonObject;
  readonly request: {
    readonly headers?: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
    readonly attributes?: JsonObject;
    readonly metadata?: JsonObject;
  };
  readonly reads: Readonly<Record<string, string>>;
  readonly claims?: JsonObject;
  readonly refused?: number;
  readonly problems?: readonly string[];
  readonly engines?: readonly Engine[];
}

type Engine = 'flex' | 'dataweave';

const file = new URL('../../conformance/flex/callers.yaml', import.meta.url);
const cases: readonly Case[] = parse(readFileSync(file, 'utf8'));

/** One claim for each line, so that the line of a problem says which claim it is about. */
function policyOf({ reads }: Case): { readonly text: string; readonly lineOf: ReadonlyMap<number, string> } {
  const head = [
    '- policyRef: { name: jwt-generation-flex }',
    '  config:',
    '    signingMethod: HS256',
    '    privateKey: a secret of at least thirty-two bytes',
    '    iat: false',
    '    customClaims:',
  ];
  const names = Object.keys(reads);
  const claims = names.map((name) => `      - { name: ${name}, value: ${JSON.stringify(`#[${reads[name]}]`)} }`);
  return {
    text: [...head, ...claims, ''].join('\n'),
    lineOf: new Map(names.map((name, index) => [head.length + index + 1, name])),
  };
}

function claimsOf(decision: Decision): unknown {
  assert.equal(decision.kind, 'forward');
  const [, value = ''] = (decision.kind === 'forward' && decision.set[0]) || [];
  return JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString());
}

for (const example of cases) {
  for (const engine of example.engines ?? (['flex', 'dataweave'] as const)) {
    test(`callers, ${engine}: ${example.name}`, () => {
      const { text, lineOf } = policyOf(example);
      const configuration = {
        authentication: { sources: [example.source] },
        policies: [{ name: 'p', file: 'policy.yaml', expressions: engine, reuse: true, ...example.entry }],
        routes: [{ match: {}, policies: ['p'] }],
      };
      const files = memoryFiles({ 'mintproc.yaml': JSON.stringify(configuration), 'policy.yaml': text });
      const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files });
      const found = withoutNotes(problems).map(({ code, place }) =>
        place.file === 'policy.yaml' ? `${code} ${lineOf.get(place.line)}` : code,
      );
      assert.deepEqual(found, example.problems ?? []);
      assert.ok(snapshot);
      const { headers = {}, attributes = {}, metadata = {} } = example.request;
      const decision = decideAtOnce(snapshot, { clock: () => 1_700_000_000_000, randomId: () => 'unused' })({
        headers: new HeaderList(Array.isArray(headers) ? headers : Object.entries(headers)),
        attributes: new Map(Object.entries(attributes)),
        metadata: viewOf(metadata),
        routePolicy: undefined,
      });
      if (example.refused === undefined) assert.deepEqual(claimsOf(decision), example.claims);
      else assert.equal(decision.kind === 'refuse' && decision.refusal.status, example.refused);
    });
  }
}
