/**
 * @module
 * Checks the nesting and the wire format of a `google.protobuf.Struct` before it is decoded, so that `decode-struct.ts`
 * neither fails nor exhausts the stack.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { listValues, mapEntry, structFields, value } from './decode-struct.ts';
import { enter, type ProtobufReader } from './protobuf-reader.ts';

/** The offset of the value of a member without a value. */
export const nowhere = -1;

/** Receives the members of one object, not those of nested objects. */
export interface MemberNotes {
  /** @param valueAt the offset of the value's length, or `nowhere` */
  note(nameAt: number, nameEnd: number, valueAt: number): void;
}

/**
 * Checks one entry of a `map<string, Struct>`. The reader is at the length of the entry.
 *
 * @param depth maximum nesting of objects and lists
 * @param members receives the members of the Struct, @param entries the entry itself
 * @throws MintError `extproc.metadata-too-deep` @throws WireFormatError
 */
export function checkStructEntry(
  reader: ProtobufReader,
  depth: number,
  members?: MemberNotes,
  entries?: MemberNotes,
): void {
  checkEntry(reader, depth, checkStruct, members, entries);
}

/** Records the members of a Struct that was checked. The reader is at the length of the Struct. */
export function noteMembers(reader: ProtobufReader, members: MemberNotes): void {
  checkFields(reader, 0, passOver, members);
}

const passOver: Check = (reader) => {
  reader.at = reader.length();
};

function checkStruct(reader: ProtobufReader, depth: number, members?: MemberNotes): void {
  if (depth === 0) throw tooDeep();
  checkFields(reader, depth - 1, checkValue, members);
}

function checkFields(reader: ProtobufReader, depth: number, check: Check, members?: MemberNotes): void {
  const outer = enter(reader);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === structFields) checkEntry(reader, depth, check, undefined, members);
    else reader.skip(tag);
  }
  reader.end = outer;
}

type Check = (reader: ProtobufReader, depth: number, members?: MemberNotes) => void;

/** Checks an entry of a map, its value by `check`. */
function checkEntry(
  reader: ProtobufReader,
  depth: number,
  check: Check,
  inner: MemberNotes | undefined,
  notes: MemberNotes | undefined,
): void {
  const outer = enter(reader);
  let nameAt = 0;
  let nameEnd = 0;
  let valueAt = nowhere;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === mapEntry.value) {
      valueAt = reader.at;
      check(reader, depth, inner);
    } else if (tag === mapEntry.key) {
      nameEnd = reader.length();
      nameAt = reader.at;
      reader.at = nameEnd;
    } else {
      reader.skip(tag);
    }
  }
  reader.end = outer;
  notes?.note(nameAt, nameEnd, valueAt);
}

function checkValue(reader: ProtobufReader, depth: number): void {
  const outer = enter(reader);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === value.struct) checkStruct(reader, depth);
    else if (tag === value.list) checkList(reader, depth);
    else reader.skip(tag);
  }
  reader.end = outer;
}

function checkList(reader: ProtobufReader, depth: number): void {
  if (depth === 0) throw tooDeep();
  const outer = enter(reader);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === listValues) checkValue(reader, depth - 1);
    else reader.skip(tag);
  }
  reader.end = outer;
}

function tooDeep(): MintError {
  return new MintError('extproc.metadata-too-deep', 'The metadata of the request is nested too deeply.');
}
