/**
 * @module
 * Reads the request for the minting side from Envoy's first message.
 *
 * Everything that a caller can make large is checked here before it is used: the number of headers, their bytes, the
 * nesting of metadata. The transport limits the size of the whole message.
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { HeaderList } from '../request/header-fields.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { type ObjectView, viewOf } from '../request/object-view.ts';
import { readHeaders } from './headers.ts';
import { orderOfNames } from './member-order.ts';
import type { ProcessingRequest, Struct, Value } from './messages.ts';
import type { WireLimits } from './wire-limits.ts';

/**
 * The request as Envoy described it.
 *
 * Attributes are sent under the filter's name (`envoy.filters.http.ext_proc`). All entries are merged, because a filter
 * may be configured under another name and the names of attributes do not conflict.
 *
 * @throws MintError when the request exceeds a limit or is malformed
 */
export function readRequest(
  message: ProcessingRequest,
  routePolicy: string | undefined,
  limits: WireLimits,
): IncomingRequest {
  if (message.incoming !== undefined) return message.incoming(routePolicy, limits);
  const headers = new HeaderList(readHeaders(message.request_headers?.headers?.headers ?? [], limits));
  const attributes = new Map<string, JsonValue>();
  for (const struct of Object.values(message.attributes ?? {})) {
    const members = Object.entries(readStruct(struct, limits.metadataDepth));
    for (const [name, value] of members) attributes.set(name, value);
  }
  const metadata = readMetadata(message.metadata_context?.filter_metadata, limits);
  return { headers, attributes, metadata, routePolicy };
}

/** Dynamic metadata by namespace. @throws MintError when it is nested too deeply */
export function readMetadata(
  namespaces: Readonly<Record<string, Struct>> | undefined,
  limits: Pick<WireLimits, 'metadataDepth'>,
): ObjectView {
  const metadata = emptyObject<JsonObject>();
  for (const [namespace, struct] of inOrder(namespaces)) metadata[namespace] = readStruct(struct, limits.metadataDepth);
  return viewOf(metadata);
}

/** Converts a Struct to JSON, at most `depth` objects and lists deep. Members are in the order of `member-order.ts`. */
function readStruct(struct: Struct, depth: number): JsonObject {
  if (depth === 0)
    throw new MintError('extproc.metadata-too-deep', 'The metadata of the request is nested too deeply.');
  const object = emptyObject<JsonValue>();
  for (const [name, value] of inOrder(struct.fields)) object[name] = readValue(value, depth - 1);
  return object;
}

/** The entries of a map, sorted by name. Envoy sends them in a different order for every request. */
function inOrder<T>(map: Readonly<Record<string, T>> = {}): (readonly [name: string, value: T])[] {
  const entries = Object.entries(map);
  return orderOfNames(entries.map(([name]) => name)).flatMap((at) => entries.slice(at, at + 1));
}

function readValue(value: Value, depth: number): JsonValue {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.structValue !== undefined) return readStruct(value.structValue, depth);
  if (value.listValue !== undefined) return readList(value.listValue.values ?? [], depth);
  // JSON has no NaN and no infinities, and struct.proto does not allow them.
  return value.numberValue !== undefined && Number.isFinite(value.numberValue) ? value.numberValue : null;
}

function readList(values: readonly Value[], depth: number): JsonValue {
  if (depth === 0)
    throw new MintError('extproc.metadata-too-deep', 'The metadata of the request is nested too deeply.');
  return values.map((value) => readValue(value, depth - 1));
}

/**
 * An object without a prototype, so that a caller's member named `__proto__` or `constructor` is an ordinary member.
 */
function emptyObject<T>(): Record<string, T> {
  return Object.create(null);
}
