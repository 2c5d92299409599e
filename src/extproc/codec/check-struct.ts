/**
 * @module
 * How deep a `google.protobuf.Struct` nests, and whether it is well formed, before anything is made of it: what
 * `decode-struct.ts` reads then neither fails nor exhausts the stack.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { listValues, mapEntry, structFields, value } from './decode-struct.ts';
import { enter, type ProtobufReader } from './protobuf-reader.ts';

/** Is told of each member of the struct itself, not of those inside it. */
export interface MemberNotes {
  /** @param valueAt where the length of the value stands; -1 where a member has none */
  note(nameAt: number, nameEnd: number, valueAt: number): void;
}

/**
 * Passes over one entry of a `map<string, Struct>`, of which the reader stands at the length.
 *
 * @param depth how many objects and lists may nest
 * @throws MintError `extproc.metadata-too-deep` @throws WireFormatError
 */
export function checkStructEntry(reader: ProtobufReader, depth: number, notes?: MemberNotes): void {
  const outer = enter(reader);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === mapEntry.value) checkStruct(reader, depth, notes);
    else reader.skip(tag);
  }
  reader.end = outer;
}

function checkStruct(reader: ProtobufReader, depth: number, notes?: MemberNotes): void {
  if (depth === 0) throw tooDeep();
  const outer = enter(reader);
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === structFields) checkMember(reader, depth - 1, notes);
    else reader.skip(tag);
  }
  reader.end = outer;
}

function checkMember(reader: ProtobufReader, depth: number, notes: MemberNotes | undefined): void {
  const outer = enter(reader);
  let nameAt = 0;
  let nameEnd = 0;
  let valueAt = -1;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === mapEntry.value) {
      valueAt = reader.at;
      checkValue(reader, depth);
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
