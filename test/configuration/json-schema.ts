/**
 * @module
 * The JSON Schema of `mintproc.yaml`, for editors, made from the schema that reads the file.
 */
import * as z from 'zod';
import { configurationSchema } from '../../src/configuration/configuration-schema.ts';

/** The text of `config/mintproc.schema.json`. */
export function configurationJsonSchema(): string {
  // What an author writes, where defaults may be left out, and not what the reader makes of it.
  const schema = z.toJSONSchema(configurationSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'mintproc configuration', ...schema }, undefined, 2)}\n`;
}
