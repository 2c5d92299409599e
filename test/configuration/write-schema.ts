/**
 * @module
 * `npm run schema`: writes the JSON Schema of `mintproc.yaml`. A test fails while the file differs from the code.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { configurationJsonSchema } from './json-schema.ts';

const folder = new URL('../../config/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('mintproc.schema.json', folder), configurationJsonSchema());
