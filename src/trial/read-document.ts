/**
 * @module
 * Reads a file that an author has written for trials, as YAML or JSON, and reports each mistake with its place.
 */
import * as z from 'zod';
import { reportFillIns } from '../configuration/fill-in.ts';
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

/**
 * Undefined if there is a mistake, which is reported.
 *
 * @param what is in the file: `request`
 */
export function readDocument<Schema extends z.ZodType>(
  { file, text, what }: { readonly file: string; readonly text: string; readonly what: string },
  schema: Schema,
  problems: Problems,
): ReadDocument<z.output<Schema>> | undefined {
  const source = SourceText.ofFile(file, text).describe({ words: () => knownWords(schema), ranges: () => [] });
  const [document] = readYaml(new DocumentFile(source), problems, 'trial.syntax');
  if (document === undefined && !problems.hasErrors) {
    problems.add(problemAt(source, 0, 'trial.missing-key', { message: `The file has no ${what}.` }));
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
