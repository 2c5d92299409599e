/**
 * @module
 * A `google.protobuf.Struct`, read from Envoy's message without copying. Members that are not read are not decoded.
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import type { ObjectView } from '../../request/object-view.ts';
import { noteMembers, nowhere } from './check-struct.ts';
import { decodeStruct, value } from './decode-struct.ts';
import { type MemberPlaces, PlacesOfMembers } from './member-places.ts';
import { enter, type ProtobufReader } from './protobuf-reader.ts';
import { WireMembers } from './wire-members.ts';
import type { WireText } from './wire-text.ts';

export class WireStruct implements ObjectView {
  readonly #text: WireText;
  readonly #at: number;
  readonly #members: WireMembers;

  /** @param at the offset of its length */
  constructor(text: WireText, at: number) {
    this.#text = text;
    this.#at = at;
    this.#members = new WireMembers(text, placesIn(text.reader(at)));
  }

  get isEmpty(): boolean {
    return this.#members.isEmpty;
  }

  names(): readonly string[] {
    return this.#members.names();
  }

  get(name: string): JsonValue | undefined {
    return this.#members.get(name);
  }

  view(name: string): ObjectView | undefined {
    const at = this.#members.find(name);
    if (at === undefined || at === nowhere) return undefined;
    const structAt = placeOfStruct(this.#text.reader(at));
    return structAt === nowhere ? undefined : new WireStruct(this.#text, structAt);
  }

  whole(): JsonObject {
    return decodeStruct(this.#text.reader(this.#at), this.#text);
  }
}

const places = new PlacesOfMembers();

function placesIn(reader: ProtobufReader): MemberPlaces {
  places.begin();
  noteMembers(reader, places);
  return places.noted();
}

const kinds: ReadonlySet<number> = new Set(Object.values(value));

/**
 * The offset of the Struct in a Value, or `nowhere`. Of several members of the oneof the last counts, as in
 * `decodeValue`.
 */
function placeOfStruct(reader: ProtobufReader): number {
  let place = nowhere;
  enter(reader);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (kinds.has(tag)) place = tag === value.struct ? reader.at : nowhere;
    reader.skip(tag);
  }
  return place;
}
