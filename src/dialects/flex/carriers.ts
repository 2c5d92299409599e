/**
 * @module
 * Finds Flex policies in a file, in every resource that may carry one:
 *
 * - a list item with `policyRef` (the vendor's page);
 * - `policies` of an `ApiInstance`, of one of its services, or at the top level: a list, or `inbound` and `outbound`;
 * - a `PolicyBinding`;
 * - a policy of API Manager's REST API, alone, in a list, or in `policies`;
 * - a `List` of such resources.
 *
 * Only the path to the policy is read here, and leniently: the rest of such a resource is left to the gateway.
 */
import type { YamlPath } from '../../documents/yaml-places.ts';
import { isPolicyName } from './policy-name.ts';

export interface CarriedPolicy {
  /** The name of the policy, or of its asset. */
  readonly policy: string;
  /** The names by which a configuration may choose it: the name of the resource. */
  readonly names: readonly string[];
  /** The path to the object that names the policy; its rules and order are in it. */
  readonly item: YamlPath;
  /** The path to its configuration. */
  readonly config: YamlPath;
  /** The path to the name of the policy. */
  readonly nameAt: YamlPath;
  /** Whether API Manager wrote it. */
  readonly managed: boolean;
  /** The path to what says that only requests to one upstream service get the policy; undefined if all do. */
  readonly upstream: YamlPath | undefined;
  /** The path to the address of the API instance around the policy. */
  readonly address: YamlPath | undefined;
}

/** Every JWT generation policy in the document, in order. Policies with other names are ignored. */
export function findPolicies(value: unknown): readonly CarriedPolicy[] {
  return findAllPolicies(value).filter(({ policy }) => isPolicyName(policy));
}

/** Every policy in the document, in order. */
export function findAllPolicies(value: unknown): readonly CarriedPolicy[] {
  return inResource(value, { path: [], names: [], upstream: undefined, address: undefined }, 0);
}

/** A place in the document, and what the resources around it say. */
interface Place {
  readonly path: YamlPath;
  readonly names: readonly string[];
  readonly upstream: YamlPath | undefined;
  readonly address: YamlPath | undefined;
}

/** Deeper than any of these resources; a `List` may contain a `List`. */
const maxDepth = 8;

function inResource(value: unknown, place: Place, depth: number): readonly CarriedPolicy[] {
  if (depth > maxDepth) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => inResource(item, at(place, index), depth + 1));
  }
  const named = withName(value, place);
  const spec = field(value, 'spec');
  const inside = { ...at(named, 'spec'), address: addressOf(spec, named.path) };
  return [
    ...inItem(value, named),
    ...inList(value, 'items', named, depth),
    ...inPolicies(value, named, depth),
    ...inItem(spec, inside),
    ...inPolicies(spec, inside, depth),
    ...inServices(spec, inside, depth),
  ];
}

function inList(value: unknown, key: string, place: Place, depth: number): readonly CarriedPolicy[] {
  const list = field(value, key);
  return Array.isArray(list) ? inResource(list, at(place, key), depth) : [];
}

/** `policies`: a list, or a list for each direction. */
function inPolicies(value: unknown, place: Place, depth: number): readonly CarriedPolicy[] {
  const policies = field(value, 'policies');
  const inside = at(place, 'policies');
  return [
    ...inList(value, 'policies', place, depth),
    ...inList(policies, 'inbound', inside, depth),
    ...inList(policies, 'outbound', inside, depth),
  ];
}

function inServices(spec: unknown, place: Place, depth: number): readonly CarriedPolicy[] {
  const services = field(spec, 'services');
  if (typeof services !== 'object' || services === null) return [];
  return Object.entries(services).flatMap(([name, service]) => {
    const inside = at(at(place, 'services'), name);
    return inPolicies(service, { ...inside, names: [...place.names, name], upstream: inside.path }, depth);
  });
}

/**
 * `policyRef: { name }` with `config` next to it. Real files also have an empty `policyRef:` with `name` and `config`
 * next to it, or with both inside it.
 */
function inItem(item: unknown, place: Place): readonly CarriedPolicy[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
  if (!('policyRef' in item)) return managedItem(item, place);
  const reference = item.policyRef;
  const isInside = field(reference, 'name') !== undefined;
  const policy = isInside ? field(reference, 'name') : field(item, 'name');
  if (typeof policy !== 'string') return [];
  const { path, names, upstream, address } = place;
  return [
    {
      policy,
      names,
      item: path,
      config: field(reference, 'config') === undefined ? [...path, 'config'] : [...path, 'policyRef', 'config'],
      nameAt: isInside ? [...path, 'policyRef', 'name'] : [...path, 'name'],
      managed: false,
      upstream,
      address,
    },
  ];
}

/** Where API Manager names the asset of a policy, best first. */
export const assets: readonly (readonly string[])[] = [
  ['assetId'],
  ['template', 'assetId'],
  ['implementationAsset', 'assetId'],
  ['policyTemplateId'],
];

function managedItem(item: object, { path, names, upstream, address }: Place): readonly CarriedPolicy[] {
  const config = ['configurationData', 'configuration'].find((key) => field(item, key) !== undefined);
  const named = assets.map((place) => ({ place, policy: place.reduce<unknown>(field, item) }));
  const asset =
    named.find(({ policy }) => isPolicyName(policy)) ?? named.find(({ policy }) => typeof policy === 'string');
  if (config === undefined || typeof asset?.policy !== 'string') return [];
  const label = field(item, 'label');
  const narrowed = ['upstreamId', 'upstreams'].find((key) => hasContent(field(item, key)));
  return [
    {
      policy: asset.policy,
      names: typeof label === 'string' ? [...names, label] : names,
      item: path,
      config: [...path, config],
      nameAt: [...path, ...asset.place],
      managed: true,
      upstream: narrowed === undefined ? upstream : [...path, narrowed],
      address,
    },
  ];
}

function hasContent(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

function addressOf(spec: unknown, path: YamlPath): YamlPath | undefined {
  return typeof field(spec, 'address') === 'string' ? [...path, 'spec', 'address'] : undefined;
}

function withName(value: unknown, place: Place): Place {
  const name = field(field(value, 'metadata'), 'name');
  return typeof name === 'string' ? { ...place, names: [...place.names, name] } : place;
}

function at(place: Place, part: string | number): Place {
  return { ...place, path: [...place.path, part] };
}

export function field(value: unknown, name: string | number): unknown {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string | number, unknown>>)[name]
    : undefined;
}
