/**
 * @module
 * The policy files in YAML and JSON, and the configurations, below a folder. XML files are read as a proxy bundle
 * (`bundle-files.ts`).
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { looksLikeConfiguration } from '../configuration/configuration.ts';
import { isPolicyFile } from '../dialects/index.ts';
import { CommandError } from './terminal.ts';

/** Files of any kind; more are hardly a folder of policies. @internal Exported for the test at the limit. */
export const maxFiles = 5_000;
const maxBytes = 64 * 1024 * 1024;
/** A larger file is no policy: the largest public ones have some hundred kilobytes. */
const maxFileBytes = 4 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8');

/** The paths in order. Folders behind symbolic links are not searched. @throws CommandError if there is too much */
export function policyFilesBelow(folder: string): readonly string[] {
  let left = maxBytes;
  return filesBelow(folder).filter((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > maxFileBytes) return false;
    left -= stat.size;
    if (left < 0) throw new CommandError(`${folder} has more than ${maxBytes} bytes of YAML and JSON.`);
    const text = utf8.decode(readFileSync(path));
    return isPolicyFile(text) || looksLikeConfiguration(text);
  });
}

function filesBelow(folder: string): readonly string[] {
  const found: string[] = [];
  const folders = [folder];
  let seen = 0;
  for (const current of folders) {
    const entries = readdirSync(current, { withFileTypes: true });
    seen += entries.length;
    if (seen > maxFiles) throw new CommandError(`${folder} has more than ${maxFiles} files.`);
    const visible = entries.filter(({ name }) => !isSkipped(name));
    folders.push(...visible.filter((entry) => entry.isDirectory()).map(({ name }) => join(current, name)));
    const files = visible.filter((entry) => !entry.isDirectory() && /\.(?:ya?ml|json)$/i.test(entry.name));
    found.push(...files.map(({ name }) => join(current, name)));
  }
  return found.sort();
}

/** Hidden folders hold copies, such as those of git and of a mounted ConfigMap. */
function isSkipped(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}
