/**
 * @module
 * A request for the minting side, backed by Envoy's message. One pass finds the header fields, attributes and metadata.
 * They are decoded one by one when they are read, because most policies read only a few.
 */
import type { IncomingRequest } from '../../request/incoming-request.ts';
import type { WireLimits } from '../wire-limits.ts';
import { checkStructEntry } from './check-struct.ts';
import { PlacesOfMembers } from './member-places.ts';
import { bytesTag, enter, type ProtobufReader } from './protobuf-reader.ts';
import { readPlaces, WireHeaders } from './wire-headers.ts';
import { WireMembers } from './wire-members.ts';
import { WireMetadata } from './wire-metadata.ts';
import type { WireText } from './wire-text.ts';

const field = { metadata: bytesTag(8), attributes: bytesTag(9) } as const;
/** `Metadata.filter_metadata` */
const filterMetadata = bytesTag(1);

const attributes = new PlacesOfMembers();
const namespaces = new PlacesOfMembers();

export class WireIncoming implements IncomingRequest {
  readonly headers: WireHeaders;
  /** The attributes of all filter names, merged, because the names of attributes do not conflict. */
  readonly attributes: WireMembers;
  readonly metadata: WireMetadata;
  readonly routePolicy: string | undefined;
  readonly #text: WireText;

  /**
   * Checks the whole message, so that no later read fails or exceeds a limit.
   *
   * @param headersAt the start of its `HttpHeaders`, @param headersEnd their end
   * @throws MintError when the request exceeds a limit @throws WireFormatError
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
    const ofHeaders = text.reader(headersAt);
    ofHeaders.end = headersEnd;
    this.headers = new WireHeaders(text, readPlaces(ofHeaders, limits));
    noteStructs(text.reader(), limits.metadataDepth);
    this.attributes = new WireMembers(text, attributes.noted());
    this.metadata = new WireMetadata(text, namespaces.noted());
  }

  keep(): void {
    this.#text.keep();
  }
}

/** Checks attributes and metadata, and records their offsets. */
function noteStructs(reader: ProtobufReader, depth: number): void {
  attributes.begin();
  namespaces.begin();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === field.attributes) checkStructEntry(reader, depth, attributes);
    else if (tag === field.metadata) noteNamespaces(reader, depth);
    else reader.skip(tag);
  }
}

function noteNamespaces(reader: ProtobufReader, depth: number): void {
  const outer = enter(reader);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === filterMetadata) checkStructEntry(reader, depth, undefined, namespaces);
    else reader.skip(tag);
  }
  reader.end = outer;
}
