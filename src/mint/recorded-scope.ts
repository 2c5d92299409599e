/**
 * @module
 * The scope of a request, with a record of what is read of it: for explanations only.
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import { type Caller, propertyOfCaller, type RequestAttributes } from '../expressions/bindings.ts';
import type { Published, Scope } from '../plan/token-plan.ts';
import type { HeaderField, HeaderFields } from '../request/header-fields.ts';
import type { IncomingRequest, ProxiedRequest } from '../request/incoming-request.ts';
import type { ObjectView } from '../request/object-view.ts';

/** Something that was read, and what it was. */
export interface ReadInput {
  /** As an expression names it, such as `attributes.headers.host`; Envoy's attributes and metadata by their names. */
  readonly input: string;
  /** Undefined if the request has no such value. */
  readonly value: JsonValue | undefined;
}

export type Note = (input: string, value: JsonValue | undefined) => void;

/** @param memo shared by the scopes of one request */
export function recordedScope(scope: Scope, reads: Reads, memo: RecordedMemo): Scope {
  const { note } = reads;
  return {
    attributes: new RecordedAttributes(scope.attributes, note),
    authentication: recordedCaller(scope.authentication, note),
    variables: new RecordedMap(scope.variables, 'vars', note),
    ...(scope.payload === undefined ? {} : { payload: scope.payload }),
    randomId() {
      const id = scope.randomId();
      note('a random UUID', id);
      return id;
    },
    get now() {
      note('the time', new Date(scope.now).toISOString());
      return scope.now;
    },
    request: recordedRequest(scope.request, note),
    published: scope.published.map((one) => recordedVariables(one, note)),
    memo: memo.of(scope.memo, reads),
  };
}

/** What was read, in order. */
export class Reads {
  readonly #list: ReadInput[] = [];

  readonly note: Note = (input, value) => void this.#list.push({ input, value });

  get length(): number {
    return this.#list.length;
  }

  since(start: number): readonly ReadInput[] {
    return this.#list.slice(start);
  }

  add(reads: readonly ReadInput[]): void {
    this.#list.push(...reads);
  }

