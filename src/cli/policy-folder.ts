/**
 * @module
 * The policy files in YAML and JSON, and the configurations, below a folder. XML files are read as a proxy bundle
 * (`export-files.ts`).
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { looksLikeConfiguration } from '../configuration/configuration.ts';
import { isPolicyFile } from '../dialects/index.ts';
import { filesBelow } from './folder-files.ts';
import { CommandError } from './terminal.ts';

const maxBytes = 64 * 1024 * 1024;
/** A larger file is no policy: the largest public ones have some hundred kilobytes. */
const maxFileBytes = 4 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8');

/** The paths in order. @throws CommandError if there is too much */
export function policyFilesBelow(folder: string): readonly string[] {
  let left = maxBytes;
  const paths = filesBelow(folder, (name) => /\.(?:ya?ml|json)$/i.test(name)).map((name) => join(folder, name));
  return paths.filter((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > maxFileBytes) return false;
    left -= stat.size;
    if (left < 0) throw new CommandError(`${folder} has more than ${maxBytes} bytes of YAML and JSON.`);
    const text = utf8.decode(readFileSync(path));
    return isPolicyFile(text) || looksLikeConfiguration(text);
  });
}
