/**
 * @module
 * Configurations with keys that follow each other, in memory, with a clock that the test moves.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose';
import { JwksDocuments } from '../../src/configuration/keys/jwks-documents.ts';
import type { Loaded } from '../../src/configuration/load.ts';
import type { LoadContext } from '../../src/configuration/load-context.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { atOnce } from '../at-once.ts';
import { scopeWith } from '../mint/scope.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles } from './memory-files.ts';

export const start = 1_700_000_000_000;
export const pem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }));
export const ec = (): string => pem(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);
export const [one, two, three] = [ec(), ec(), ec()];

export function policy(more: { signingMethod?: string; exp?: number; kid?: string; claim?: string } = {}): string {
  const { signingMethod = 'ES256', exp = 300, kid, claim = 'x' } = more;
  const customHeaders = kid === undefined ? [] : [{ name: 'kid', value: kid }];
  const customClaims = [{ name: 'sub', value: claim }];
  const config = { signingMethod, iat: true, exp, nbf: 0, customClaims, customHeaders };
  return JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
}

export interface World {
  readonly 'p.yaml'?: string;
  readonly entry?: object;
  readonly entries?: readonly object[];
  readonly routes?: readonly object[];
  readonly keys?: object;
  readonly jwks?: object;
  readonly [file: string]: unknown;
}

/** Loads at `at` milliseconds after the start. */
export function load(
  world: World,
  at = 0,
  before?: Snapshot,
  options: Pick<LoadContext, 'withoutKeys' | 'recall'> = {},
): Loaded {
  const { entry = { key: 'k' }, keys = { k: { file: 'a.pem' } }, jwks = {}, entries, routes, ...files } = world;
  const policies = entries ?? [{ name: 'p', file: 'p.yaml', ...entry }];
  const configuration = {
    policies,
    routes: routes ?? [{ match: {}, policies: ['p'] }],
    keys,
    jwks: { listen: '127.0.0.1:0', maxAge: '60s', ...jwks },
  };
  const texts = Object.entries({ 'p.yaml': policy(), ...files }).map(([name, text]) => [name, String(text)]);
  return loadConfiguration('mintproc.yaml', {
    files: memoryFiles({ ...Object.fromEntries(texts), 'mintproc.yaml': JSON.stringify(configuration) }),
    ...options,
    now: () => start + at,
    version: (before?.version ?? 0) + 1,
    ...(before === undefined ? {} : { before: before.keys }),
  });
}

export function good(world: World, at = 0, before?: Snapshot): Snapshot {
  const { snapshot, problems } = load(world, at, before);
  assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
  return snapshot;
}

export function mint(snapshot: Snapshot, at: number, name = 'p'): string {
  const found = snapshot.policies.get(name);
  assert.ok(found);
  const { attributes, authentication, request, variables, randomId } = scopeWith();
  const token = found.minter.mint({
    attributes,
    authentication,
    request,
    variables,
    randomId,
    now: start + at,
    published: [],
    memo: new Map(),
  });
  return atOnce(token);
}

export function published(snapshot: Snapshot, at: number): { keys: Record<string, unknown>[] } {
  return JSON.parse(
    new JwksDocuments(
      () => snapshot,
      () => start + at,
    ).keySet(),
  );
}

export const kidOf = (token: string): unknown => decodeProtectedHeader(token).kid;

export async function verifies(token: string, snapshot: Snapshot, at: number): Promise<boolean> {
  return compactVerify(token, createLocalJWKSet(published(snapshot, at))).then(
    () => true,
    () => false,
  );
}
