/**
 * @module
 * A request as the objects that expressions read: `{"attributes": {…}, "authentication": {…}, "variables": {…}}`.
 *
 * `attributes` has Flex Gateway's names. `headers` is an object or a list of pairs (for repeats). As through Envoy,
 * method, path and query are those of the pseudo-headers; if `headers` lacks one, it is made from the other attributes.
 */

import { inDoubles } from '../diagnostics/exact-json.ts';
import { called } from '../diagnostics/harmless.ts';
import { isRecord, type JsonObject, type JsonValue } from '../diagnostics/json.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { Caller } from '../expressions/bindings.ts';
import { HeaderList } from '../request/header-fields.ts';
import { RequestView } from '../request/request-view.ts';
import { TrialError } from './trial-error.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

export interface WrittenRequest {
  readonly attributes: RequestView;
  readonly authentication: Caller;
  readonly variables: ReadonlyMap<string, JsonValue>;
}

/**
 * @param record JSON
 * @param what names the request in errors
 * @throws TrialError
 */
export function readRequestObjects(record: JsonRecord, what: string): WrittenRequest {
  return {
    attributes: readAttributes(section(record, 'attributes', what), what),
    authentication: readAuthentication(section(record, 'authentication', what), what),
    variables: new Map(Object.entries(section(record, 'variables', what))),
  };
}

/** The keys of a request, by section; undefined if the section has any keys. */
const sections: Readonly<Record<string, readonly string[]>> = {
  attributes: [
    'method',
    'requestUri',
    'requestPath',
    'queryString',
    'queryParams',
    'headers',
    'scheme',
    'version',
    'remoteAddress',
    'localAddress',
  ],
  authentication: ['principal', 'clientId', 'clientName', 'properties'],
};

/**
 * @param others the sections in addition to `attributes` and `authentication`; they may have any keys
 * @throws TrialError if it has a key that no one reads
 */
export function checkRequestObjects(record: JsonRecord, what: string, others: readonly string[]): void {
  const known = [...Object.keys(sections), ...others];
  const inside = Object.entries(sections).flatMap(([name, keys]) => keys.map((key) => `${name}.${key}`));
  for (const key of Object.keys(record)) {
    if (!known.includes(key)) throw unknownKey(key, what, known, inside);
  }
  for (const [name, keys] of Object.entries(sections)) {
    const unknown = Object.keys(section(record, name, what)).find((key) => !keys.includes(key));
    const here = inside.filter((one) => one.startsWith(name));
    if (unknown !== undefined) throw unknownKey(unknown, `\`${name}\` of ${what}`, here, inside);
  }
}

/**
 * @param known the keys at this place
 * @param inside the keys of all sections, with their section: it may have been omitted
 */
function unknownKey(key: string, what: string, known: readonly string[], inside: readonly string[]): TrialError {
  const guess = nearestKey(key, known) ?? nearestKey(key, inside);
  const suggestion = guess === undefined ? `The known keys are: ${known.join(', ')}.` : `Did you mean \`${guess}\`?`;
  return new TrialError([], `${what} has ${called('the unknown key', key)}. ${suggestion}`);
}

/** The known key whose last part is near to `key` or contains it: `path` means `attributes.requestPath`. */
function nearestKey(key: string, known: readonly string[]): string | undefined {
  const last = (one: string): string => one.slice(one.lastIndexOf('.') + 1);
  const near = nearest(key, known.map(last)) ?? known.map(last).find((one) => contains(one, key));
  return known.find((one) => last(one) === near);
}

function contains(name: string, part: string): boolean {
  return part.length > 2 && name.toLowerCase().includes(part.toLowerCase());
}

/** The members of the record are JSON values. */
function section(record: JsonRecord, name: string, what: string): JsonObject {
  const value = record[name] ?? {};
  if (!isRecord(value)) throw new TrialError([], `\`${name}\` of ${what} must be an object.`);
  return value as JsonObject;
}

/** Reads members of a section that are strings, or null if they are absent. */
function textReader(section: string, members: JsonObject, what: string): (name: string) => string | null {
  return (name) => {
    const value = members[name] ?? null;
    if (value === null || typeof value === 'string') return value;
    throw new TrialError([], `\`${section}.${name}\` of ${what} must be a string.`);
  };
}

function readAttributes(attributes: JsonObject, what: string): RequestView {
  const text = textReader('attributes', attributes, what);
  const headers = readHeaders(attributes['headers'], what);
  const stated = {
    ':authority': headers.find(([name]) => name === 'host')?.[1] ?? null,
    ':path': text('requestUri') ?? targetOf(text('requestPath'), text('queryString'), attributes['queryParams']),
    ':method': text('method'),
    ':scheme': text('scheme'),
  };
  return new RequestView(new HeaderList(withPseudoHeaders(headers, stated)), {
    scheme: text('scheme'),
    version: text('version'),
    remoteAddress: text('remoteAddress'),
    localAddress: text('localAddress'),
  });
}

type Headers = readonly (readonly [string, string])[];

/** The value of `:path`; null if neither path nor query is given. */
function targetOf(path: string | null, queryString: string | null, queryParams: JsonValue | undefined): string | null {
  const query = queryString ?? (isRecord(queryParams) ? encodeQuery(queryParams) : null);
  if (path === null && query === null) return null;
  return (path ?? '/') + (query === null ? '' : `?${query}`);
}

function encodeQuery(params: JsonRecord): string {
  return new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)])).toString();
}

function readHeaders(headers: JsonValue | undefined, what: string): Headers {
  const wrong = new TrialError(
    [],
    `\`attributes.headers\` of ${what} must be an object of strings, or a list of [name, value] pairs.`,
  );
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers ?? {});
  return pairs.flatMap((pair: unknown) => {
    if (!Array.isArray(pair) || typeof pair[0] !== 'string') throw wrong;
    const name = pair[0].toLowerCase();
    const values: unknown[] = Array.isArray(pair[1]) ? pair[1] : [pair[1]];
    return values.map((value): readonly [string, string] => {
      if (typeof value !== 'string') throw wrong;
      return [name, value];
    });
  });
}

function withPseudoHeaders(headers: Headers, stated: Readonly<Record<string, string | null>>): Headers {
  const missing = Object.entries(stated).flatMap(
    ([name, value]): Headers => (value === null || headers.some((header) => header[0] === name) ? [] : [[name, value]]),
  );
  return [...missing, ...headers];
}

function readAuthentication(authentication: JsonObject, what: string): Caller {
  const text = textReader('authentication', authentication, what);
  // Envoy's metadata has doubles.
  const properties = inDoubles(authentication['properties'] ?? null);
  if (properties !== null && !isRecord(properties)) {
    throw new TrialError([], `\`authentication.properties\` of ${what} must be an object.`);
  }
  return {
    clientId: text('clientId'),
    clientName: text('clientName'),
    principal: text('principal'),
    properties: properties as JsonObject | null,
  };
}
