/**
 * @module
 * The inputs that are kept of each target, a line of JSON each: what covers most of the code in the fewest bytes, and
 * each input that once was a finding, with `why`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FuzzTarget } from './target.ts';

export type KeptInput = { readonly why?: string } & ({ readonly text: string } | { readonly base64: string });

function fileOf(name: string): string {
  return join(import.meta.dirname, 'corpus', `${name}.jsonl`);
}

/** @throws Error if the target has no corpus, or a line is not an input */
export function keptInputs(name: string): readonly KeptInput[] {
  const lines = readFileSync(fileOf(name), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): KeptInput => JSON.parse(line));
}

export function bytesOf(input: KeptInput): Buffer {
  return 'text' in input ? Buffer.from(input.text, 'utf8') : Buffer.from(input.base64, 'base64');
}

/** An input as the corpus writes it. Text that is not valid UTF-8 is written as bytes. */
export function keptInput({ form }: Pick<FuzzTarget, 'form'>, bytes: Buffer): KeptInput {
  const text = bytes.toString('utf8');
  return form === 'text' && Buffer.from(text, 'utf8').equals(bytes) ? { text } : { base64: bytes.toString('base64') };
}

export function writeCorpus(name: string, inputs: readonly KeptInput[]): void {
  writeFileSync(fileOf(name), inputs.map((input) => `${JSON.stringify(input)}\n`).join(''));
}
