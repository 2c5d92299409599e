/**
 * @module
 * Configurations whose policies ask Envoy to keep their tokens: the conformance cases of all dialects, random policies,
 * and random expressions, behind routes with random conditions.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import { type Case as ApigeeCase, filesOf as apigeeFiles } from '../dialects/apigee/conformance-case.ts';
import { type Case as DataPowerCase, filesOf as datapowerFiles } from '../dialects/datapower/conformance-case.ts';
import { conformanceFiles, readLines } from '../expressions/conformance-files.ts';
import { DataWeaveGenerator } from '../expressions/dataweave/generate.ts';
import { ExpressionGenerator } from '../expressions/flex/generate.ts';
import type { Dice } from '../search/dice.ts';
import { flexPolicy } from './memory-files.ts';
import { readingConfiguration } from './reading-configurations.ts';

export type Files = Readonly<Record<string, string>>;

function casesIn<T>(dialect: string, names: readonly string[]): readonly T[] {
  return names.flatMap((name) => {
    const url = new URL(`../conformance/${dialect}/${name}.yaml`, import.meta.url);
    return parse(readFileSync(url, 'utf8')) as readonly T[];
  });
}

const apigeeNames = ['additional-claims', 'callers', 'editions-outputs', 'faults', 'flow-variables', 'hardly-meant'];
const moreApigeeNames = ['recorded', 'registered-claims', 'seed', 'tokens', 'keys'];
const datapowerNames = ['assemblies', 'catalogs', 'claims', 'keys', 'other-actions', 'properties', 'recorded'];
const moreDatapowerNames = ['variables', 'verified-claims', 'algorithms'];

interface FlexCase {
  readonly policy: string;
}

interface RulesCase {
  readonly rules?: JsonValue;
}

/** Each makes its files when it is drawn. */
const cases: readonly (() => Files)[] = [
  ...casesIn<ApigeeCase>('apigee', [...apigeeNames, ...moreApigeeNames]).map((one) => () => apigeeFiles(one)),
  ...casesIn<DataPowerCase>('datapower', [...datapowerNames, ...moreDatapowerNames]).map(
    (one) => () => datapowerFiles(one),
  ),
  ...casesIn<FlexCase>('flex', ['policies']).map(
    ({ policy }) =>
      () =>
        flexFiles(policy),
  ),
  ...casesIn<RulesCase>('flex', ['rules'])
    .filter(({ rules }) => rules !== undefined)
    .map(
      ({ rules }) =>
        () =>
          flexFiles(withRules(rules ?? [])),
    ),
];

/** How many conformance policies there are. */
export const conformancePolicies = cases.length;

const expressions: readonly string[] = conformanceFiles(/^(?:corpus|full-.*)\.jsonl$/).flatMap((file) =>
  readLines<{ readonly expr: string }>(file)
    .map(({ expr }) => expr)
    .filter((expr) => /attributes|authentication|uuid|random|now|today/.test(expr)),
);

function withRules(rules: JsonValue): string {
  const [policy] = JSON.parse(flexPolicy({ sub: "#[attributes.headers['x-team'] default 'none']" })) as JsonObject[];
  return JSON.stringify([{ ...policy, rules }]);
}

function flexFiles(policy: string, entry: JsonObject = {}): Files {
  const configuration = {
    policies: [{ name: 'policy', file: 'policy.yaml', ...entry }],
    routes: [{ match: {}, policies: ['policy'] }],
  };
  return { 'mintproc.yaml': JSON.stringify(configuration), 'policy.yaml': policy };
}

function expressionFiles(dice: Dice): Files {
  const isScript = dice.chance(50);
  const generated = isScript ? new DataWeaveGenerator(dice).next() : new ExpressionGenerator(dice).next();
  const text = dice.chance(30) ? dice.pick(expressions) : generated;
  const name = dice.chance(80) ? 'sub' : `#[${dice.pick(expressions)}]`;
  return flexFiles(flexPolicy({ [name]: `#[${text}]`, same: `#[${dice.pick(expressions)}]` }), {
    ...(isScript ? { expressions: 'dataweave' } : {}),
  });
}

/** A prime, so that a few inputs are of all dialects and all of them have their turn. */
const stride = 263;

/** @param number of the input: every conformance case has its turn */
export function keptConfiguration(dice: Dice, number: number): Files {
  const kind = number % 3;
  const files = kind === 0 ? cases[((number / 3) * stride) % cases.length]?.() : undefined;
  return asking(files ?? (kind === 1 ? expressionFiles(dice) : readingConfiguration(dice).files), dice);
}

interface Written {
  readonly policies: readonly JsonObject[];
  readonly routes: readonly JsonObject[];
  readonly authentication?: JsonObject;
}

/** The configuration, whose policies ask, with sources and routes that a key can hold; some of them, it cannot. */
function asking(files: Files, dice: Dice): Files {
  const written = JSON.parse(files['mintproc.yaml'] ?? '') as Written;
  const policies = written.policies.map(
    (entry): JsonObject => ({
      ...(dice.chance(95) ? { reuse: { for: '30s' } } : {}),
      ...(dice.chance(10) ? { requireCaller: true } : {}),
      ...entry,
    }),
  );
  const configuration = {
    ...written,
    ...(dice.chance(90) ? { authentication: { sources: dice.pick(sources) } } : {}),
    policies,
    routes: [
      ...(dice.chance(40) ? [{ match: match(dice), deny: true }] : []),
      ...written.routes.map(({ match: own, ...route }) => ({ ...route, match: dice.chance(90) ? match(dice) : own })),
      ...(dice.chance(40) ? [{ match: {}, policies: [policies[0]?.['name']] }] : []),
    ],
  };
  return { ...files, 'mintproc.yaml': JSON.stringify(configuration) };
}

const sources: readonly JsonValue[] = [
  [{ from: 'jwt_authn', payload: 'payload' }],
  [{ from: 'jwt_authn', payload: 'payload', jwt: { header: 'x-jwt' } }],
  [{ from: 'jwt_authn', payload: 'payload', as: 'apigee' }],
  [{ from: 'jwt_authn', payload: 'payload', as: 'jwt-validation', jwt: { header: 'authorization' } }],
  [{ from: 'certificate' }],
  [],
  [{ from: 'jwt_authn' }],
  [{ from: 'headers', principal: 'x-user' }],
  [{ from: 'jwt_authn', payload: 'payload', principal: { header: 'x-user' } }],
];

function match(dice: Dice): JsonObject {
  const conditions: JsonObject = {
    host: dice.pick(['api.example', '*.example']),
    pathPrefix: dice.pick(['/', '/orders', '/v1']),
    method: [dice.pick(['GET', 'POST'])],
    headers: { [dice.pick(['x-team', 'x-tenant', 'x-user'])]: dice.pick(['red', true, ['red', 'blue']]) },
    query: { [dice.pick(['q', 'tenant'])]: dice.pick(['1', true]) },
  };
  return Object.fromEntries(Object.entries(conditions).filter(() => dice.chance(20)));
}
