/**
 * @module
 * Exports of one proxy for the tests, and what is said of them shortly.
 */
import assert from 'node:assert/strict';
import { readApigeeExport } from '../../../../src/dialects/apigee/bundle/exported.ts';
import { type ExportedApi, type ExportedPolicy, Open, type Writable } from '../../../../src/dialects/exported.ts';
import { loadsAsSaid } from './loads-as-said.ts';
import { type Flows, filesOf, minting, proxyEndpoint, targetEndpoint } from './made-bundle.ts';

export const sending = minting('Mint', '<OutputVariable>request.header.x-t</OutputVariable>');
export const get = 'Flow request.verb = "GET"';
export const named = { 'apiproxy/shop.xml': '<APIProxy name="shop"/>' };

export function minted(inner: string): string {
  return minting('Mint', `${inner}<OutputVariable>request.header.x-t</OutputVariable>`);
}

export function exportOf(
  policies: Readonly<Record<string, string>>,
  flows: Flows,
  more: Readonly<Record<string, string>> = {},
): readonly ExportedApi[] {
  const texts = Object.entries(policies).map(([name, text]) => [`apiproxy/policies/${name}.xml`, text]);
  const proxy = { 'apiproxy/proxies/default.xml': proxyEndpoint(flows), 'apiproxy/targets/t.xml': targetEndpoint({}) };
  const apis = readApigeeExport(filesOf({ ...Object.fromEntries(texts), ...named, ...proxy, ...more }));
  assert.equal(loadsAsSaid(apis), undefined);
  return apis;
}

export function policyOf(apis: readonly ExportedApi[]): ExportedPolicy {
  const policy = apis.flatMap(({ policies }) => policies)[0];
  assert.ok(policy);
  return policy;
}

/** The codes of all reasons but notes. */
export function reasonsOf({ reasons }: ExportedPolicy): readonly string[] {
  return reasons.filter(({ kind }) => kind !== 'note').map(({ kind, problem }) => `${kind} ${problem.code}`);
}

/** Each open value as what it says to write. */
export function closed(value: Writable | undefined): unknown {
  if (value instanceof Open) return `open: ${value.instead.split(/[ :]/, 3).join(' ')}`;
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]));
}

export const map = (name: string, assignTo: string, parameter = '<Parameter>signing</Parameter>'): string =>
  `<KeyValueMapOperations name="${name}" mapIdentifier="keys"><Get assignTo="${assignTo}"><Key>${parameter}</Key></Get>
    </KeyValueMapOperations>`;
export const putting = (name: string, header: string, text: string): string =>
  `<AssignMessage name="${name}"><Set><Headers><Header name="${header}">${text}</Header></Headers></Set></AssignMessage>`;
export const inVariable = minting('Mint', '<OutputVariable>out</OutputVariable>');
