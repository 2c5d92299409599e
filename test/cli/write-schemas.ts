/**
 * @module
 * `npm run schema`: writes the JSON Schemas of `mintproc schema` into `config/`. A test fails while a file differs from
 * the code.
 */
import { writeFileSync } from 'node:fs';
import { schemaNames, schemas, schemaText } from '../../src/cli/schemas.ts';

const folder = new URL('../../config/', import.meta.url);
for (const name of schemaNames) writeFileSync(new URL(schemas[name].file, folder), schemaText(name));
