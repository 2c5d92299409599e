/**
 * @module
 * Pairs of requests that have one key: they agree in each part of it, and in nothing else but by chance. Requests that
 * Envoy's filter leaves to mintproc (`request/envoy-reuse.ts`) are not among them.
 */
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import type { KeyPart, ReuseKey } from '../../src/request/envoy-reuse.ts';
import { type HeaderField, HeaderList } from '../../src/request/header-fields.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import { viewOf } from '../../src/request/object-view.ts';
import { routeNameAttribute } from '../../src/request/request-view.ts';
import type { Dice } from '../search/dice.ts';

/** A request in facets. */
interface Facets {
  /** By name, pseudo-headers except `:path` among them; without values, the request does not have it. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly path: string;
  readonly query: string | undefined;
  /** What Envoy verified: the payload of a token, or a certificate. */
  readonly payload: JsonObject | undefined;
  readonly certificate: JsonObject;
  readonly attributes: JsonObject;
  readonly metadata: JsonObject;
}

export interface Pair {
  readonly one: IncomingRequest;
  readonly other: IncomingRequest;
  /** For a finding. */
  readonly described: string;
}

/** @param names of the headers that may matter, in lower case */
export function pairOf(dice: Dice, key: ReuseKey, names: readonly string[]): Pair {
  const one = withCaller(dice, facetsOf(dice, key, names), key);
  const other = agreeing(one, facetsOf(dice, key, names), key);
  const written = [one, other].map((facets) => JSON.stringify({ ...facets, headers: [...facets.headers] }));
  return { one: requestOf(one), other: requestOf(other), described: written.join('\n') };
}

function agreeing(one: Facets, other: Facets, { caller, parts }: ReuseKey): Facets {
  const headers = new Map(other.headers);
  const agree = (name: string): void => {
    headers.set(name, one.headers.get(name) ?? []);
  };
  for (const part of parts) if (part.kind === 'header') agree(part.name);
  if (caller.kind === 'token') agree(caller.header);
  const has = (kind: KeyPart['kind']): boolean => parts.some((part) => part.kind === kind);
  return {
    ...other,
    headers,
    path: has('path') ? one.path : other.path,
    query: has('query') ? one.query : other.query,
    payload: caller.kind === 'token' ? one.payload : other.payload,
    certificate: caller.kind === 'certificate' ? one.certificate : other.certificate,
    attributes: { ...other.attributes, [routeNameAttribute]: one.attributes[routeNameAttribute] ?? null },
  };
}

/** The filter keeps nothing for a request whose caller Envoy did not verify. */
function withCaller(dice: Dice, facets: Facets, { caller }: ReuseKey): Facets {
  if (caller.kind === 'none') return facets;
  if (caller.kind === 'certificate') return { ...facets, certificate: certificateOf(dice.pick(people)) };
  const headers = new Map(facets.headers).set(caller.header, [`Bearer ${dice.pick(people)}.token`]);
  return { ...facets, headers, payload: claims(dice) };
}

const people = ['alice', 'bob', 'Zoë'];
const values = ['red', 'blue', '', 'a, b', '1', '7', 'true', '{"a":1}', 'alice', 'x'.repeat(70), 'Bearer t'];
const usualPaths = [
  '/',
  '/orders',
  '/orders/7',
  '/orders/',
  '/v1/orders',
  '/a/b/c',
  '/orders%2f7',
  '/orders;v=1',
  '/ORDERS',
];
const allPaths = [...usualPaths, '//host/orders', '/a#b', '/\\host', '/a b', 'http://x:99999/'];
const queries = ['', 'q=1', 'q=a%20b&q=c+d', 'tenant=1&q=2', 'x=1;q=1', '?q=1', '%71=1', 'q'];

