/**
 * @module
 * `mintproc schema`: prints the JSON Schema of a file.
 */
import { nearest } from '../diagnostics/suggest.ts';
import type { Command } from './command.ts';
import { isSchemaName, schemaNames, schemas, schemaText } from './schemas.ts';
import { UsageError } from './terminal.ts';

const width = Math.max(...schemaNames.map((name) => name.length));
const list = schemaNames.map((name) => `  ${name.padEnd(width)}  ${schemas[name].description}`).join('\n');

const help = `Usage: mintproc schema [NAME]

Prints the JSON Schema (draft 7) of a file, for editors and other tools. Without NAME, lists the schemas:

${list}

An editor with the YAML language server reads a schema that lies beside the file, without a network:

  mintproc schema configuration > mintproc.schema.json
  # yaml-language-server: $schema=./mintproc.schema.json      (the first line of mintproc.yaml)`;

export const schemaCommand: Command = {
  help,
  options: {},
  positionals: schemaNames,
  async run({ positionals: [name, ...more] }, terminal) {
    if (more.length > 0) throw new UsageError('Only one NAME can be given.');
    if (name === undefined) {
      terminal.out(`${list}\n`);
      return 0;
    }
    if (!isSchemaName(name)) throw new UsageError(unknown(name));
    terminal.out(schemaText(name));
    return 0;
  },
};

function unknown(name: string): string {
  const near = nearest(name, schemaNames);
  return near === undefined ? `The schemas are: ${schemaNames.join(', ')}.` : `Did you mean \`${near}\`?`;
}
