/**
 * @module
 * The properties of an API, `x-ibm-configuration.properties`, and the values that catalogs give them instead,
 * `x-ibm-configuration.catalogs` (vendor pages, "properties" and "catalogs").
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { isRecord } from '../../diagnostics/json.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';

export interface ApiProperty {
  /** Null if only catalogs have one that does not count. */
  readonly value: JsonValue;
  /** The value's place. */
  readonly path: YamlPath;
  /** Whether it should be in Base64, but is not. Then it is used as it is written. */
  readonly isPlain: boolean;
  /** The catalogs whose value differs, if the entry names no catalog. */
  readonly otherCatalogs: readonly string[];
}

type YamlRecord = Readonly<Record<string, unknown>>;

/** The names of the catalogs. */
export function catalogNames(extension: YamlRecord): readonly string[] {
  const { catalogs } = extension;
  return isRecord(catalogs) ? Object.keys(catalogs) : [];
}

/** @param catalog whose values count; undefined if the entry names none */
export function readProperties(
  extension: YamlRecord,
  root: YamlPath,
  catalog: string | undefined,
): ReadonlyMap<string, ApiProperty> {
  const properties = isRecord(extension['properties']) ? extension['properties'] : {};
  const catalogs = catalogNames(extension).map((name) => ({ name, values: catalogProperties(extension, name) }));
  const names = new Set([properties, ...catalogs.map(({ values }) => values)].flatMap(Object.keys));
  const found = new Map<string, ApiProperty>();
  for (const name of names) {
    const property = isRecord(properties[name]) ? properties[name] : {};
    const { value } = property;
    const chosen = catalogs.find((one) => one.name === catalog)?.values[name];
    const others = catalogs.filter(({ values }) => values[name] !== undefined && values[name] !== value);
    const otherCatalogs = catalog === undefined ? others.map((one) => one.name) : [];
    const path = chosen === undefined ? [...root, 'properties', name, 'value'] : pathIn(root, catalog, name);
    const isEncoded = property['encoded'] === true || property['encoded'] === 'true';
    found.set(name, { ...readValue(chosen ?? value, isEncoded), path, otherCatalogs });
  }
  return found;
}

function pathIn(root: YamlPath, catalog: string | undefined, name: string): YamlPath {
  return [...root, 'catalogs', catalog ?? '', 'properties', name];
}

function readValue(value: unknown, isEncoded: boolean): Pick<ApiProperty, 'value' | 'isPlain'> {
  if (value === undefined || value === null) return { value: null, isPlain: false };
  const decoded = isEncoded ? decode(value) : undefined;
  return { value: decoded ?? (value as JsonValue), isPlain: isEncoded && decoded === undefined };
}

function catalogProperties({ catalogs }: YamlRecord, catalog: string): YamlRecord {
  const found = isRecord(catalogs) && Object.hasOwn(catalogs, catalog) ? catalogs[catalog] : undefined;
  const properties = isRecord(found) ? found['properties'] : undefined;
  return isRecord(properties) ? properties : {};
}

/** The text that is in Base64; undefined if the value is not the Base64 of a text. */
function decode(value: unknown): string | undefined {
  // YAML may fold a long value into several lines.
  const text = typeof value === 'string' ? value.replaceAll(/\s/g, '') : undefined;
  if (text === undefined || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'base64'));
  } catch {
    return undefined;
  }
}
