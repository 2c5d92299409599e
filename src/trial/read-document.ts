/**
 * @module
 * Reads a file that an author has written for trials, as YAML or JSON, and reports each mistake with its place.
 */
import * as z from 'zod';
import { reportFillIns } from '../configuration/fill-in.ts';
import { type OwnFile, ownFileOf } from '../configuration/own-files.ts';
import { type Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { DocumentFile } from '../documents/document-file.ts';
import { type LocatedYaml, readYaml } from '../documents/located-yaml.ts';
import { wordsOf } from '../documents/schema-words.ts';
import { readShape, type ShapeCodes } from '../documents/shape.ts';

const shapeCodes: ShapeCodes = {
  unknownKey: 'trial.unknown-key',
  missingKey: 'trial.missing-key',
  wrongType: 'trial.wrong-type',
  invalidValue: 'trial.invalid-value',
};

export interface ReadDocument<Value> {
  readonly document: LocatedYaml;
  readonly value: Value;
}

/** What is in a file. */
type What = 'request' | 'cases';

const wanted: Readonly<Record<What, { readonly name: OwnFile; readonly suggestion: string }>> = {
  request: {
    name: 'a request',
    suggestion: 'Write a file with `request` and `caller`, such as those of a case of a test.',
  },
  cases: { name: 'a test file', suggestion: 'Write a file with `config: FILE` and `cases`, each with its request.' },
};

/**
 * Undefined if there is a mistake, which is reported.
 *
 * @param what is in the file
 */
export function readDocument<Schema extends z.ZodType>(
  { file, text, what }: { readonly file: string; readonly text: string; readonly what: What },
  schema: Schema,
  problems: Problems,
): ReadDocument<z.output<Schema>> | undefined {
  const source = SourceText.ofFile(file, text).describe({ words: () => knownWords(schema), ranges: () => [] });
  const [document] = readYaml(new DocumentFile(source), problems, 'trial.syntax');
  if (document === undefined && !problems.hasErrors) {
    problems.add(problemAt(source, 0, 'trial.missing-key', { message: `The file has no ${what}.` }));
  }
  const kind = document && ownFileOf(document.value, text);
  const { name, suggestion } = wanted[what];
  if (document !== undefined && kind !== undefined && kind !== name) {
    document.report(problems, [], shapeCodes.wrongType, { message: `This is ${kind}, not ${name}.`, suggestion });
    return undefined;
  }
  if (document !== undefined && reportFillIns(document, problems, 'trial.fill-in')) return undefined;
  const value = document && readShape(schema, document, [], problems, shapeCodes);
  return document === undefined || value === undefined || problems.hasErrors ? undefined : { document, value };
}

const words = new WeakMap<z.ZodType, ReadonlySet<string>>();

/** Created at the first problem. */
function knownWords(schema: z.ZodType): ReadonlySet<string> {
  const known = words.get(schema) ?? new Set(wordsOf(z.toJSONSchema(schema, { io: 'input' })));
  words.set(schema, known);
  return known;
}
