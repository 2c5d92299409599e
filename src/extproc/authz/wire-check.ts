/**
 * @module
 * Decodes `CheckRequest`. One pass finds the header fields, the texts and the metadata; they are decoded when they are
 * read, because most policies read only a few. `read-check.ts` does the same for the generic codec.
 */
import type { IncomingRequest, ProxyAttributes } from '../../request/incoming-request.ts';
import { policyMetadata } from '../call-metadata.ts';
import { checkStructEntry } from '../codec/check-struct.ts';
import { orMalformed } from '../codec/decode-request.ts';
import { mapEntry } from '../codec/decode-struct.ts';
import { PlacesOfMembers } from '../codec/member-places.ts';
import { bytesTag, enter, type ProtobufReader, varintTag } from '../codec/protobuf-reader.ts';
import { notedFields, noteField, WireHeaders } from '../codec/wire-headers.ts';
import { WireMetadata } from '../codec/wire-metadata.ts';
import { WireText } from '../codec/wire-text.ts';
import type { ProcessingRequest } from '../messages.ts';
import type { WireLimits } from '../wire-limits.ts';
import { connectionNames, socketText } from './check-attributes.ts';
import { isPolicyExtension, namedPolicy } from './check-exchange.ts';
import { CheckHeaders, type PseudoFields } from './check-headers.ts';

/** Places in the list of what a pass finds: a text has its start and, behind it, its end. */
const place = {
  sourceHost: 0,
  sourcePipe: 2,
  destinationHost: 4,
  destinationPipe: 6,
  principal: 8,
  serverName: 10,
  method: 12,
  path: 14,
  host: 16,
  scheme: 18,
  protocol: 20,
  policy: 22,
  /** The last of the extensions that name a policy in another spelling. */
  otherPolicy: 24,
  /** Numbers. */
  sourcePort: 26,
  destinationPort: 27,
} as const;
const placeCount = 28;
const absent = -1;

/** What one pass finds. Shared by all messages, because messages are read one at a time. */
class Pass {
  readonly found = new Array<number>(placeCount).fill(absent);
  readonly namespaces = new PlacesOfMembers();
  limits: WireLimits = { headerCount: 0, headerBytes: 0, metadataDepth: 0 };
  headerCount = 0;
  bytesLeft = 0;
  isJoined = false;

  begin(limits: WireLimits): void {
    this.found.fill(absent);
    this.namespaces.begin();
    this.limits = limits;
    this.headerCount = 0;
    this.bytesLeft = limits.headerBytes;
    this.isJoined = false;
  }

  header(reader: ProtobufReader): void {
    this.bytesLeft = noteField(reader, this.headerCount, this.bytesLeft, this.limits);
    this.headerCount++;
  }
}

const pass = new Pass();

/** Reads a field; the reader is behind its tag. */
type Step = (reader: ProtobufReader) => void;
/** The fields of a message that are read, by their tags. */
type Fields = ReadonlyMap<number, Step>;

function readFields(reader: ProtobufReader, fields: Fields): void {
  while (reader.at < reader.end) {
    const tag = reader.tag();
    const step = fields.get(tag);
    if (step === undefined) reader.skip(tag);
    else step(reader);
  }
}

function message(...fields: readonly (readonly [tag: number, step: Step])[]): Step {
  const known: Fields = new Map(fields);
  return (reader) => {
    const outer = enter(reader);
    readFields(reader, known);
    reader.end = outer;
  };
}

function text(at: number): Step {
  return (reader) => {
    const stop = reader.length();
    pass.found[at] = reader.at;
    pass.found[at + 1] = stop;
    reader.at = stop;
  };
}

function number(at: number): Step {
  return (reader) => {
    pass.found[at] = reader.varint();
  };
}

/** An `Address`. */
function address(host: number, port: number, pipe: number): Step {
  return message(
    [bytesTag(1), message([bytesTag(2), text(host)], [varintTag(3), number(port)])],
    [bytesTag(2), message([bytesTag(1), text(pipe)])],
  );
}

const joinedHeader: Step = (reader) => {
  pass.isJoined = true;
  pass.header(reader);
};

const http = message(
  [bytesTag(2), text(place.method)],
  [bytesTag(3), joinedHeader],
  [bytesTag(4), text(place.path)],
  [bytesTag(5), text(place.host)],
  [bytesTag(6), text(place.scheme)],
  [bytesTag(10), text(place.protocol)],
  [bytesTag(13), message([bytesTag(1), (reader) => pass.header(reader)])],
);