  /** Each once. */
  get all(): readonly ReadInput[] {
    return [...new Map(this.#list.map((read) => [read.input, read])).values()];
  }
}

/** What was read for each value that is computed once per request, so that its later readers read it too. */
export class RecordedMemo {
  readonly #reads = new WeakMap<object, readonly ReadInput[]>();

  of(memo: Scope['memo'], reads: Reads): Scope['memo'] {
    return new MemoView(memo, reads, this.#reads);
  }
}

class MemoView extends Map<object, JsonValue | undefined> {
  readonly #memo: Scope['memo'];
  readonly #reads: Reads;
  readonly #known: WeakMap<object, readonly ReadInput[]>;
  readonly #begun = new Map<object, number>();

  constructor(memo: Scope['memo'], reads: Reads, known: WeakMap<object, readonly ReadInput[]>) {
    super();
    this.#memo = memo;
    this.#reads = reads;
    this.#known = known;
  }

  override has(key: object): boolean {
    const isKnown = this.#memo.has(key);
    if (!isKnown) this.#begun.set(key, this.#reads.length);
    return isKnown;
  }

  override get(key: object): JsonValue | undefined {
    if (this.has(key)) this.#reads.add(this.#known.get(key) ?? []);
    return this.#memo.get(key);
  }

  override set(key: object, value: JsonValue | undefined): this {
    this.#known.set(key, this.#reads.since(this.#begun.get(key) ?? this.#reads.length));
    this.#memo.set(key, value);
    return this;
  }
}

/** A map by name; whoever iterates reads all of it. */
class RecordedMap<T extends JsonValue> extends Map<string, T> {
  readonly #map: ReadonlyMap<string, T>;
  readonly #what: string;
  readonly #note: Note;

  constructor(map: ReadonlyMap<string, T>, what: string, note: Note) {
    super();
    this.#map = map;
    this.#what = what;
    this.#note = note;
  }

  override get size(): number {
    return this.#map.size;
  }

  override has(name: string): boolean {
    this.#note(`${this.#what}.${name}`, this.#map.get(name));
    return this.#map.has(name);
  }

  override get(name: string): T | undefined {
    const value = this.#map.get(name);
    this.#note(`${this.#what}.${name}`, value);
    return value;
  }

  override entries(): MapIterator<[string, T]> {
    this.#noteAll();
    return new Map(this.#map).entries();
  }

  override keys(): MapIterator<string> {
    this.#noteAll();
    return new Map(this.#map).keys();
  }

  override values(): MapIterator<T> {
    this.#noteAll();
    return new Map(this.#map).values();
  }

  override forEach(visit: (value: T, name: string, map: Map<string, T>) => void): void {
    for (const [name, value] of this.entries()) visit(value, name, this);
  }

  override [Symbol.iterator](): MapIterator<[string, T]> {
    return this.entries();
  }

  #noteAll(): void {
    this.#note(this.#what, Object.fromEntries(this.#map));
  }
}

class RecordedAttributes implements RequestAttributes {
  readonly #inner: RequestAttributes;
  readonly #note: Note;

  constructor(inner: RequestAttributes, note: Note) {
    this.#inner = inner;
    this.#note = note;
  }

  header(name: string): string | undefined {
    return this.#noted(`headers.${name}`, this.#inner.header(name));
  }

  lastHeader(name: string): string | undefined {
    return this.#noted(`headers.${name}`, this.#inner.lastHeader(name));
  }

  headerMap(): ReadonlyMap<string, string> {
    return new RecordedMap(this.#inner.headerMap(), 'attributes.headers', this.#note);
  }

  queryParams(): ReadonlyMap<string, string> {
    return new RecordedMap(this.#inner.queryParams(), 'attributes.queryParams', this.#note);
  }

  get method(): string | null {
    return this.#noted('method', this.#inner.method);
  }

  get requestPath(): string | null {
    return this.#noted('requestPath', this.#inner.requestPath);
  }

  get requestUri(): string | null {
    return this.#noted('requestUri', this.#inner.requestUri);
  }

  get queryString(): string | null {
    return this.#noted('queryString', this.#inner.queryString);
  }

  get scheme(): string | null {
    return this.#noted('scheme', this.#inner.scheme);
  }

  get version(): string | null {
    return this.#noted('version', this.#inner.version);
  }

  get remoteAddress(): string | null {
    return this.#noted('remoteAddress', this.#inner.remoteAddress);
  }

  get localAddress(): string | null {
    return this.#noted('localAddress', this.#inner.localAddress);
  }

  get statusCode(): number | null {
    return this.#noted('statusCode', this.#inner.statusCode);
  }

  #noted<T extends JsonValue | undefined>(name: string, value: T): T {
    this.#note(`attributes.${name}`, value);
    return value;
  }
}

function recordedCaller(caller: Caller, note: Note): Caller {
  const noted = <T extends JsonValue | undefined>(name: string, value: T): T => {
    note(`authentication.${name}`, value);
    return value;
  };
  return {
    get clientId() {
      return noted('clientId', caller.clientId);
    },
    get clientName() {
      return noted('clientName', caller.clientName);
    },
    get principal() {
      return noted('principal', caller.principal);
    },
    get properties() {
      return noted('properties', caller.properties);
    },
    property: (name) => noted(`properties.${name}`, propertyOfCaller({ authentication: caller }, name)),
    ...(caller.fact === undefined ? {} : { fact: (name) => noted(`the caller's ${name}`, caller.fact?.(name)) }),
    ...(caller.plain === undefined ? {} : { plain: recordedCaller(caller.plain, note) }),
  };
}

function recordedRequest({ headers, attributes, metadata }: ProxiedRequest, note: Note): IncomingRequest {
  return {
    headers: new RecordedHeaders(headers, note),
    attributes: {
      get(name) {
        const value = attributes.get(name);
        note(`the attribute ${name}`, value);
        return value;
      },
    },
    metadata: new RecordedView(metadata, [], note),
    routePolicy: undefined,
  };
}

class RecordedHeaders implements HeaderFields {
  readonly #inner: HeaderFields;
  readonly #note: Note;

  constructor(inner: HeaderFields, note: Note) {
    this.#inner = inner;
    this.#note = note;
  }

  get all(): readonly HeaderField[] {
    this.#note('attributes.headers', Object.fromEntries(this.#inner.all));
    return this.#inner.all;
  }

  first(name: string): string | undefined {
    const value = this.#inner.first(name);
    this.#note(headerInput(name), value);
    return value;
  }

  last(name: string): string | undefined {
    const value = this.#inner.last(name);
    this.#note(headerInput(name), value);
    return value;
  }

  values(name: string): readonly string[] {
    const values = this.#inner.values(name);
    this.#note(headerInput(name), values.length === 1 ? values[0] : [...values]);
    return values;
  }

  namesOfLength(lengths: ReadonlySet<number>): readonly string[] {
    return this.#inner.namesOfLength(lengths);
  }
}

function headerInput(name: string): string {
  return `attributes.headers.${name}`;
}

class RecordedView implements ObjectView {
  readonly #inner: ObjectView;
  readonly #path: readonly string[];
  readonly #note: Note;

  constructor(inner: ObjectView, path: readonly string[], note: Note) {
    this.#inner = inner;
    this.#path = path;
    this.#note = note;
  }

  get isEmpty(): boolean {
    return this.#inner.isEmpty;
  }

  names(): readonly string[] {
    return this.#inner.names();
  }

  get(name: string): JsonValue | undefined {
    const value = this.#inner.get(name);
    this.#note(this.#named([...this.#path, name]), value);
    return value;
  }

  view(name: string): ObjectView | undefined {
    const path = [...this.#path, name];
    const view = this.#inner.view(name);
    if (view === undefined) this.#note(this.#named(path), this.#inner.get(name));
    return view && new RecordedView(view, path, this.#note);
  }

  whole(): JsonObject {
    const whole = this.#inner.whole();
    this.#note(this.#named(this.#path), whole);
    return whole;
  }

  #named(path: readonly string[]): string {
    return ['metadata', ...path].join('.');
  }
}

function recordedVariables(published: Published, note: Note): Published {
  return {
    read(name) {
      const value = published.read(name);
      if (value !== undefined) note(`the variable ${name}, of an earlier policy`, value);
      return value;
    },
    all: () => published.all(),
  };
}
