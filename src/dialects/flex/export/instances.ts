/**
 * @module
 * The APIs of an export: API instances of local mode and APIs of API Manager, each with its address and the rules by
 * which the gateway chose the upstream service of a request.
 */
import { isPlainName } from '../../../diagnostics/harmless.ts';
import type { Place } from '../../../diagnostics/source-text.ts';
import type { YamlPath } from '../../../documents/yaml-places.ts';
import { type ApiAddress, readAddress } from '../address.ts';
import { field } from '../carriers.ts';
import {
  type AppliedPolicy,
  type FlexDocument,
  placeIn,
  type ReadDocuments,
  type Resource,
  textAt,
} from './documents.ts';

export interface Instance {
  readonly resource: Resource;
  /** As messages show it. */
  readonly name: string | undefined;
  readonly address: ApiAddress | undefined;
  /** Where the address is, or should be. */
  readonly place: Place;
  readonly labels: ReadonlyMap<string, string>;
  /** The rules of its routes to upstream services; empty if the export has none. */
  readonly routes: readonly UpstreamRoute[];
}

/** One rule of a route to an upstream service. */
export interface UpstreamRoute {
  /** Names of the service: its own, and the gateway's. */
  readonly services: readonly string[];
  /** Undefined: every request. */
  readonly rule: unknown;
  readonly place: Place;
}

export function readInstances({ resources, policies }: ReadDocuments): readonly Instance[] {
  const local = resources.filter(({ kind, value }) => kind === 'ApiInstance' || hasAddress(kind, value));
  const managed = resources.filter(({ kind, value }) => kind === undefined && endpointOf(value) !== undefined);
  const routing = policies.filter(({ carried }) => /^route(?:-weighted)?$/.test(carried.policy));
  return [...local.map((resource) => localInstance(resource, routing)), ...managed.map(managedInstance)];
}

/** An instance without its `kind`, as snippets have it. */
function hasAddress(kind: string | undefined, value: unknown): boolean {
  const spec = field(value, 'spec');
  return kind === undefined && textAt(spec, 'address') !== undefined && field(spec, 'services') !== undefined;
}

function localInstance(resource: Resource, routing: readonly AppliedPolicy[]): Instance {
  const { in: within, path, value, name } = resource;
  const spec = field(value, 'spec');
  const address = textAt(spec, 'address');
  const own = [
    ...servicesOf(resource, [...path, 'spec', 'services'], field(spec, 'services')),
    ...routing.filter((policy) => routes(policy, resource)).flatMap(boundRoutes),
  ];
  return {
    resource,
    name,
    address: address === undefined ? undefined : readAddress(address),
    place: placeIn(within, [...path, 'spec', 'address']),
    labels: labelsOf(field(field(value, 'metadata'), 'labels')),
    routes: own,
  };
}

export function labelsOf(labels: unknown): ReadonlyMap<string, string> {
  if (typeof labels !== 'object' || labels === null) return new Map();
  return new Map(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

function servicesOf({ in: within, name }: Resource, path: YamlPath, services: unknown): readonly UpstreamRoute[] {
  if (typeof services !== 'object' || services === null) return [];
  return Object.entries(services).flatMap(([service, value]) => {
    // The gateway's own name of such a service, which its log shows.
    const names = [service, `${name ?? ''}-${service}`];
    const list = field(value, 'routes');
    const at = [...path, service];
    if (!Array.isArray(list) || list.length === 0) {
      return [{ services: names, rule: undefined, place: placeIn(within, at) }];
    }
    return list.flatMap((route, index) =>
      rulesOf(within, [...at, 'routes', index, 'rules'], field(route, 'rules'), names),
    );
  });
}

function rulesOf(within: FlexDocument, path: YamlPath, rules: unknown, services: readonly string[]): UpstreamRoute[] {
  const list = Array.isArray(rules) ? rules : [rules ?? undefined];
  if (list.length === 0) return [{ services, rule: undefined, place: placeIn(within, path) }];
  return list.map((rule, index) => ({ services, rule, place: placeIn(within, [...path, index]) }));
}

/** Whether a `route` policy is one of this instance. */
function routes({ carried, in: within, owner }: AppliedPolicy, instance: Resource): boolean {
  if (owner === instance) return true;
  if (owner === undefined) return false;
  const target = field(carried.item.reduce<unknown>(field, within.document.value), 'targetRef');
  const namespace = textAt(target, 'namespace') ?? owner.namespace;
  return textAt(target, 'name') === instance.name && namespace === instance.namespace && instance.name !== undefined;
}

/** The rules of a `route` or `route-weighted` policy. */
function boundRoutes({ carried, in: within }: AppliedPolicy): readonly UpstreamRoute[] {
  const config = carried.config.reduce<unknown>(field, within.document.value);
  const list = field(config, 'routes');
  const destinations = [config, ...(Array.isArray(list) ? list : [])].map((one) => field(one, 'destinationRef'));
  const services = destinations.flatMap((one) => textAt(one, 'name') ?? []);
  const at = [...carried.item, 'rules'];
  return rulesOf(within, at, at.reduce<unknown>(field, within.document.value), services);
}

/** Of an API as API Manager's REST API gives it. */
function endpointOf(value: unknown): object | undefined {
  const endpoint = field(value, 'endpoint');
  const isApi = typeof endpoint === 'object' && endpoint !== null;
  return isApi && textAt(value, 'assetId') !== undefined ? endpoint : undefined;
}

function managedInstance(resource: Resource): Instance {
  const { in: within, path, value } = resource;
  const proxy = textAt(endpointOf(value), 'proxyUri');
  const routing = field(value, 'routing');
  return {
    resource,
    name: [textAt(value, 'instanceLabel'), textAt(value, 'assetId')].find(
      (name) => name !== undefined && isPlainName(name),
    ),
    address: proxy === undefined ? undefined : readAddress(proxy),
    place: placeIn(within, [...path, 'endpoint', 'proxyUri']),
    labels: new Map(),
    routes: (Array.isArray(routing) ? routing : []).flatMap((route, index) => {
      const upstreams = field(route, 'upstreams');
      const services = (Array.isArray(upstreams) ? upstreams : []).flatMap((one) =>
        ['id', 'label'].flatMap((key) => textAt(one, key) ?? []),
      );
      const rules = field(route, 'rules');
      return rulesOf(within, [...path, 'routing', index, 'rules'], rules, services);
    }),
  };
}
