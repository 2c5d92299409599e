/**
 * @module
 * Where the API is in a document: it is the document, or a part of it, as in the OAuth providers that the API Manager
 * exports (`native_provider.api`).
 */
import { isRecord } from '../../diagnostics/json.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';

export const extensionName = 'x-ibm-configuration';

export interface ApiPlace {
  readonly path: YamlPath;
  readonly value: Readonly<Record<string, unknown>>;
}

/** An API is not deeper in what is exported. */
const maxDepth = 4;

/** The first API of a document; the document itself if there is none. */
export function placeOfApi(document: unknown): ApiPlace {
  return find(document, []) ?? { path: [], value: isRecord(document) ? document : {} };
}

function find(value: unknown, path: YamlPath): ApiPlace | undefined {
  if (!isRecord(value) || path.length > maxDepth) return undefined;
  if (isRecord(value[extensionName])) return { path, value };
  for (const [key, inner] of Object.entries(value)) {
    const found = find(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
