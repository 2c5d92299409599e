/**
 * @module
 * The table of JSON Schemas for editors and other tools, by the name that `mintproc schema` takes. Each is also a file
 * in `config/` (`npm run schema`).
 */
import { configurationSchema } from '../configuration/configuration-schema.ts';
import { flexFileSchema } from '../dialects/flex/file-schema.ts';
import { type JsonSchema, jsonSchemaOf, schemaDocument } from '../documents/json-schema.ts';
import { testFileSchema } from '../trial/cases/test-schema.ts';
import { trialRequestSchema } from '../trial/request-schema.ts';

interface SchemaRow {
  /** The file's name in `config/`, and beside a configuration. */
  readonly file: string;
  readonly title: string;
  /** The file that the schema is for. */
  readonly description: string;
  make(): JsonSchema;
}

const table = {
  configuration: {
    file: 'mintproc.schema.json',
    title: 'mintproc configuration',
    description: 'The file mintproc.yaml: policies, keys, routes, the identity of callers.',
    make: () => jsonSchemaOf(configurationSchema),
  },
  test: {
    file: 'test.schema.json',
    title: 'mintproc test file',
    description: 'A *.test.yaml: requests, each with what must become of it, for mintproc test.',
    make: () => jsonSchemaOf(testFileSchema),
  },
  request: {
    file: 'request.schema.json',
    title: 'mintproc request',
    description: 'A request as a client sends it, and its caller, for mint, explain and compare.',
    make: () => jsonSchemaOf(trialRequestSchema),
  },
  flex: {
    file: 'flex.schema.json',
    title: 'Flex Gateway policy',
    description: 'A file with jwt-generation-flex policies: a list, a PolicyBinding, an ApiInstance, or an export.',
    make: flexFileSchema,
  },
} as const satisfies Readonly<Record<string, SchemaRow>>;

export type SchemaName = keyof typeof table;

export const schemas: Readonly<Record<SchemaName, SchemaRow>> = table;

/** The names, in the order of the help. */
export const schemaNames = Object.keys(table) as SchemaName[];

export function isSchemaName(name: string): name is SchemaName {
  return Object.hasOwn(table, name);
}

/** The schema as the text of a file. */
export function schemaText(name: SchemaName): string {
  const { title, description, make } = schemas[name];
  return `${JSON.stringify(schemaDocument({ name, title, description }, make()), undefined, 2)}\n`;
}
