/**
 * @module
 * Judges files by the JSON Schemas of `mintproc schema`, with Python's jsonschema.
 */
import { parseAllDocuments } from 'yaml';
import { type SchemaName, schemaNames, schemaText } from '../../src/cli/schemas.ts';
import { runJson, schemaPackages } from '../e2e/harness/python-tools.ts';

export interface Example {
  readonly name: string;
  readonly schema: SchemaName;
  readonly text: string;
}

/** What jsonschema says against each example; nothing for one that it accepts. */
export async function objections(examples: readonly Example[]): Promise<readonly (readonly string[])[]> {
  const script = `
from jsonschema import Draft7Validator
validators = {}
for name, schema in given['schemas'].items():
    Draft7Validator.check_schema(schema)
    validators[name] = Draft7Validator(schema)
print(json.dumps([[error.json_path + ': ' + error.message[:200] for document in one['documents'] for error in validators[one['schema']].iter_errors(document)]
                  for one in given['examples']]))`;
  const input = {
    schemas: Object.fromEntries(schemaNames.map((name) => [name, JSON.parse(schemaText(name))])),
    examples: examples.map(({ schema, text }) => ({
      schema,
      documents: parseAllDocuments(text).map((document) => document.toJS()),
    })),
  };
  return (await runJson(script, input, schemaPackages)) as readonly (readonly string[])[];
}
