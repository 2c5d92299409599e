/**
 * @module
 * `npm run docs`: writes the generated parts and pictures of docs/, and generated files of deploy/.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parts, wholeFiles, withPart } from './pages.ts';

const root = join(import.meta.dirname, '..', '..');

for (const { page, name, text } of parts) {
  const file = join(root, page);
  const written = withPart(readFileSync(file, 'utf8'), name, text());
  if (written === undefined) throw new Error(`${page} has no place for the part "${name}".`);
  writeFileSync(file, written);
}

for (const { file, text } of wholeFiles) writeFileSync(join(root, file), text());
