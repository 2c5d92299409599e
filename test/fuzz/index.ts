/**
 * @module
 * The fuzz targets, a row each. `npm run fuzz` runs one of them with new inputs, `npm test` the corpus of each.
 */
import type { FuzzTarget } from './target.ts';

export interface FuzzRow {
  /** The module of the target, which is bundled for the fuzzer, and its export there. */
  readonly module: 'documents' | 'expressions' | 'keys' | 'messages' | 'policies' | 'texts';
  readonly target: string;
}

function row(module: FuzzRow['module'], target: string): FuzzRow {
  return { module, target };
}

export const fuzzTargets: Readonly<Record<string, FuzzRow>> = {
  'admin-requests': row('messages', 'adminRequests'),
  'apiconnect-exports': row('policies', 'apiConnectExports'),
  'apigee-exports': row('policies', 'apigeeExports'),
  'apigee-policies': row('policies', 'apigeePolicies'),
  archives: row('texts', 'archives'),
  'check-requests': row('messages', 'checkRequests'),
  conditions: row('texts', 'conditions'),
  configurations: row('policies', 'configurations'),
  'datapower-policies': row('policies', 'datapowerPolicies'),
  'dataweave-expressions': row('expressions', 'dataweaveExpressions'),
  ders: row('keys', 'ders'),
  'exact-json': row('documents', 'exactJson'),
  'flex-exports': row('policies', 'flexExports'),
  'flex-expressions': row('expressions', 'flexExpressions'),
  'flex-policies': row('policies', 'flexPolicies'),
  frames: row('messages', 'frames'),
  'header-blocks': row('messages', 'headerBlocks'),
  'header-sequences': row('messages', 'headerSequences'),
  'json-paths': row('texts', 'jsonPaths'),
  jwks: row('keys', 'jwks'),
  patterns: row('expressions', 'patterns'),
  pems: row('keys', 'pems'),
  'processing-requests': row('messages', 'processingRequests'),
  requests: row('texts', 'requests'),
  'state-files': row('keys', 'stateFiles'),
  templates: row('texts', 'templates'),
  'test-files': row('policies', 'testFiles'),
  times: row('texts', 'times'),
  tokens: row('keys', 'tokens'),
  xml: row('documents', 'xml'),
  yaml: row('documents', 'yaml'),
};

/** @throws Error if there is no such target */
export async function fuzzTarget(name: string): Promise<FuzzTarget> {
  const found = Object.hasOwn(fuzzTargets, name) ? fuzzTargets[name] : undefined;
  if (found === undefined) throw new Error(`There is no fuzz target ${name}.`);
  const targets: Readonly<Record<string, FuzzTarget>> = await import(`./targets/${found.module}.ts`);
  const target = targets[found.target];
  if (target === undefined) throw new Error(`${found.module}.ts has no target ${found.target}.`);
  return target;
}
