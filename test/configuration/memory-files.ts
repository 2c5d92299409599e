/**
 * @module
 * Files in memory, and the policies and requests that the tests of this room share.
 */
import assert from 'node:assert/strict';
import type { FileReader } from '../../src/configuration/files.ts';
import type { ReloadOptions } from '../../src/configuration/reload/reload.ts';
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import type { Problem } from '../../src/diagnostics/problem.ts';
import { type HeaderField, HeaderList } from '../../src/request/header-fields.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import { viewOf } from '../../src/request/object-view.ts';

export function memoryFiles(files: Readonly<Record<string, string | Uint8Array>>): FileReader {
  return {
    read(path) {
      const contents = Object.hasOwn(files, path) ? files[path] : undefined;
      if (contents === undefined) return { kind: 'failed', reason: 'does not exist' };
      return { kind: 'bytes', bytes: typeof contents === 'string' ? Buffer.from(contents) : contents };
    },
    list(path) {
      const before = path === '.' ? '' : `${path}/`;
      const inside = Object.keys(files).filter((name) => name.startsWith(before));
      if (inside.length === 0) return { kind: 'failed', reason: 'does not exist' };
      return {
        kind: 'names',
        names: [...new Set(inside.map((name) => name.slice(before.length).split('/')[0] ?? ''))],
      };
    },
  };
}

/** Errors and warnings: many policies of tests have tokens that never expire. */
export function withoutNotes(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ severity }) => severity !== 'note');
}

/** For a reloader that only starts: it has nothing to look at again. */
export const startsOnly: Pick<ReloadOptions, 'asyncFiles' | 'checker'> = {
  asyncFiles: { read: () => assert.fail(), list: () => assert.fail(), reach: () => assert.fail() },
  checker: { check: () => assert.fail(), close: () => assert.fail() },
};

export const secret = 'a secret of at least thirty-two bytes';

/** A Flex policy, signed with HS256 by `secret`; `claims` are expressions or texts. */
export function flexPolicy(claims: Readonly<Record<string, string>>, key: string | undefined = secret): string {
  const customClaims = Object.entries(claims).map(([name, value]) => ({ name, value }));
  const config = { signingMethod: 'HS256', ...(key === '' ? {} : { privateKey: key }), iat: true, exp: 0, nbf: 0 };
  const policyRef = { name: 'jwt-generation-flex' };
  return JSON.stringify([{ policyRef, config: { ...config, customClaims, customHeaders: [] } }]);
}

/** What a test says of a request. */
export interface Seen {
  readonly headers?: readonly HeaderField[];
  readonly attributes?: Readonly<Record<string, JsonValue>>;
  readonly metadata?: JsonObject;
  readonly routePolicy?: string;
}

export function seenRequest({ headers = [], attributes = {}, metadata = {}, routePolicy }: Seen): IncomingRequest {
  return {
    headers: new HeaderList(headers),
    attributes: new Map(Object.entries(attributes)),
    metadata: viewOf(metadata),
    routePolicy,
  };
}

/** A request. Headers are an object, or pairs if one is repeated. */
export function request(
  headers: Readonly<Record<string, string>> | readonly HeaderField[],
  rest: Omit<Seen, 'headers'> = {},
): IncomingRequest {
  return seenRequest({ ...rest, headers: Array.isArray(headers) ? headers : Object.entries(headers) });
}
