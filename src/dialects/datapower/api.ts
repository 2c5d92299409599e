/**
 * @module
 * What an OpenAPI file (2 or 3) says about the API itself: its name, properties and operations.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { isRecord } from '../../diagnostics/json.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import { extensionName, placeOfApi } from './api-place.ts';
import { type ApiProperty, catalogNames, readProperties } from './api-properties.ts';
import { type Operation, readOperations } from './operations.ts';

export interface Api {
  /** Variables that are the same for every request, by name; properties are not among them. */
  readonly constants: ReadonlyMap<string, JsonValue>;
  /** By name. A policy reads one as `api.properties.NAME`, or as `NAME`. */
  readonly properties: ReadonlyMap<string, ApiProperty>;
  /** The names of the catalogs for which the file has values. */
  readonly catalogs: readonly string[];
  readonly operations: readonly Operation[];
  readonly gateway: 'v5' | 'api-gateway' | undefined;
}

/** @param catalog the catalog whose values count; undefined for none */
export function readApi(document: LocatedYaml, catalog: string | undefined): Api {
  const { path, value } = placeOfApi(document.value);
  const extension = recordAt(value, extensionName);
  const root = rootOf(value);
  return {
    constants: constantsOf(recordAt(value, 'info'), root, catalog),
    properties: readProperties(extension, [...path, extensionName], catalog),
    catalogs: catalogNames(extension),
    operations: readOperations(recordAt(value, 'paths'), root ?? ''),
    gateway: gateways.get(extension['gateway']),
  };
}

const gateways: ReadonlyMap<unknown, Api['gateway']> = new Map([
  ['datapower-api-gateway', 'api-gateway'],
  ['datapower-gateway', 'v5'],
]);

function constantsOf(
  info: Readonly<Record<string, unknown>>,
  root: string | undefined,
  catalog: string | undefined,
): Map<string, JsonValue> {
  const constants = new Map<string, JsonValue>();
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number') constants.set(name, String(value));
  };
  add('api.name', info['x-ibm-name'] ?? info['title']);
  add('api.version', info['version']);
  add('api.root', root);
  add('api.catalog.name', catalog);
  return constants;
}

function rootOf(api: Readonly<Record<string, unknown>>): string | undefined {
  const base = api['basePath'];
  if (typeof base === 'string') return base;
  const servers = api['servers'];
  const first: unknown = Array.isArray(servers) ? servers[0] : undefined;
  const url = isRecord(first) ? first['url'] : undefined;
  return typeof url === 'string' ? (URL.parse(url, 'http://server')?.pathname ?? undefined) : undefined;
}

function recordAt(record: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = record[name];
  return isRecord(value) ? value : {};
}
