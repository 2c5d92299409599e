/**
 * @module
 * Makes the mutants: the sources with a switch at each place where one may be active. Stryker's instrumenter does this.
 * It is not a dependency of the project, since it brings 78 packages: `npm run mutation` says how to install it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';

export const cache = join(import.meta.dirname, '..', '..', '.cache', 'mutation');

export const instrumenter = '@stryker-mutator/instrumenter@10.0.0';

interface Position {
  /** Both from 0. */
  readonly line: number;
  readonly column: number;
}

interface Location {
  readonly start: Position;
  readonly end: Position;
}

interface StrykerMutant {
  readonly id: string;
  readonly fileName: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly location: Location;
}

interface Instrumented {
  readonly files: readonly { readonly name: string; readonly content: string }[];
  readonly mutants: readonly StrykerMutant[];
}

type Instrument = (
  files: readonly { name: string; content: string; mutate: boolean | readonly Location[] }[],
  options: { plugins: null; excludedMutations: readonly string[]; ignorers: readonly unknown[] },
) => Promise<Instrumented>;

/** A change of one place of the sources. */
export interface Mutant {
  /** What switches it on. */
  readonly id: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly kind: string;
  /** Without line breaks, as `replacement`. */
  readonly original: string;
  readonly replacement: string;
  /** The line of the source where it begins, trimmed. */
  readonly text: string;
}

export interface Mutants {
  /** Where the sources with switches are, as JavaScript, by their paths in the project. */
  readonly folder: string;
  readonly list: readonly Mutant[];
  /** How many there are; more than in the list if it is a sample. */
  readonly all: number;
}

/** Whether the instrumenter is installed. */
export async function canMutate(): Promise<boolean> {
  try {
    await load();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return false;
    throw error;
  }
}

const silent = {
  isDebugEnabled: () => false,
  debug: () => undefined,
  info: () => undefined,
  warn: (message: string) => void process.stderr.write(`${message}\n`),
};

async function load(): Promise<Instrument> {
  const folder = join(cache, 'node_modules', '@stryker-mutator', 'instrumenter', 'dist', 'src', 'index.js');
  const { Instrumenter } = await import(folder);
  const made: { instrument: Instrument } = new Instrumenter(silent);
  return (files, options) => made.instrument(files, options);
}

/**
 * Writes the sources with their mutants into a folder of the area.
 *
 * @param choose which of all mutants to try
 */
export async function mutate(
  root: string,
  area: string,
  files: readonly string[],
  choose: (all: readonly Mutant[]) => readonly Mutant[],
): Promise<Mutants> {
  const sources = new Map(files.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
  const whole = await instrumented(sources, () => true);
  const all = whole.mutants.map((mutant) => described(mutant, sources));
  const chosen = choose(all);
  const folder = join(cache, area);
  if (chosen.length === all.length) {
    write(folder, whole);
    return { folder, list: all, all: all.length };
  }
  // Switches of mutants that are not tried would only slow the tests down.
  const places = new Map<string, Location[]>();
  const keys = new Set(chosen.map(keyOf));
  for (const [index, { location, fileName }] of whole.mutants.entries()) {
    const mutant = all[index];
    if (mutant !== undefined && keys.has(keyOf(mutant)))
      places.set(fileName, [...(places.get(fileName) ?? []), location]);
  }
  const part = new Map([...sources].filter(([name]) => places.has(name)));
  const partial = await instrumented(part, (name) => places.get(name) ?? []);
  write(folder, partial);
  const list = partial.mutants.map((mutant) => described(mutant, sources)).filter((mutant) => keys.has(keyOf(mutant)));
  return { folder, list, all: all.length };
}

async function instrumented(
  sources: ReadonlyMap<string, string>,
  placesOf: (name: string) => boolean | readonly Location[],
): Promise<Instrumented> {
  const instrument = await load();
  const files = [...sources].map(([name, content]) => ({ name, content, mutate: placesOf(name) }));
  return instrument(files, { plugins: null, excludedMutations: [], ignorers: [] });
}

function write(folder: string, { files }: Instrumented): void {
  rmSync(folder, { recursive: true, force: true });
  for (const { name, content } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), stripTypeScriptTypes(content));
  }
}

function keyOf({ file, line, column, original, replacement }: Mutant): string {
  return JSON.stringify([file, line, column, original, replacement]);
}

function described(
  { id, fileName, mutatorName, replacement, location: { start, end } }: StrykerMutant,
  sources: ReadonlyMap<string, string>,
): Mutant {
  const lines = (sources.get(fileName) ?? '').split('\n').slice(start.line, end.line + 1);
  const text = (lines[0] ?? '').trim();
  const last = lines.length - 1;
  lines[last] = (lines[last] ?? '').slice(0, end.column);
  lines[0] = (lines[0] ?? '').slice(start.column);
  return {
    id,
    file: fileName,
    line: start.line + 1,
    column: start.column + 1,
    kind: mutatorName,
    original: oneLine(lines.join('\n')),
    replacement: oneLine(replacement),
    text,
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
