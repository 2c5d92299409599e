/**
 * @module
 * What an OpenAPI file (2 or 3) says of the API itself: its name, its properties, its operations.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import { type Operation, readOperations } from './operations.ts';
import { isRecord } from './record.ts';

export interface Api {
  /** Variables that are the same for every request, by name. */
  readonly constants: ReadonlyMap<string, JsonValue>;
  readonly operations: readonly Operation[];
  readonly gateway: 'v5' | 'api-gateway' | undefined;
}

export function readApi(document: LocatedYaml): Api {
  const { value } = document;
  if (!isRecord(value)) return { constants: new Map(), operations: [], gateway: undefined };
  const info = recordAt(value, 'info');
  const extension = recordAt(value, 'x-ibm-configuration');
  const root = rootOf(value);
  const constants = new Map<string, JsonValue>();
  const add = (name: string, text: unknown): void => {
    if (typeof text === 'string' || typeof text === 'number') constants.set(name, String(text));
  };
  add('api.name', info['x-ibm-name'] ?? info['title']);
  add('api.version', info['version']);
  add('api.root', root);
  for (const [name, property] of Object.entries(recordAt(extension, 'properties'))) {
    const given = isRecord(property) ? property['value'] : undefined;
    if (given === undefined || given === null) continue;
    constants.set(`api.properties.${name}`, given as JsonValue);
    // A property is also found by its bare name, where no variable has it.
    if (!constants.has(name)) constants.set(name, given as JsonValue);
  }
  return { constants, operations: readOperations(recordAt(value, 'paths'), root ?? ''), gateway: gatewayOf(extension) };
}

function gatewayOf(extension: Readonly<Record<string, unknown>>): Api['gateway'] {
  switch (extension['gateway']) {
    case 'datapower-api-gateway':
      return 'api-gateway';
    case 'datapower-gateway':
      return 'v5';
    default:
      return undefined;
  }
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
