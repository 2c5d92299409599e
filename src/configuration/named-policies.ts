/**
 * @module
 * The policy files that a configuration names, also if it cannot be loaded: one with values to fill in is not read
 * further, and its policies are no policies of their own all the same.
 */
import { dirname } from 'node:path';
import { isRecord } from '../diagnostics/json.ts';
import { Problems } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { DocumentFile } from '../documents/document-file.ts';
import { readYaml } from '../documents/located-yaml.ts';
import { resolveFrom } from './files.ts';

/** @param text of the configuration `file` */
export function namedPolicyFiles(file: string, text: string): readonly string[] {
  const [document] = readYaml(new DocumentFile(SourceText.ofFile(file, text)), new Problems(), 'config.syntax');
  const entries = isRecord(document?.value) ? document.value['policies'] : undefined;
  if (!Array.isArray(entries)) return [];
  const names = entries.map((entry: unknown) => (isRecord(entry) ? entry['file'] : undefined));
  return names.filter((name) => typeof name === 'string').map((name) => resolveFrom(dirname(file), name));
}
