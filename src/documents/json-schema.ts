/**
 * @module
 * The JSON Schema of a file (draft 7, which editors know), made from the zod schema that reads it.
 */
import * as z from 'zod';

/** A JSON Schema, or a part of one. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export interface SchemaHeading {
  /** The last words of `$id`, such as `configuration`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
}

const idBegin = 'urn:mintproc:schema:';

/** Whether a text is one of our schemas, which mention what they are for, and may lie beside it. */
export function isOwnSchema(text: string): boolean {
  return text.startsWith('{') && text.slice(0, 200).includes(`"$id": "${idBegin}`);
}

/** What an author writes, so that keys with a default are optional. Without `$schema`. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  return rest;
}

/**
 * A whole schema.
 *
 * Its `$id` is a URN: it names the schema without an address that a tool would fetch. The number at its end changes if
 * a file that the schema accepted would no longer be accepted.
 */
export function schemaDocument({ name, title, description }: SchemaHeading, schema: JsonSchema): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `${idBegin}${name}:1`,
    ...schema,
    title,
    description,
  };
}
