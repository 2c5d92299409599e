/**
 * @module
 * The cases of a folder's tests, each as the text of one case without what it expects.
 */
import { dirname, resolve } from 'node:path';
import { Document, isMap, isScalar, isSeq, parseDocument, visit, type YAMLMap } from 'yaml';
import { type FileReader, readTextFile, resolveFrom } from '../configuration/files.ts';
import { fillIn } from '../dialects/exported.ts';
import { readTestFile } from '../trial/cases/read-test-file.ts';
import { hasAlias } from './has-alias.ts';
import type { Folder } from './interface.ts';

/** More is nothing to choose from. @internal Exported for the test at the limit. */
export const maxCases = 200;

/** @param config the configuration whose cases are wanted */
export function casesOf(paths: readonly string[], config: string, files: FileReader): Folder['cases'] {
  const cases: Folder['cases'][number][] = [];
  for (const path of paths) {
    if (cases.length >= maxCases) break;
    cases.push(...casesIn(path, config, files));
  }
  return cases.slice(0, maxCases);
}

/** None of a file that is not valid: `mintproc test` says why. */
function casesIn(path: string, config: string, files: FileReader): Folder['cases'] {
  const contents = readTextFile(files, path);
  if (contents.kind !== 'text') return [];
  const document = parseDocument(contents.text);
  const text = removeOpenValues(document) ? document.toString() : contents.text;
  const reading = readTestFile(path, text);
  if (!reading.ok) return [];
  if (resolve(resolveFrom(dirname(path), reading.value.config)) !== resolve(config)) return [];
  const written = document.get('cases');
  const at = document.get('at');
  if (!isSeq(written)) return [];
  return written.items.slice(0, maxCases).flatMap((item, index) => {
    const name = reading.value.cases[index]?.name;
    if (!isMap(item) || name === undefined) return [];
    item.delete('expect');
    if (at !== undefined && !item.has('at')) item.add(document.createPair('at', at));
    return [{ name, text: textOf(item, document) }];
  });
}

/**
 * An import leaves values of its tests open. Without them, the request is an example that takes the policy's route.
 *
 * @returns whether there were any
 */
function removeOpenValues(document: Document.Parsed): boolean {
  if (document.errors.length > 0) return false;
  let removed = false;
  visit(document, {
    Pair(_, { value }) {
      if (!isScalar(value) || typeof value.value !== 'string' || !value.value.startsWith(fillIn)) return undefined;
      removed = true;
      return visit.REMOVE;
    },
  });
  return removed;
}

/** With its comments, unless it has an alias: the anchor is elsewhere in the file. */
function textOf(item: YAMLMap, document: Document.Parsed): string {
  const alone = new Document();
  alone.contents = hasAlias(item) ? alone.createNode(item.toJS(document)) : item;
  return alone.toString();
}