/** An entry of `context_extensions`. An entry without a value has an empty one. */
const extension: Step = (reader) => {
  const outer = enter(reader);
  let isPolicy = false;
  let valueAt = reader.end;
  let valueEnd = reader.end;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag !== mapEntry.key && tag !== mapEntry.value) {
      reader.skip(tag);
      continue;
    }
    const stop = reader.length();
    if (tag === mapEntry.key) isPolicy = isPolicyName(reader.bytes, reader.at, stop);
    else [valueAt, valueEnd] = [reader.at, stop];
    reader.at = stop;
  }
  reader.end = outer;
  if (!isPolicy) return;
  const at = pass.found[place.policy] === absent ? place.policy : place.otherPolicy;
  [pass.found[at], pass.found[at + 1]] = [valueAt, valueEnd];
};

function isPolicyName(bytes: Buffer, start: number, end: number): boolean {
  return end - start === policyMetadata.length && isPolicyExtension(bytes.toString('latin1', start, end));
}

const namespace: Step = (reader) => checkStructEntry(reader, pass.limits.metadataDepth, undefined, pass.namespaces);

const checkRequest: Fields = new Map([
  [
    bytesTag(1),
    message(
      [
        bytesTag(1),
        message(
          [bytesTag(1), address(place.sourceHost, place.sourcePort, place.sourcePipe)],
          [bytesTag(4), text(place.principal)],
        ),
      ],
      [
        bytesTag(2),
        message([bytesTag(1), address(place.destinationHost, place.destinationPort, place.destinationPipe)]),
      ],
      [bytesTag(4), message([bytesTag(2), http])],
      [bytesTag(10), extension],
      [bytesTag(11), message([bytesTag(1), namespace])],
      [bytesTag(12), message([bytesTag(1), text(place.serverName)])],
    ),
  ],
]);

/**
 * The check in `bytes` from `start` to `end`, as the request headers of an exchange. The result is valid only while
 * those bytes do not change, or after `keep` was called on its request.
 */
export function decodeCheck(bytes: Buffer, start: number, end: number): ProcessingRequest {
  return {
    request: 'request_headers',
    incoming(routePolicy, limits) {
      try {
        return new WireCheck(new WireText(bytes, start, end), routePolicy, limits);
      } catch (error) {
        throw orMalformed(error);
      }
    },
  };
}

class WireCheck implements IncomingRequest {
  readonly headers: CheckHeaders;
  readonly attributes: CheckTexts;
  readonly metadata: WireMetadata;
  readonly routePolicy: string | undefined;
  readonly #text: WireText;

  /**
   * Checks the whole message, so that no later read fails or exceeds a limit.
   *
   * @param metadata the policy that the call's metadata names
   * @throws MintError when the request exceeds a limit @throws WireFormatError
   */
  constructor(text: WireText, metadata: string | undefined, limits: WireLimits) {
    pass.begin(limits);
    readFields(text.reader(), checkRequest);
    this.#text = text;
    this.attributes = new CheckTexts(text, pass.found.slice());
    const fields = new WireHeaders(text, notedFields(pass.headerCount));
    this.headers = new CheckHeaders(fields, this.attributes, pass.isJoined);
    this.metadata = new WireMetadata(text, pass.namespaces.noted());
    this.routePolicy = namedPolicy(this.attributes.policy, metadata);
  }

  keep(): void {
    this.#text.keep();
  }
}

/** The texts of a check by the names of Envoy's attributes and of pseudo-headers. An empty text is absent. */
class CheckTexts implements ProxyAttributes, PseudoFields {
  readonly #text: WireText;
  readonly #found: readonly number[];

  constructor(text: WireText, found: readonly number[]) {
    this.#text = text;
    this.#found = found;
  }

  get policy(): string | undefined {
    return namedPolicy(this.#at(place.otherPolicy), this.#at(place.policy));
  }

  get(name: string): string | undefined {
    switch (name) {
      case connectionNames.source:
        return this.#address(place.sourceHost, place.sourcePort, place.sourcePipe);
      case connectionNames.destination:
        return this.#address(place.destinationHost, place.destinationPort, place.destinationPipe);
      case connectionNames.protocol:
        return this.#at(place.protocol) || undefined;
      case connectionNames.scheme:
        return this.#at(place.scheme) || undefined;
      case connectionNames.principal:
        return this.#at(place.principal) || undefined;
      case connectionNames.serverName:
        return this.#at(place.serverName) || undefined;
      default:
        return undefined;
    }
  }

  pseudo(name: string): string | undefined {
    const at = pseudoPlaces.get(name);
    return (at !== undefined && this.#at(at)) || undefined;
  }

  #address(host: number, port: number, pipe: number): string | undefined {
    const name = this.#at(host) || undefined;
    if (name === undefined) return this.#at(pipe) || undefined;
    return socketText(name, Math.max(0, this.#found[port] ?? 0));
  }

  #at(at: number): string | undefined {
    const start = this.#found[at] ?? absent;
    return start === absent ? undefined : this.#text.string(start, this.#found[at + 1] ?? start);
  }
}

const pseudoPlaces: ReadonlyMap<string, number> = new Map([
  [':authority', place.host],
  [':path', place.path],
  [':method', place.method],
  [':scheme', place.scheme],
]);
