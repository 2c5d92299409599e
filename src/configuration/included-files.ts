/**
 * @module
 * Reads the files that `mintproc.yaml` includes. They have policies, routes, variables and keys. Everything else
 * belongs in `mintproc.yaml`, so that the file of one team does not change the settings of all.
 */
import { dirname } from 'node:path';
import type * as z from 'zod';
import { calledFile } from '../diagnostics/harmless.ts';
import { isRecord } from '../diagnostics/json.ts';
import { type Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { Steps } from '../diagnostics/steps.ts';
import type { Documents } from '../documents/document-file.ts';
import { LocatedYaml } from '../documents/located-yaml.ts';
import { readShape } from '../documents/shape.ts';
import { type ConfigurationPart, type Origin, readDocument, readPart, shapeCodes } from './configuration-part.ts';
import { includedSchema, settingsSchema } from './configuration-schema.ts';
import { type FileReader, readTextFile } from './files.ts';
import { type FoundFile, findIncluded, reportEmpty } from './include-search.ts';
import { isMissing } from './wildcards.ts';

export interface IncludedPart extends ConfigurationPart {
  readonly origin: Origin;
  /** Undefined if they could not be read. */
  readonly declarations: Pick<z.output<typeof includedSchema>, 'variables' | 'keys'> | undefined;
}

export interface Included {
  readonly parts: readonly IncludedPart[];
  /** Whether every file was found and read, with or without mistakes in it. */
  readonly isWhole: boolean;
  /** Whether none has a mistake. */
  readonly complete: boolean;
}

export interface IncludeContext {
  readonly files: FileReader;
  readonly documents: Documents;
  readonly problems: Problems;
}

/** Finds and reads the files, and reports all problems. @param main `mintproc.yaml` */
export function* readIncluded(patterns: readonly string[], main: Origin, context: IncludeContext): Steps<Included> {
  const { files, problems } = context;
  const found = findIncluded(patterns, main, files, problems);
  if (found === undefined) return { parts: [], isWhole: false, complete: false };
  const before = problems.all.length;
  const parts: IncludedPart[] = [];
  const existing = new Set<number>();
  let isWhole = true;
  for (const file of found) {
    const part = yield* readFound(file, main, context);
    if (part !== 'missing') existing.add(file.index);
    if (typeof part === 'object') parts.push(part);
    else if (part === undefined) isWhole = false;
    yield;
  }
  const complete = problems.all.length === before;
  const uncertain = new Set(found.map(({ index }) => index));
  for (const index of uncertain.difference(existing)) reportEmpty(index, main, problems);
  return { parts, isWhole, complete };
}

/** Undefined if the file cannot be read, which is reported. */
function* readFound(
  { path, index, isUncertain }: FoundFile,
  main: Origin,
  { files, documents, problems }: IncludeContext,
): Steps<IncludedPart | 'missing' | undefined> {
  const text = readTextFile(files, path);
  if (text.kind === 'failed') {
    if (isUncertain && isMissing(text.reason)) return 'missing';
    const message = `${calledFile('The included file', path)} ${text.reason}.`;
    main.document.report(problems, ['include', index], 'config.unreadable-file', { message });
    return undefined;
  }
  const document = readDocument(documents.open(SourceText.ofFile(path, text.text)), problems);
  if (document === undefined) return undefined;
  const origin = { document, folder: dirname(path) };
  const declarations = readShape(includedSchema, withoutMisplaced(document, problems), [], problems, shapeCodes);
  return { ...(yield* readPart(origin, declarations !== undefined, problems)), origin, declarations };
}

/** The document without keys that belong in `mintproc.yaml`, which are reported. */
function withoutMisplaced(document: LocatedYaml, problems: Problems): LocatedYaml {
  const { source, value } = document;
  if (!isRecord(value)) return document;
  const misplaced = Object.keys(value).filter((key) => isMisplaced(key));
  for (const key of misplaced) {
    problems.add(
      problemAt(source, document.keyOffsetOf([key]), 'config.misplaced-key', {
        message: `\`${key}\` belongs in mintproc.yaml, which includes this file.`,
        suggestion: 'Move it there. An included file has `policies`, `routes`, `variables` and `keys`.',
      }),
    );
  }
  const rest = Object.entries(value).filter(([key]) => !misplaced.includes(key));
  return new LocatedYaml(source, Object.fromEntries(rest), document);
}

function isMisplaced(key: string): boolean {
  return Object.hasOwn(settingsSchema.shape, key) && !Object.hasOwn(includedSchema.shape, key);
}
