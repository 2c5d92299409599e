/**
 * @module
 * A place in a text that is read loosely, and what has been found so far.
 */
import type { ConstructName } from './constructs.ts';

export type Finding =
  | { readonly kind: 'construct'; readonly at: number; readonly construct: ConstructName }
  | { readonly kind: 'function'; readonly at: number; readonly name: string }
  /** A name after a dot that Flex Gateway takes only in quotes. */
  | { readonly kind: 'unquoted'; readonly at: number; readonly name: string }
  /** An item of an array that needs parentheses. */
  | { readonly kind: 'item'; readonly at: number; readonly text: string }
  | { readonly kind: 'trailing-comma'; readonly at: number };

export class LooseReader {
  readonly findings: Finding[] = [];
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  close(mark: string): boolean {
    this.space();
    if (!this.text.startsWith(mark, this.at)) return false;
    this.at += mark.length;
    return true;
  }

  construct(construct: ConstructName, at: number): true {
    this.findings.push({ kind: 'construct', at, construct });
    return true;
  }

  space(): void {
    this.take(/(?:\s|\/\/[^\n]*|\/\*.*?\*\/)*/sy);
  }

  sees(syntax: RegExp): boolean {
    syntax.lastIndex = this.at;
    return syntax.test(this.text);
  }

  take(syntax: RegExp): string | undefined {
    syntax.lastIndex = this.at;
    const found = syntax.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}
