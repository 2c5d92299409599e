/**
 * @module
 * A request as the minting side reads it, out of Envoy's message: header fields, attributes and metadata are decoded when
 * they are first asked for, since many policies ask for none of the latter two.
 */
import type { JsonObject } from '../../diagnostics/json.ts';
import type { IncomingRequest } from '../../mint/decision.ts';
import type { WireLimits } from '../wire-limits.ts';
import { checkStructEntry } from './check-struct.ts';
import { decodeStructEntry } from './decode-struct.ts';
import { bytesTag, enter, ProtobufReader } from './protobuf-reader.ts';
import { WireAttributes } from './wire-attributes.ts';
import { WireHeaders } from './wire-headers.ts';
import type { WireText } from './wire-text.ts';

const field = { metadata: bytesTag(8), attributes: bytesTag(9) } as const;
/** `Metadata.filter_metadata` */
const filterMetadata = bytesTag(1);

/** One for all: no message is read amid another. */
const reader = new ProtobufReader();

export class WireIncoming implements IncomingRequest {
  readonly headers: WireHeaders;
  readonly attributes: WireAttributes;
  readonly routePolicy: string | undefined;
  readonly #text: WireText;
  #hasMetadata = false;
  #metadata: Readonly<Record<string, JsonObject>> | undefined;

  /**
   * Passes over the message, so that nothing which is asked for later fails or passes a limit.
   *
   * @param headersAt where its `HttpHeaders` begin, and @param headersEnd where they end
   * @throws MintError where the request passes a limit @throws WireFormatError
   */
  constructor(
    text: WireText,
    headersAt: number,
    headersEnd: number,
    routePolicy: string | undefined,
    limits: WireLimits,
  ) {
    this.#text = text;
    this.routePolicy = routePolicy;
    this.attributes = new WireAttributes(reader, text);
    text.reset(reader);
    reader.at = headersAt;
    reader.end = headersEnd;
    this.headers = new WireHeaders(reader, text, limits);
    text.reset(reader);
    this.#check(limits.metadataDepth);
  }

  keep(): void {
    this.#text.keep();
  }

  get metadata(): Readonly<Record<string, JsonObject>> {
    this.#metadata ??= this.#hasMetadata ? this.#readMetadata() : noMetadata;
    return this.#metadata;
  }

  #check(depth: number): void {
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === field.attributes) checkStructEntry(reader, depth, this.attributes);
      else if (tag === field.metadata) this.#checkMetadata(depth);
      else reader.skip(tag);
    }
  }

  #checkMetadata(depth: number): void {
    this.#hasMetadata = true;
    const outer = enter(reader);
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === filterMetadata) checkStructEntry(reader, depth);
      else reader.skip(tag);
    }
    reader.end = outer;
  }

  #readMetadata(): Record<string, JsonObject> {
    const metadata: Record<string, JsonObject> = Object.create(null);
    this.#text.reset(reader);
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === field.metadata) decodeMetadata(metadata, this.#text);
      else reader.skip(tag);
    }
    return metadata;
  }
}

const noMetadata: Readonly<Record<string, JsonObject>> = Object.freeze(Object.create(null));

function decodeMetadata(metadata: Record<string, JsonObject>, text: WireText): void {
  const outer = enter(reader);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === filterMetadata) {
      const [namespace, struct] = decodeStructEntry(reader, text);
      metadata[namespace] = struct;
    } else {
      reader.skip(tag);
    }
  }
  reader.end = outer;
}
