/**
 * @module
 * The limits of a request behind Envoy, for a request that an author has written: what is refused there must not get a
 * token here.
 */
import type { Settings } from '../configuration/configuration-schema.ts';
import { type Decision, refusedWith } from '../decision/decision.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import type { RefusalCode } from '../diagnostics/refusals.ts';
import type { HeaderField } from '../request/header-fields.ts';
import type { WrittenRequest } from './incoming.ts';

/** The refusal of a request that exceeds one of the limits; undefined for all others. */
export function refusedByLimit(incoming: WrittenRequest, limits: Settings['limits']): Decision | undefined {
  const code = exceededLimit(incoming, limits);
  return code && refusedWith(code);
}

/** The code of the limit that the request exceeds; undefined if it exceeds none. */
export function exceededLimit(
  { headers: { all }, attributes, metadata }: WrittenRequest,
  { headerCount, headerBytes, metadataDepth }: Settings['limits'],
): RefusalCode | undefined {
  if (all.length > headerCount) return 'extproc.too-many-headers';
  if (bytesOf(all) > headerBytes) return 'extproc.headers-too-large';
  // Envoy sends the attributes of a filter as one object, and each namespace as another one.
  const namespaces = Object.values(metadata.whole());
  const isTooDeep =
    namespaces.some((value) => isDeeper(value, metadataDepth)) ||
    [...attributes.values()].some((value) => isDeeper(value, metadataDepth - 1));
  return isTooDeep ? 'extproc.metadata-too-deep' : undefined;
}

function bytesOf(fields: readonly HeaderField[]): number {
  return fields.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
}

/** Whether objects and lists nest more than `levels` deep. */
function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
