/**
 * @module
 * The explained values are those of the token, and explaining a request does not change its token: for every
 * conformance case of every dialect that mints one.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { readRequest } from '../../src/cli/request-objects.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { JsonObject } from '../../src/diagnostics/json.ts';
import { StepRecorder } from '../../src/mint/step-recorder.ts';
import { HeaderList } from '../../src/request/header-fields.ts';
import { emptyView, viewOf } from '../../src/request/object-view.ts';
import { connectionAttributes } from '../../src/request/request-view.ts';
import { partsOf, type TokenParts } from '../../src/trial/answer-fields.ts';
import { type ExplainedMember, explainToken } from '../../src/trial/explained-members.ts';
import type { WrittenRequest } from '../../src/trial/incoming.ts';
import { runTrial, type TriedRequest } from '../../src/trial/run-trial.ts';
import { memoryFiles } from '../configuration/memory-files.ts';
import * as apigee from '../dialects/apigee/conformance-case.ts';
import * as datapower from '../dialects/datapower/conformance-case.ts';

interface Tried {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly request: Omit<TriedRequest, 'identify'> & Partial<Pick<TriedRequest, 'identify'>>;
  readonly at?: number | undefined;
}

const folder = new URL('../conformance/', import.meta.url);

function casesIn<Case>(dialect: string, only?: string): readonly Case[] {
  const names = readdirSync(new URL(`${dialect}/`, folder)).filter((name) => name.endsWith('.yaml'));
  const wanted = names.filter((name) => only === undefined || name === only);
  return wanted.flatMap((name) => parse(readFileSync(new URL(`${dialect}/${name}`, folder), 'utf8')));
}

const none = new Map();

function sent(incoming: WrittenRequest): Tried['request'] {
  return { incoming, variables: none };
}

const configured = (policy: JsonObject, more: JsonObject = {}): string =>
  JSON.stringify({ ...more, policies: [{ name: 'p', ...policy }], routes: [{ match: {}, policies: ['p'] }] });

interface FlexCase {
  readonly name: string;
  readonly policy: string;
  readonly request: JsonObject;
}

function flexCase({ name, policy, request }: FlexCase): Tried {
  const { attributes, authentication } = readRequest(request, 'the request');
  const connection = Object.entries(connectionAttributes).map(
    ([member, attribute]) => [attribute, attributes[member as keyof typeof connectionAttributes]] as const,
  );
  const incoming = {
    headers: attributes.headers,
    attributes: new Map(connection),
    metadata: emptyView,
    routePolicy: undefined,
  };
  const files = { 'mintproc.yaml': configured({ file: 'policy.yaml' }), 'policy.yaml': policy };
  return { name, files, request: { incoming, variables: none, identify: () => authentication } };
}

interface CallerCase {
  readonly name: string;
  readonly source: JsonObject;
  readonly entry?: JsonObject;
  readonly request: apigee.Case['request'] & object;
  readonly reads: Readonly<Record<string, string>>;
  readonly engines?: readonly string[];
}

function callerCase(example: CallerCase): Tried[] {
  const { name, source, entry = {}, request, reads, engines = ['flex', 'dataweave'] } = example;
  const { headers = {} } = request;
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
  const incoming = {
    headers: new HeaderList(pairs),
    attributes: new Map(Object.entries(request.attributes ?? {})),
    metadata: viewOf(request.metadata ?? {}),
    routePolicy: undefined,
  };
  const claims = Object.entries(reads).map(([claim, read]) => ({ name: claim, value: `#[${read}]` }));
  const privateKey = 'a secret of at least thirty-two bytes';
  const config = { signingMethod: 'HS256', privateKey, customClaims: claims };
  const policy = JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
  return engines.map((expressions) => ({
    name: `${expressions}: ${name}`,
    files: {
      'mintproc.yaml': configured(
        { file: 'policy.yaml', expressions, ...entry },
        { authentication: { sources: [source] } },
      ),
      'policy.yaml': policy,
    },
    request: sent(incoming),
  }));
}

const suites: readonly [suite: string, cases: readonly Tried[], atLeast: number][] = [
  ['flex policies', casesIn<FlexCase>('flex', 'policies.yaml').map(flexCase), 25],
  ['flex callers', casesIn<CallerCase>('flex', 'callers.yaml').flatMap(callerCase), 36],
  [
    'apigee',
    casesIn<apigee.Case>('apigee').map((one) => ({
      name: one.name,
      files: apigee.filesOf(one),
      request: sent(apigee.requestOf(one)),
      at: one.at,
    })),
    200,
  ],
  [
    'datapower',
    casesIn<datapower.Case>('datapower').map((one) => ({
      name: one.name,
      files: datapower.filesOf(one),
      request: sent(datapower.requestOf(one)),
      at: one.at,
    })),
    150,
  ],
];

async function tried({ files, request, at = 1_700_000_000_999 }: Tried, recorder?: StepRecorder) {
  const { environment } = apigee;
  const { snapshot } = loadConfiguration('mintproc.yaml', { files: memoryFiles(files), environment, recorder });
  if (snapshot === undefined) return undefined;
  const whole = { ...request, identify: request.identify ?? snapshot.identify };
  const { policies } = await runTrial(snapshot, whole, { at, randomId: () => apigee.identifier });
  const [one] = policies;
  // A policy may write something in place of the token.
  const isToken = one?.result.kind === 'minted' && one.result.token.split('.').length > 2;
  return isToken && one.result.kind === 'minted'
    ? { plan: one.policy.plan, parts: partsOf(one.result.token), at }
    : undefined;
}

/** Those of the token: a later step replaces the value of an earlier one, and what the key management adds differs. */
function valuesOf(members: readonly ExplainedMember[]): Readonly<Record<string, string>> {
  const known = members.flatMap(({ name, value }) =>
    name === null || value === undefined ? [] : [[name, JSON.stringify(value)] as const],
  );
  return Object.fromEntries(known);
}

function jsonOf(object: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, JSON.stringify(value)]));
}

const signedParts = ({ header, claims }: TokenParts): string =>
  JSON.stringify(claims === null ? Object.keys(header) : { header, claims });

for (const [suite, cases, atLeast] of suites) {
  test(`the explained members are those of the token: ${suite}`, async () => {
    let tokens = 0;
    for (const example of cases) {
      const plain = await tried(example);
      const recorder = new StepRecorder();
      const recorded = await tried(example, recorder);
      assert.equal(recorded === undefined, plain === undefined, example.name);
      if (plain === undefined || recorded === undefined) continue;
      tokens++;
      const { plan, parts, at } = recorded;
      assert.equal(signedParts(parts), signedParts(plain.parts), example.name);
      const { header, claims } = explainToken(plan, { recorder, at, header: parts.header });
      assert.deepEqual(valuesOf(header), jsonOf(parts.header), example.name);
      if (parts.claims !== null) assert.deepEqual(valuesOf(claims), jsonOf(parts.claims), example.name);
    }
    assert.ok(tokens >= atLeast, `only ${tokens} tokens of ${cases.length} cases`);
  });
}
