/**
 * @module
 * The cases of a folder's tests, each as the text of one case without what it expects.
 */
import { dirname, resolve } from 'node:path';
import { Document, isMap, isSeq, parseDocument, visit, type YAMLMap } from 'yaml';
import { type FileReader, readTextFile, resolveFrom } from '../configuration/files.ts';
import { readTestFile } from '../trial/cases/read-test-file.ts';
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
  const reading = contents.kind === 'text' ? readTestFile(path, contents.text) : undefined;
  if (contents.kind !== 'text' || reading?.ok !== true) return [];
  if (resolve(resolveFrom(dirname(path), reading.value.config)) !== resolve(config)) return [];
  const document = parseDocument(contents.text);
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

/** With its comments, unless it has an alias: the anchor is elsewhere in the file. */
function textOf(item: YAMLMap, document: Document.Parsed): string {
  let hasAlias = false;
  visit(item, {
    Alias() {
      hasAlias = true;
      return visit.BREAK;
    },
  });
  const alone = new Document();
  alone.contents = hasAlias ? alone.createNode(item.toJS(document)) : item;
  return alone.toString();
}
