/**
 * @module
 * Files of the project, as inputs to begin with.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** @param path from the root of the project */
export function sample(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The files that match a pattern, up to `maxBytes` each. */
export function samples(pattern: string, maxBytes: number): readonly string[] {
  const files = globSync(pattern, { cwd: root }).sort();
  return files.map(sample).filter((text) => text.length <= maxBytes);
}
