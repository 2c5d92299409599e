/**
 * @module
 * The count that ends a run: every check and every test adds one.
 */
import { stripVTControlCharacters } from 'node:util';

export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  say(line: string): void {
    this.#write(line);
  }

  pass(): void {
    this.passed++;
  }

  skip(title: string, reason: string): void {
    this.skipped++;
    this.say(`SKIPPED ${title}${reason === '' ? '' : `: ${reason}`}`);
  }

  /** Counts a failure and prints what a reader needs to find it. */
  fail(title: string, details: string): void {
    this.failed++;
    const indented = stripVTControlCharacters(details).trimEnd().replace(/^/gm, '    ');
    this.say(`FAILED ${title}\n${indented}`);
  }

  /** True where something ran and nothing failed: a run of nothing is no success. */
  get ok(): boolean {
    return this.failed === 0 && this.passed > 0;
  }

  get summary(): string {
    const skipped = this.skipped === 0 ? '' : `, ${this.skipped} skipped`;
    return `${this.passed} passed, ${this.failed} failed${skipped}`;
  }
}
