/**
 * @module
 * The text of a file and its parsed content. Parsing is the part of loading that cannot be interrupted. One process can
 * therefore parse a file and pass the content to another as plain data, so that it is not parsed again there.
 */
import type { Harmless, SourceText } from '../diagnostics/source-text.ts';
import type { PlainXml } from './plain-xml.ts';
import type { PlainYaml } from './plain-yaml.ts';

/** Plain data: maps, lists, strings and numbers. */
export type ParsedFile =
  | { readonly kind: 'yaml'; readonly documents: readonly PlainYaml[] }
  | { readonly kind: 'xml'; readonly root: PlainXml };

export class DocumentFile {
  readonly source: SourceText;
  /** The content that another process parsed without an error. */
  readonly given: ParsedFile | undefined;
  #kept: (() => ParsedFile) | undefined;

  constructor(source: SourceText, given?: ParsedFile) {
    this.source = source;
    this.given = given;
  }

  /**
   * Sets which parts of the file may be shown. A file that was parsed elsewhere has no error, and its warnings are
   * reported without source lines: the serving process has no time for them.
   */
  describe(harmless: Harmless): void {
    if (this.given === undefined) this.source.describe(harmless);
  }

  /** Remembers the parsed content for `parsed`. */
  keep(parsed: () => ParsedFile): void {
    this.#kept = parsed;
  }

  /** The content that was given or parsed here; undefined if there is none. */
  get parsed(): ParsedFile | undefined {
    return this.given ?? this.#kept?.();
  }
}

/** The documents of one load, by file path. */
export class Documents {
  readonly #given: ReadonlyMap<string, ParsedFile>;
  readonly #opened = new Map<string, DocumentFile>();

  /** @param given what another process parsed from the same files */
  constructor(given: ReadonlyMap<string, ParsedFile> = new Map()) {
    this.#given = given;
  }

  /**
   * Whether another process loaded the same files without an error. Checks that only find mistakes can then be skipped.
   */
  get areChecked(): boolean {
    return this.#given.size > 0;
  }

  open(source: SourceText): DocumentFile {
    const document = this.#opened.get(source.file) ?? new DocumentFile(source, this.#given.get(source.file));
    this.#opened.set(source.file, document);
    return document;
  }

  /** The parsed content of each file. */
  *parsed(): Generator<readonly [path: string, parsed: ParsedFile]> {
    for (const [path, { parsed }] of this.#opened) if (parsed !== undefined) yield [path, parsed];
  }
}
