/**
 * @module
 * How deep a `google.protobuf.Struct` nests, and whether it is well formed, before anything is made of it: what
 * `decode-struct.ts` reads then neither fails nor exhausts the stack.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { listValues, mapEntry, structFields, value } from './decode-struct.ts';
import { enter, type ProtobufReader } from './protobuf-reader.ts';

/** The place of the value of a member that has none. */
export const nowhere = -1;

/** Is told of the members of one object, not of those inside them. */
export interface MemberNotes {
  /** @param valueAt where the length of the value stands, or `nowhere` */
  note(nameAt: number, nameEnd: number, valueAt: number): void;
}

/**
 * Passes over one entry of a `map<string, Struct>`, of which the reader stands at the length.
 *
 * @param depth how many objects and lists may nest
 * @param members is told of the struct's, @param entries of the entry itself
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

/** Notes the members of a Struct that was checked, of which the reader stands at the length. */
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

/** An entry of a map, whose value is for `check`. */
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
  return new MintError('extproc.metadata-too-deep', 'The metadata of the request nests too deep.');
}
