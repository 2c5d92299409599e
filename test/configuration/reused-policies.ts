/**
 * @module
 * Configurations whose tokens Envoy may keep, or may not, and what `gen --reuse-in-envoy` finds of them.
 */
import assert from 'node:assert/strict';
import { loadEnvoyNeeds } from '../../src/configuration/envoy-needs.ts';
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import { flexPolicy, memoryFiles, secret } from './memory-files.ts';

export const apigee = (inside: string): string =>
  `<GenerateJWT name="P"><Algorithm>HS256</Algorithm><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><SecretKey><Value ref="private.key"/></SecretKey>${inside}</GenerateJWT>`;
export const claim = (ref: string): string =>
  apigee(`<AdditionalClaims><Claim name="c" ref="${ref}"/></AdditionalClaims>`);
export const script = (expression: string): string => flexPolicy({ c: `#[${expression}]` }, '');

/** One policy on one route, whose tokens may be kept. */
export function only(policy: string, rest: JsonObject = {}, entry: JsonObject = {}): Readonly<Record<string, string>> {
  const configuration = {
    authentication: { sources: [{ from: 'jwt_authn', payload: 'payload' }] },
    variables: { tenant: { header: 'X-Tenant' }, place: { metadata: 'places' }, zone: { attribute: 'xds.node' } },
    policies: [{ name: 'p', file: 'p', key: { text: secret }, reuse: { for: '30s' }, ...entry }],
    routes: [{ match: {}, policies: ['p'] }],
    ...rest,
  };
  return { 'mintproc.yaml': JSON.stringify(configuration), p: policy };
}

export function findingOf(files: Readonly<Record<string, string>>) {
  const { needs, problems } = loadEnvoyNeeds('mintproc.yaml', memoryFiles(files));
  assert.ok(needs, problems.map(({ message }) => message).join('\n'));
  return needs.reuse;
}

export const sources = (...all: readonly JsonObject[]): JsonObject => ({ authentication: { sources: all } });
export const route = (match: JsonObject): JsonObject => ({ routes: [{ match, policies: ['p'] }] });

export function withRules(rules: JsonValue): string {
  const [policy] = JSON.parse(script("'fixed'")) as JsonObject[];
  return JSON.stringify([{ ...policy, rules }]);
}

export function manyNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `h${i}`);
}

export function manyHeaders(count: number): string {
  return `[${manyNames(count).map((name) => `(attributes.headers.${name})`)}]`;
}

export const pair = (
  one: JsonObject,
  two: JsonObject,
  routes: readonly JsonObject[],
): Readonly<Record<string, string>> => ({
  'mintproc.yaml': JSON.stringify({
    policies: [
      { name: 'one', file: 'one', key: { text: secret }, output: { header: 'x-one' }, ...one },
      { name: 'two', file: 'two', key: { text: secret }, output: { header: 'x-two' }, ...two },
    ],
    routes,
  }),
  one: script('attributes.headers.one'),
  two: script('attributes.remoteAddress'),
});

export const asks = { reuse: { for: '30s' } };
