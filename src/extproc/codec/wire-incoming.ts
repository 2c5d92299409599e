/**
 * @module
 * A request as the minting side reads it, out of Envoy's message: header fields, attributes and metadata are found in one pass, and
 * decoded one by one as they are asked for, since most policies ask for a few.
 */
import type { IncomingRequest } from '../../mint/decision.ts';
import type { WireLimits } from '../wire-limits.ts';
import { checkStructEntry } from './check-struct.ts';
import { bytesTag, enter, type ProtobufReader } from './protobuf-reader.ts';
import { WireAttributes } from './wire-attributes.ts';
import { WireHeaders } from './wire-headers.ts';
import { WireMetadata } from './wire-metadata.ts';
import type { WireText } from './wire-text.ts';

const field = { metadata: bytesTag(8), attributes: bytesTag(9) } as const;
/** `Metadata.filter_metadata` */
const filterMetadata = bytesTag(1);

export class WireIncoming implements IncomingRequest {
  readonly headers: WireHeaders;
  readonly attributes: WireAttributes;
  readonly metadata: WireMetadata;
  readonly routePolicy: string | undefined;
  readonly #text: WireText;

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
    this.attributes = new WireAttributes(text);
    this.metadata = new WireMetadata(text);
    const ofHeaders = text.reader(headersAt);
    ofHeaders.end = headersEnd;
    this.headers = new WireHeaders(ofHeaders, text, limits);
    this.#check(text.reader(), limits.metadataDepth);
  }

  keep(): void {
    this.#text.keep();
  }

  #check(reader: ProtobufReader, depth: number): void {
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === field.attributes) checkStructEntry(reader, depth, this.attributes.members);
      else if (tag === field.metadata) this.#checkMetadata(reader, depth);
      else reader.skip(tag);
    }
  }

  #checkMetadata(reader: ProtobufReader, depth: number): void {
    const outer = enter(reader);
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === filterMetadata) checkStructEntry(reader, depth, undefined, this.metadata.namespaces);
      else reader.skip(tag);
    }
    reader.end = outer;
  }
}
