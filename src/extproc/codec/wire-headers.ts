/**
 * @module
 * The header fields of a request, read from Envoy's message without copying. One pass checks them against the limits
 * and records their offsets. Strings are created only for the fields that are read. Names are tokens, and so ASCII (RFC
 * 9110, 5.1). The messages of ext_proc and ext_authz have them in different places, in the same form.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { HeaderField, HeaderFields } from '../../request/header-fields.ts';
import type { WireLimits } from '../wire-limits.ts';
import { bytesTag, enter, type ProtobufReader } from './protobuf-reader.ts';
import type { WireText } from './wire-text.ts';

/** `HttpHeaders.headers` and `HeaderMap.headers` */
const headerMap = bytesTag(1);
const header = bytesTag(1);
const part = { key: bytesTag(1), value: bytesTag(2), rawValue: bytesTag(3) } as const;

/** For each field: the start and the end of its name and of its value. */
const placesOfField = 4;

export class WireHeaders implements HeaderFields {
  readonly #text: WireText;
  readonly #places: readonly number[];
  #all: readonly HeaderField[] | undefined;

  /** @param places from `readPlaces` or `notedFields` */
  constructor(text: WireText, places: readonly number[]) {
    this.#text = text;
    this.#places = places;
  }

  get all(): readonly HeaderField[] {
    this.#all ??= this.#readAll();
    return this.#all;
  }

  first(name: string): string | undefined {
    const places = this.#places;
    for (let at = 0; at < places.length; at += placesOfField) if (this.#isNamed(at, name)) return this.#valueAt(at);
    return undefined;
  }

  last(name: string): string | undefined {
    const places = this.#places;
    for (let at = places.length - placesOfField; at >= 0; at -= placesOfField) {
      if (this.#isNamed(at, name)) return this.#valueAt(at);
    }
    return undefined;
  }

  values(name: string): readonly string[] {
    const values: string[] = [];
    for (let at = 0; at < this.#places.length; at += placesOfField) {
      if (this.#isNamed(at, name)) values.push(this.#valueAt(at));
    }
    return values;
  }

  namesOfLength(lengths: ReadonlySet<number>): readonly string[] {
    const places = this.#places;
    let names: string[] | undefined;
    for (let at = 0; at < places.length; at += placesOfField) {
      if (!lengths.has((places[at + 1] ?? 0) - (places[at] ?? 0))) continue;
      names ??= [];
      names.push(this.#nameAt(at));
    }
    return names ?? noNames;
  }

  #isNamed(at: number, name: string): boolean {
    return this.#text.is(this.#places[at] ?? 0, this.#places[at + 1] ?? 0, name);
  }

  #nameAt(at: number): string {
    return this.#text.string(this.#places[at] ?? 0, this.#places[at + 1] ?? 0);
  }

  #valueAt(at: number): string {
    return this.#text.headerValue(this.#places[at + 2] ?? 0, this.#places[at + 3] ?? 0);
  }

  #readAll(): readonly HeaderField[] {
    const fields: HeaderField[] = [];
    for (let at = 0; at < this.#places.length; at += placesOfField) fields.push([this.#nameAt(at), this.#valueAt(at)]);
    return fields;
  }
}

const noNames: readonly string[] = [];

/**
 * Shared by all messages, which are read one at a time, because a growing list leaves its previous copies as garbage.
 */
const scratch: number[] = [];

/**
 * Reads the `HttpHeaders` at the reader's position.
 *
 * @throws MintError when they exceed a limit @throws WireFormatError
 */
export function readPlaces(reader: ProtobufReader, limits: WireLimits): readonly number[] {
  const maxPlaces = placesOfField * limits.headerCount;
  let taken = 0;
  let left = limits.headerBytes;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag !== headerMap) {
      reader.skip(tag);
      continue;
    }
    const outer = enter(reader);
    while (reader.at < reader.end) {
      const inner = reader.tag();
      if (inner !== header) {
        reader.skip(inner);
        continue;
      }
      if (taken === maxPlaces) throw tooManyHeaders(limits);
      left -= readField(reader, taken);
      taken += placesOfField;
      if (left < 0) throw headersTooLarge(limits);
    }
    reader.end = outer;
  }
  return scratch.slice(0, taken);
}

/**
 * Records the offsets of the field at the reader's position: a `HeaderValue`, or an entry of a `map<string, string>`.
 *
 * @param taken the fields before it @param left bytes that names and values may still have
 * @returns the bytes that are left @throws MintError when it exceeds a limit @throws WireFormatError
 */
export function noteField(reader: ProtobufReader, taken: number, left: number, limits: WireLimits): number {
  if (taken === limits.headerCount) throw tooManyHeaders(limits);
  const rest = left - readField(reader, placesOfField * taken);
  if (rest < 0) throw headersTooLarge(limits);
  return rest;
}

function tooManyHeaders({ headerCount }: WireLimits): MintError {
  return new MintError('extproc.too-many-headers', `The request has more than ${headerCount} headers.`);
}

function headersTooLarge({ headerBytes }: WireLimits): MintError {
  const message = `The headers of the request have more than ${headerBytes} bytes.`;
  return new MintError('extproc.headers-too-large', message);
}

/** The offsets of the first `taken` fields. */
export function notedFields(taken: number): readonly number[] {
  return scratch.slice(0, placesOfField * taken);
}

/** Records the field's offsets in `scratch` at `at`. Returns the number of bytes of its name and value. */
function readField(reader: ProtobufReader, at: number): number {
  const outer = enter(reader);
  let keyAt = 0;
  let keyEnd = 0;
  let valueAt = 0;
  let valueEnd = 0;
  let rawAt = 0;
  let rawEnd = 0;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag !== part.key && tag !== part.value && tag !== part.rawValue) {
      reader.skip(tag);
      continue;
    }
    const stop = reader.length();
    if (tag === part.key) {
      keyAt = reader.at;
      keyEnd = stop;
    } else if (tag === part.rawValue) {
      rawAt = reader.at;
      rawEnd = stop;
    } else {
      valueAt = reader.at;
      valueEnd = stop;
    }
    reader.at = stop;
  }
  reader.end = outer;
  // Envoy sends `raw_value`; a test client or an older proxy may send `value` instead.
  if (rawEnd > rawAt) {
    valueAt = rawAt;
    valueEnd = rawEnd;
  }
  scratch[at] = keyAt;
  scratch[at + 1] = keyEnd;
  scratch[at + 2] = valueAt;
  scratch[at + 3] = valueEnd;
  return keyEnd - keyAt + valueEnd - valueAt;
}