function facetsOf(dice: Dice, { parts }: ReuseKey, names: readonly string[]): Facets {
  const readsTarget = parts.some(({ kind }) => kind !== 'header');
  const some = names.filter(() => dice.chance(50)).map((name) => [name, headerValues(dice)] as const);
  return {
    headers: new Map([
      [':authority', [dice.pick(['api.example', 'x.example:8080', 'other.test'])]],
      [':method', [dice.pick(['GET', 'POST', 'DELETE', 'get'])]],
      [':scheme', [dice.pick(['http', 'https'])]],
      ...some,
    ]),
    path: dice.pick(readsTarget ? usualPaths : allPaths),
    query: dice.chance(50) ? undefined : dice.pick(queries),
    payload: dice.chance(30) ? undefined : claims(dice),
    certificate: dice.chance(50) ? {} : certificateOf(dice.pick(people)),
    attributes: attributesOf(dice),
    metadata: metadataOf(dice),
  };
}

function headerValues(dice: Dice): readonly string[] {
  return Array.from({ length: dice.pick([1, 1, 1, 2]) }, () => dice.pick(values));
}

const claimNames = [
  'sub',
  'client_id',
  'client_name',
  'developer_email',
  'scope',
  'roles',
  'name',
  'tenant',
  'clientId',
];

function claims(dice: Dice): JsonObject {
  const chosen = claimNames
    .filter(() => dice.chance(60))
    .map((name): [string, JsonValue] => [name, claimOf(dice, name)]);
  return Object.fromEntries([['iss', 'issuer'], ...chosen]);
}

function claimOf(dice: Dice, name: string): JsonValue {
  return name === 'roles' ? [dice.pick(people), 'admin'] : dice.pick(values);
}

function certificateOf(person: string): JsonObject {
  return {
    'connection.mtls': true,
    'connection.subject_peer_certificate': `CN=${person}`,
    'connection.uri_san_peer_certificate': `spiffe://example/${person}`,
    'connection.sha256_peer_certificate_digest': Buffer.from(person).toString('hex').padEnd(64, '0'),
  };
}

function attributesOf(dice: Dice): JsonObject {
  return {
    'source.address': dice.pick(['192.0.2.1:4711', '[2001:db8::1]:99']),
    'destination.address': dice.pick(['192.0.2.9:443', '192.0.2.10:443']),
    'request.protocol': dice.pick(['HTTP/1.1', 'HTTP/2']),
    'request.id': `id-${dice.roll(1_000_000)}`,
    [routeNameAttribute]: dice.pick(['route-0', 'route-1']),
    'xds.virtual_host_name': dice.pick(['v0', 'v1']),
    'xds.cluster_name': dice.pick(['c0', 'c1']),
    'source.port': dice.roll(60_000),
    'connection.requested_server_name': dice.pick(['a.example', 'b.example']),
  };
}

function metadataOf(dice: Dice): JsonObject {
  return {
    tenants: { tenant: { id: `t${dice.roll(9)}` } },
    regions: { name: dice.pick(['eu', 'us']) },
    clients: { id: `c${dice.roll(9)}` },
    'envoy.filters.http.ext_authz': dice.chance(50) ? {} : { sub: dice.pick(people) },
    gateway: { caller: { sub: dice.pick(people) } },
  };
}

function requestOf({ headers, path, query, payload, certificate, attributes, metadata }: Facets): IncomingRequest {
  const fields: HeaderField[] = [...headers].flatMap(([name, all]) => all.map((value): HeaderField => [name, value]));
  const scheme = headers.get(':scheme')?.[0] ?? '';
  return {
    headers: new HeaderList([[':path', query === undefined ? path : `${path}?${query}`], ...fields]),
    attributes: new Map<string, JsonValue>(Object.entries({ ...attributes, ...certificate, 'request.scheme': scheme })),
    metadata: viewOf({
      ...metadata,
      ...(payload === undefined ? {} : { 'envoy.filters.http.jwt_authn': { payload } }),
    }),
    routePolicy: undefined,
  };
}
