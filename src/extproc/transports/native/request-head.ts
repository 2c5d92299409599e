/**
 * @module
 * Reads and validates the header fields of a request (RFC 9113, 8.2 and 8.3).
 */
import { type CallMetadata, callMetadata } from '../../call-metadata.ts';
import { parseTimeout } from './grpc-status.ts';
import type { Field } from './static-table.ts';

export interface RequestHead extends CallMetadata {
  /** `/package.Service/Method` */
  readonly path: string;
  /** The HTTP status for a request that is not a gRPC call. */
  readonly refusal: 405 | 415 | undefined;
  /** The value of `grpc-encoding`, by default `identity`. */
  readonly encoding: string;
  /** Milliseconds, or `malformed`. */
  readonly timeout: number | 'malformed' | undefined;
  readonly contentLength: number | undefined;
}

/** Names are tokens in lower case (RFC 9110, 5.6.2). Only pseudo-header names begin with a colon. */
const validName = /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const invalidValue = /[\0\r\n]|^[ \t]|[ \t]$/;

/** Connection-specific fields of HTTP/1.1 (RFC 9113, 8.2.2). */
const forbidden = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);
const pseudo = new Set([':method', ':scheme', ':path', ':authority']);

/** Whether every field is well formed and allowed, and pseudo-header fields come first and once. */
function areWellFormed(fields: readonly Field[], allowedPseudo: ReadonlySet<string>): boolean {
  const seen = new Set<string>();
  let regular = false;
  for (const [name, value] of fields) {
    if (!validName.test(name) || invalidValue.test(value)) return false;
    if (!name.startsWith(':')) {
      regular = true;
      if (!isAllowed(name, value)) return false;
      continue;
    }
    if (regular || seen.has(name) || !allowedPseudo.has(name)) return false;
    seen.add(name);
  }
  return true;
}

function isAllowed(name: string, value: string): boolean {
  return !forbidden.has(name) && (name !== 'te' || value === 'trailers');
}

const noPseudo: ReadonlySet<string> = new Set();

export function trailersAreWellFormed(fields: readonly Field[]): boolean {
  return areWellFormed(fields, noPseudo);
}

/** @returns undefined if the request is malformed */
export function readRequestHead(fields: readonly Field[]): RequestHead | undefined {
  if (!areWellFormed(fields, pseudo)) return undefined;
  const valuesOf = (wanted: string): string[] => fields.filter(([name]) => name === wanted).map(([, value]) => value);
  const [method] = valuesOf(':method');
  const [path] = valuesOf(':path');
  if (method === undefined || !path || !valuesOf(':scheme')[0]) return undefined;
  const lengths = valuesOf('content-length');
  if (lengths.some((length) => !/^\d{1,15}$/.test(length) || length !== lengths[0])) return undefined;
  const [timeout] = valuesOf('grpc-timeout');
  const contentType = valuesOf('content-type')[0] ?? '';
  return {
    path,
    refusal: refusalOf(method, contentType),
    encoding: valuesOf('grpc-encoding')[0] ?? 'identity',
    timeout: timeout === undefined ? undefined : (parseTimeout(timeout) ?? 'malformed'),
    contentLength: lengths[0] === undefined ? undefined : Number(lengths[0]),
    ...callMetadata(valuesOf),
  };
}

function refusalOf(method: string, contentType: string): 405 | 415 | undefined {
  if (method !== 'POST') return 405;
  return /^application\/grpc(?:$|[+;])/.test(contentType) ? undefined : 415;
}
