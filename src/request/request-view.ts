/**
 * @module
 * A request as plans read it. Everything derived (the path, query parameters, the map of all headers) is made when first
 * asked for, since most policies ask for little.
 */
import type { RequestAttributes } from '../expressions/bindings.ts';
import type { HeaderFields } from './header-fields.ts';
import { type RequestTarget, readQuery, readTarget } from './request-target.ts';

/** What the proxy knows of a request beside its headers. */
export interface Surroundings {
  readonly scheme: string | null;
  readonly version: string | null;
  readonly remoteAddress: string | null;
  readonly localAddress: string | null;
}

export class RequestView implements RequestAttributes {
  readonly statusCode: null = null;
  readonly headers: HeaderFields;
  readonly #surroundings: Surroundings;
  #target: RequestTarget | undefined;
  #headerMap: ReadonlyMap<string, string> | undefined;
  #queryParams: ReadonlyMap<string, string> | undefined;

  constructor(headers: HeaderFields, surroundings: Surroundings) {
    this.headers = headers;
    this.#surroundings = surroundings;
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
    return this.#surroundings.scheme ?? this.header(':scheme') ?? null;
  }

  get version(): string | null {
    return this.#surroundings.version;
  }

  get remoteAddress(): string | null {
    return this.#surroundings.remoteAddress;
  }

  get localAddress(): string | null {
    return this.#surroundings.localAddress;
  }

  #readTarget(): RequestTarget {
    if (this.#target === undefined) {
      const target = this.header(':path');
      this.#target = target === undefined ? { path: null, query: null } : readTarget(target);
    }
    return this.#target;
  }
}
