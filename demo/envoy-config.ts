/**
 * @module
 * Reads the addresses in `envoy.yaml` for the demo, and changes its settings for the tests.
 */
import { type Document, isMap, isSeq, parseDocument } from 'yaml';
import { type Address, parseAddress } from './ports.ts';

type Path = readonly (string | number)[];

const hcm: Path = ['static_resources', 'listeners', 0, 'filter_chains', 0, 'filters', 0, 'typed_config'];
const places = {
  admin: ['admin', 'address', 'socket_address'],
  listener: ['static_resources', 'listeners', 0, 'address', 'socket_address'],
} as const satisfies Record<string, Path>;

const endpoint: Path = ['load_assignment', 'endpoints', 0, 'lb_endpoints', 0, 'endpoint', 'address'];
const callerKeys: Path = ['providers', 'demo', 'local_jwks', 'filename'];

/** The addresses in `envoy.yaml`: those that Envoy listens at and those that it connects to. */
export type Role = 'listener' | 'admin' | 'mintproc' | 'upstream';

export class EnvoyConfig {
  readonly #document: Document;

  constructor(text: string) {
    this.#document = parseDocument(text);
    const [error] = this.#document.errors;
    if (error !== undefined) throw error;
  }

  address(role: Role): Address {
    const place = this.#place(role);
    return { host: String(this.get([...place, 'address'])), port: Number(this.get([...place, 'port_value'])) };
  }

  /** @param listen in the syntax of `mintproc.yaml`: `127.0.0.1:50051` or `unix:/run/mintproc.sock` */
  setSidecar(listen: string): void {
    const place = [...this.cluster('mintproc'), ...endpoint];
    if (listen.startsWith('unix:')) {
      this.set(place, { pipe: { path: listen.slice('unix:'.length) } });
      return;
    }
    const { host, port } = parseAddress(listen);
    this.set(place, { socket_address: { address: host, port_value: port } });
  }

  /** Sets the file with the public keys for callers' tokens. */
  setCallerKeys(file: string): void {
    this.set([...this.filter('envoy.filters.http.jwt_authn'), 'typed_config', ...callerKeys], file);
  }

  setPort(role: Role, port: number): void {
    this.set([...this.#place(role), 'port_value'], port);
  }

  get(path: Path): unknown {
    const found = this.#document.getIn(path);
    return isMap(found) || isSeq(found) ? found.toJSON() : found;
  }

  set(path: Path, value: unknown): void {
    this.#document.setIn(path, this.#document.createNode(value));
  }

  delete(path: Path): void {
    if (!this.#document.deleteIn(path)) throw new Error(`envoy.yaml has no value at ${path.join('.')}`);
  }

  /** The path of an HTTP filter, by its name. */
  filter(name: string): Path {
    return this.#named([...hcm, 'http_filters'], name);
  }

  /** The path of a cluster, by its name. */
  cluster(name: string): Path {
    return this.#named(['static_resources', 'clusters'], name);
  }

  /** The paths of the only route, of the connection manager's settings and of the filter chain. */
  readonly route: Path = [...hcm, 'route_config', 'virtual_hosts', 0, 'routes', 0];
  readonly connectionManager: Path = hcm;
  readonly filterChain: Path = hcm.slice(0, 5);

  toString(): string {
    return this.#document.toString();
  }

  #place(role: Role): Path {
    if (role === 'listener' || role === 'admin') return places[role];
    return [...this.cluster(role), ...endpoint, 'socket_address'];
  }

  #named(list: Path, name: string): Path {
    for (let i = 0; ; i++) {
      const found = this.get([...list, i, 'name']);
      if (found === name) return [...list, i];
      if (found === undefined) throw new Error(`envoy.yaml has no ${name}`);
    }
  }
}
