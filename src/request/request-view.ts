/**
 * @module
 * A request as plans read it. Derived values (the path, query parameters, the map of all headers) are computed on first
 * use, since most policies read few of them.
 */
import type { RequestAttributes } from '../expressions/bindings.ts';
import type { HeaderFields } from './header-fields.ts';
import { type RequestTarget, readQuery, readTarget } from './request-target.ts';

/** What the proxy knows of a request in addition to its headers. */
export interface ConnectionInfo {
  readonly scheme: string | null;
  readonly version: string | null;
  readonly remoteAddress: string | null;
  readonly localAddress: string | null;
}

/** Envoy's attribute for each. */
export const connectionAttributes: Readonly<Record<keyof ConnectionInfo, string>> = {
  scheme: 'request.scheme',
  version: 'request.protocol',
  remoteAddress: 'source.address',
  localAddress: 'destination.address',
};

/** Envoy's attribute for the name of its route. */
export const routeNameAttribute = 'xds.route_name';

/**
 * The name of the TLS peer in an ext_authz check, `source.principal`: the first URI of its certificate, else the first
 * DNS name, else the subject. ext_proc does not have it.
 */
export const principalAttribute = 'source.principal';

export class RequestView implements RequestAttributes {
  readonly statusCode: null = null;
  readonly headers: HeaderFields;
  readonly #connection: ConnectionInfo;
  #target: RequestTarget | undefined;
  #headerMap: ReadonlyMap<string, string> | undefined;
  #queryParams: ReadonlyMap<string, string> | undefined;

  constructor(headers: HeaderFields, connection: ConnectionInfo) {
    this.headers = headers;
    this.#connection = connection;
  }

  header(name: string): string | undefined {
    return this.headers.first(name);
  }

  lastHeader(name: string): string | undefined {
    return this.headers.last(name);
  }

  headerMap(): ReadonlyMap<string, string> {
    this.#headerMap ??= new Map(this.headers.all);
    return this.#headerMap;
  }

  queryParams(): ReadonlyMap<string, string> {
    this.#queryParams ??= readQuery(this.queryString);
    return this.#queryParams;
  }

  get method(): string | null {
    return this.header(':method') ?? null;
  }

  get requestPath(): string | null {
    return this.#readTarget().path;
  }

  get requestUri(): string | null {
    return this.header(':path') ?? null;
  }

  get queryString(): string | null {
    return this.#readTarget().query;
  }

  get scheme(): string | null {
    return this.#connection.scheme ?? this.header(':scheme') ?? null;
  }

  get version(): string | null {
    return this.#connection.version;
  }

  get remoteAddress(): string | null {
    return this.#connection.remoteAddress;
  }

  get localAddress(): string | null {
    return this.#connection.localAddress;
  }

  #readTarget(): RequestTarget {
    if (this.#target === undefined) {
      const target = this.header(':path');
      this.#target = target === undefined ? { path: null, query: null } : readTarget(target);
    }
    return this.#target;
  }
}
