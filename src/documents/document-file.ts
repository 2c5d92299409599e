/**
 * @module
 * A file's text, and what was parsed of it. Parsing is the part of loading that cannot be interrupted, so what one process
 * has parsed can be handed to another as plain data; there, it is not parsed again.
 */
import type { Harmless, SourceText } from '../diagnostics/source-text.ts';
import type { PlainXml } from './plain-xml.ts';
import type { PlainYaml } from './plain-yaml.ts';

/** Plain data: maps, lists, texts and numbers. */
export type ParsedFile =
  | { readonly kind: 'yaml'; readonly documents: readonly PlainYaml[] }
  | { readonly kind: 'xml'; readonly root: PlainXml };

export class DocumentFile {
  readonly source: SourceText;
  /** What another process parsed, without an error. */
  readonly given: ParsedFile | undefined;
  #kept: (() => ParsedFile) | undefined;

  constructor(source: SourceText, given?: ParsedFile) {
    this.source = source;
    this.given = given;
  }

  /**
   * Says what of the file may be shown. A file that was parsed elsewhere has no error, and its warnings are told without its
   * lines; the process that serves has no time for them.
   */
  describe(harmless: Harmless): void {
    if (this.given === undefined) this.source.describe(harmless);
  }

  /** Remembers what was parsed, for `parsed`. */
  keep(parsed: () => ParsedFile): void {
    this.#kept = parsed;
  }

  /** What was parsed here or given; undefined where nothing was. */
  get parsed(): ParsedFile | undefined {
    return this.given ?? this.#kept?.();
  }
}

/** The documents of one load, by the path of their file. */
export class Documents {
  readonly #given: ReadonlyMap<string, ParsedFile>;
  readonly #opened = new Map<string, DocumentFile>();

  /** @param given what another process parsed of the same files */
  constructor(given: ReadonlyMap<string, ParsedFile> = new Map()) {
    this.#given = given;
  }

  /** Whether another process has loaded the same without an error: what only finds mistakes can be left out. */
  get areChecked(): boolean {
    return this.#given.size > 0;
  }

  open(source: SourceText): DocumentFile {
    const document = this.#opened.get(source.file) ?? new DocumentFile(source, this.#given.get(source.file));
    this.#opened.set(source.file, document);
    return document;
  }

  /** What was parsed of each file. */
  *parsed(): Generator<readonly [path: string, parsed: ParsedFile]> {
    for (const [path, { parsed }] of this.#opened) if (parsed !== undefined) yield [path, parsed];
  }
}
