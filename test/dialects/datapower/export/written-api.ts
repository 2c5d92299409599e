/**
 * @module
 * API files for the tests, written shortly, and what is said of their policies.
 */
import assert from 'node:assert/strict';
import { readDatapowerExport } from '../../../../src/dialects/datapower/export/exported.ts';
import { type ExportedPolicy, type ExportFile, Open } from '../../../../src/dialects/exported.ts';

export function fileOf(name: string, text: string): ExportFile {
  return { path: `export/${name}`, name, text, bytes: Buffer.from(text) };
}

export const minting =
  'jwt-generate: { version: 2.0.0, jwt: generated.jwt, iss-claim: api.name, jws-alg: RS256, jws-crypto: signing }';
export const toHeader = 'set-variable: { actions: [{ set: message.headers.authorization, value: $(generated.jwt) }] }';
export const toBackend = "invoke: { target-url: 'https://backend.example' }";

export function apiOf(actions: readonly string[], { extension = '', more = '' } = {}): string {
  return `swagger: '2.0'
info: { x-ibm-name: orders, title: Orders, version: 1.0.0 }
basePath: /v1
paths: { '/orders/{id}': { get: {}, delete: {} }, /orders: { post: { operationId: create } } }
${more}
x-ibm-configuration:
  ${extension}
  assembly:
    execute:
${actions.map((action) => `      - ${action}`).join('\n')}
`;
}

export function policyOf(actions: readonly string[], extra?: Parameters<typeof apiOf>[1]): ExportedPolicy {
  return policyIn(apiOf(actions, extra));
}

/** The only policy of a file. */
export function policyIn(text: string): ExportedPolicy {
  const policies = readDatapowerExport([fileOf('orders.yaml', text)]).flatMap((api) => api.policies);
  const [policy] = policies;
  assert.equal(policies.length, 1);
  assert.ok(policy !== undefined);
  return policy;
}

export function found(policy: ExportedPolicy): readonly string[] {
  return policy.reasons.map(({ kind, problem }) => `${kind} ${problem.code}`).toSorted();
}

export function shown(value: unknown): unknown {
  if (value instanceof Open) return 'open';
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}
