/**
 * @module
 * A request written down: `{"attributes": {…}, "authentication": {…}, "variables": {…}}`.
 *
 * `attributes` has Flex Gateway's names. `headers` is an object or a list of pairs (for repeats). What is stated wins;
 * the rest is derived as it would be for a request through Envoy, `method` from the header `:method` and so on.
 */
import type { Caller } from '../dataweave/bindings.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import { RequestView } from '../mint/request-view.ts';
import { isRecord, type JsonRecord } from './input-file.ts';
import { CommandError } from './terminal.ts';

export interface WrittenRequest {
  readonly attributes: RequestView;
  readonly authentication: Caller;
  readonly variables: ReadonlyMap<string, JsonValue>;
}

/** @param what the name of the text, for errors */
export function readRequest(record: JsonRecord, what: string): WrittenRequest {
  return {
    attributes: readAttributes(section(record, 'attributes', what), what),
    authentication: readAuthentication(section(record, 'authentication', what), what),
    variables: new Map(Object.entries(section(record, 'variables', what))),
  };
}

/** JSON.parse made the record, so whatever it holds is a JSON value. */
function section(record: JsonRecord, name: string, what: string): JsonObject {
  const value = record[name] ?? {};
  if (!isRecord(value)) throw new CommandError(`\`${name}\` of ${what} must be an object.`);
  return value as JsonObject;
}

function readAttributes(attributes: JsonObject, what: string): RequestView {
  const stated: Record<string, string | null> = {};
  for (const name of statedNames) {
    const value = attributes[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') throw new CommandError(`\`attributes.${name}\` of ${what} must be a text.`);
    stated[name] = value;
  }
  const queryParams = attributes['queryParams'];
  return new StatedRequest(withPseudoHeaders(readHeaders(attributes['headers'], what), stated), stated, queryParams);
}

const statedNames = [
  'method',
  'requestPath',
  'requestUri',
  'queryString',
  'scheme',
  'version',
  'remoteAddress',
  'localAddress',
] as const;

type Stated = Readonly<Record<string, string | null>>;
type Headers = readonly (readonly [string, string])[];

/** A request some of whose attributes are stated rather than derived. */
class StatedRequest extends RequestView {
  readonly #stated: Stated;
  readonly #queryParams: ReadonlyMap<string, string> | undefined;

  constructor(headers: Headers, stated: Stated, queryParams: JsonValue | undefined) {
    super(headers, {
      scheme: stated['scheme'] ?? null,
      version: stated['version'] ?? null,
      remoteAddress: stated['remoteAddress'] ?? null,
      localAddress: stated['localAddress'] ?? null,
    });
    this.#stated = stated;
    if (isRecord(queryParams)) {
      this.#queryParams = new Map(Object.entries(queryParams).map(([name, value]) => [name, String(value)]));
    }
  }

  override get method(): string | null {
    return this.#stated['method'] ?? super.method;
  }

  override get requestPath(): string | null {
    return this.#stated['requestPath'] ?? super.requestPath;
  }

  override get requestUri(): string | null {
    return this.#stated['requestUri'] ?? super.requestUri;
  }

  override get queryString(): string | null {
    return this.#stated['queryString'] ?? super.queryString;
  }

  override queryParams(): ReadonlyMap<string, string> {
    return this.#queryParams ?? super.queryParams();
  }
}

function readHeaders(headers: JsonValue | undefined, what: string): Headers {
  const wrong = new CommandError(
    `\`attributes.headers\` of ${what} must be an object of texts, or a list of [name, value] pairs.`,
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

/** The pseudo-headers that Envoy would send, from what is stated, so that everything derived agrees with it. */
function withPseudoHeaders(headers: Headers, stated: Stated): Headers {
  const path = stated['requestPath'];
  const query = stated['queryString'];
  const target = stated['requestUri'] ?? (path == null ? undefined : path + (query == null ? '' : `?${query}`));
  const host = headers.find(([name]) => name === 'host')?.[1];
  const pseudo: readonly (readonly [string, string | null | undefined])[] = [
    [':authority', host],
    [':path', target],
    [':method', stated['method']],
    [':scheme', stated['scheme']],
  ];
  const missing = pseudo.flatMap(
    ([name, value]): Headers => (value == null || headers.some((header) => header[0] === name) ? [] : [[name, value]]),
  );
  return [...missing, ...headers];
}

function readAuthentication(authentication: JsonObject, what: string): Caller {
  const text = (name: string): string | null => {
    const value = authentication[name] ?? null;
    if (value !== null && typeof value !== 'string') {
      throw new CommandError(`\`authentication.${name}\` of ${what} must be a text.`);
    }
    return value;
  };
  const properties = authentication['properties'] ?? null;
  if (properties !== null && !isRecord(properties)) {
    throw new CommandError(`\`authentication.properties\` of ${what} must be an object.`);
  }
  return {
    clientId: text('clientId'),
    clientName: text('clientName'),
    principal: text('principal'),
    properties: properties as JsonObject | null,
  };
}
