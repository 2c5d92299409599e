/**
 * @module
 * A request as the minting side reads it, out of Envoy's message: header fields, attributes and metadata are decoded when
 * they are first asked for, since many policies ask for none of the latter two.
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import type { IncomingRequest } from '../../mint/decision.ts';
import { checkStructEntry } from './check-struct.ts';
import { decodeStructEntry, decodeStructEntryInto } from './decode-struct.ts';
import { bytesTag, enter, ProtobufReader } from './protobuf-reader.ts';
import type { WireHeaders } from './wire-headers.ts';
import type { WireText } from './wire-text.ts';

const field = { metadata: bytesTag(8), attributes: bytesTag(9) } as const;
/** `Metadata.filter_metadata` */
const filterMetadata = bytesTag(1);

/**
 * Passes over the message that the reader has before it.
 *
 * @throws MintError where attributes or metadata nest deeper than `depth` @throws WireFormatError
 */
export function checkContext(reader: ProtobufReader, depth: number): void {
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === field.attributes) checkStructEntry(reader, depth);
    else if (tag === field.metadata) checkMetadata(reader, depth);
    else reader.skip(tag);
  }
}

function checkMetadata(reader: ProtobufReader, depth: number): void {
  const outer = enter(reader);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === filterMetadata) checkStructEntry(reader, depth);
    else reader.skip(tag);
  }
  reader.end = outer;
}

/** One for all: no message is read amid another. */
const reader = new ProtobufReader();

/** `checkContext` has found the message well formed. */
export class WireIncoming implements IncomingRequest {
  readonly headers: WireHeaders;
  readonly routePolicy: string | undefined;
  readonly #text: WireText;
  #attributes: Readonly<Record<string, JsonValue>> | undefined;
  #metadata: Readonly<Record<string, JsonObject>> | undefined;

  constructor(text: WireText, headers: WireHeaders, routePolicy: string | undefined) {
    this.#text = text;
    this.headers = headers;
    this.routePolicy = routePolicy;
  }

  get attributes(): Readonly<Record<string, JsonValue>> {
    this.#attributes ??= this.#readAttributes();
    return this.#attributes;
  }

  get metadata(): Readonly<Record<string, JsonObject>> {
    this.#metadata ??= this.#readMetadata();
    return this.#metadata;
  }

  /** The entries of all filter names in one: a filter may have another name, and attributes' own names do not clash. */
  #readAttributes(): Record<string, JsonValue> {
    const attributes: Record<string, JsonValue> = Object.create(null);
    this.#text.reset(reader);
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === field.attributes) decodeStructEntryInto(attributes, reader, this.#text);
      else reader.skip(tag);
    }
    return attributes;
  }

  #readMetadata(): Record<string, JsonObject> {
    const metadata: Record<string, JsonObject> = Object.create(null);
    this.#text.reset(reader);
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag !== field.metadata) {
        reader.skip(tag);
        continue;
      }
      const outer = enter(reader);
      while (reader.at < reader.end) {
        const inner = reader.tag();
        if (inner !== filterMetadata) {
          reader.skip(inner);
          continue;
        }
        const [namespace, struct] = decodeStructEntry(reader, this.#text);
        metadata[namespace] = struct;
      }
      reader.end = outer;
    }
    return metadata;
  }
}
