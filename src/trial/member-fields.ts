/**
 * @module
 * The members of a token as the JSON of `explain`.
 */
import { type FileReader, readTextFile } from '../configuration/files.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { type Place, placeText, SourceText } from '../diagnostics/source-text.ts';
import { offsetOf, type Written, writtenAt } from '../documents/written-at.ts';
import type { ExplainedMember, ExplainedToken } from './explained-members.ts';

export interface MemberFields {
  /** Null if the name depends on the request. */
  readonly name: string | null;
  readonly comes: string;
  /** What the policy has: an expression, a template, the name of a variable. */
  readonly expression?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Absent if it is not known, or the token has no such member. */
  readonly value?: JsonValue;
  /** With a request: the type of the value. */
  readonly type?: ValueType;
  /** A value that the request does not have is absent. */
  readonly reads?: readonly { readonly input: string; readonly value?: JsonValue }[];
  readonly error?: { readonly code: string; readonly message: string };
}

export type ValueType = 'string' | 'number' | 'boolean' | 'null' | 'list' | 'object' | 'absent';

export interface MembersFields {
  readonly header: readonly MemberFields[];
  readonly enclosedHeader?: readonly MemberFields[];
  readonly claims: readonly MemberFields[];
}

export function membersFields({ header, enclosedHeader, claims }: ExplainedToken, texts: WrittenTexts): MembersFields {
  const fieldsOf = (members: readonly ExplainedMember[]) => members.map((member) => memberFields(member, texts));
  return {
    header: fieldsOf(header),
    ...(enclosedHeader === undefined ? {} : { enclosedHeader: fieldsOf(enclosedHeader) }),
    claims: fieldsOf(claims),
  };
}

export function memberFields(member: ExplainedMember, texts: WrittenTexts): MemberFields {
  const { name, comes, place, value, error } = member;
  // The variable of a key's name is written next to that of the key: a secret may be pasted there.
  const isKeyName = name === 'kid';
  const expression = place && !isKeyName ? texts.at(place) : undefined;
  const reads = isKeyName ? undefined : member.reads;
  return {
    name,
    comes,
    ...(expression === undefined ? {} : { expression }),
    ...(place === undefined ? {} : { file: place.file, line: place.line, column: place.column }),
    ...(value === undefined ? {} : { value }),
    ...('value' in member ? { type: valueType(value) } : {}),
    ...(reads === undefined ? {} : { reads: reads.map((read) => withoutUndefined(read)) }),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
}

function withoutUndefined({ input, value }: { readonly input: string; readonly value: JsonValue | undefined }) {
  return value === undefined ? { input } : { input, value };
}

/** By the JSON text: a number with all its digits is an object in JavaScript. */
export function valueType(value: JsonValue | undefined): ValueType {
  if (value === undefined) return 'absent';
  switch (JSON.stringify(value)[0]) {
    case '"':
      return 'string';
    case '{':
      return 'object';
    case '[':
      return 'list';
    case 't':
    case 'f':
      return 'boolean';
    case 'n':
      return 'null';
    default:
      return 'number';
  }
}

/** What policy files have at the places of members; each file is read once. */
export class WrittenTexts {
  readonly #sources = new Map<string, SourceText | undefined>();
  readonly #found = new Map<string, Written | undefined>();
  readonly #files: Pick<FileReader, 'read'>;

  constructor(files: Pick<FileReader, 'read'>) {
    this.#files = files;
  }

  at(place: Place): string | undefined {
    return this.#writtenAt(place)?.text;
  }

  /** Where the text at a place begins and ends; the place alone if there is none. */
  rangeAt(place: Place): { readonly from: Place; readonly to: Place } {
    const source = this.#sourceOf(place.file);
    const written = this.#writtenAt(place);
    if (source === undefined || written === undefined) return { from: place, to: place };
    return { from: source.placeAt(written.start), to: source.placeAt(written.end) };
  }

  /** Whether the text at a place has the other place in it. */
  isWithin(place: Place, other: Place): boolean {
    const source = this.#sourceOf(place.file);
    const written = this.#writtenAt(place);
    if (source === undefined || written === undefined || other.file !== place.file) return false;
    const offset = offsetOf(source, other);
    return written.start <= offset && offset <= written.end;
  }

  #writtenAt(place: Place): Written | undefined {
    const key = placeText(place);
    if (!this.#found.has(key)) {
      const source = this.#sourceOf(place.file);
      this.#found.set(key, source && writtenAt(source, place));
    }
    return this.#found.get(key);
  }

  #sourceOf(file: string): SourceText | undefined {
    if (!this.#sources.has(file)) {
      const contents = readTextFile(this.#files, file);
      this.#sources.set(file, contents.kind === 'text' ? SourceText.ofFile(file, contents.text) : undefined);
    }
    return this.#sources.get(file);
  }
}

/** Longer texts are cut in a terminal. */
const longestShown = 160;

/** On one line. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longestShown ? `${line.slice(0, longestShown)}…` : line;
}
