/**
 * @module
 * What an OpenAPI file (2 or 3) says about the API itself: its name, properties and operations.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { isRecord } from '../../diagnostics/json.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import { type Operation, readOperations } from './operations.ts';

export interface Api {
  /** Variables that are the same for every request, by name. */
  readonly constants: ReadonlyMap<string, JsonValue>;
  readonly operations: readonly Operation[];
  readonly gateway: 'v5' | 'api-gateway' | undefined;
}

export function readApi(document: LocatedYaml): Api {
  const { value } = document;
  if (!isRecord(value)) return { constants: new Map(), operations: [], gateway: undefined };
  const extension = recordAt(value, 'x-ibm-configuration');
  const root = rootOf(value);
  return {
    constants: constantsOf(recordAt(value, 'info'), root, recordAt(extension, 'properties')),
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
  properties: Readonly<Record<string, unknown>>,
): Map<string, JsonValue> {
  const constants = new Map<string, JsonValue>();
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number') constants.set(name, String(value));
  };
  add('api.name', info['x-ibm-name'] ?? info['title']);
  add('api.version', info['version']);
  add('api.root', root);
  for (const [name, property] of Object.entries(properties)) {
    const value = isRecord(property) ? property['value'] : undefined;
    if (value === undefined || value === null) continue;
    constants.set(`api.properties.${name}`, value as JsonValue);
    // A property can also be read by its bare name, unless a variable has that name.
    if (!constants.has(name)) constants.set(name, value as JsonValue);
  }
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
