/**
 * The files of the JSON Schemas, and what `mintproc schema` prints.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { schemaNames, schemas, schemaText } from '../../src/cli/schemas.ts';
import { runCommand } from './captured-terminal.ts';

const root = join(import.meta.dirname, '..', '..');

for (const name of schemaNames) {
  test(`config/${schemas[name].file} is up to date; if not: npm run schema`, () => {
    assert.equal(readFileSync(join(root, 'config', schemas[name].file), 'utf8'), schemaText(name));
  });

  test(`mintproc schema ${name} prints it, with an $id, a title and a description`, async () => {
    const { code, out } = await runCommand(['schema', name]);
    assert.equal(code, 0);
    assert.equal(out, schemaText(name));
    const { $id, title, description } = JSON.parse(out) as Schema;
    assert.deepEqual(
      [$id, title, description],
      [`urn:mintproc:schema:${name}:1`, schemas[name].title, schemas[name].description],
    );
  });

  test(`every member of ${name} has a description`, () => {
    const schema = JSON.parse(schemaText(name)) as Schema;
    const members = membersOf(schema, schema);
    assert.ok(members.length > 10);
    assert.deepEqual(
      members.filter(([, { description }]) => description === undefined).map(([member]) => member),
      [],
    );
  });
}

interface Schema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
}

/** Every member with its schema; a condition (`if`, `not`) only compares. */
function membersOf(part: unknown, whole: Schema): readonly (readonly [member: string, schema: Schema])[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([keyword, value]) => {
    if (keyword === 'if' || keyword === 'not') return [];
    if (keyword !== 'properties') return membersOf(value, whole);
    // A member may be called `properties` itself.
    return Object.entries<Schema>(value).flatMap(([name, schema]) => [
      [name, resolved(schema, whole)] as const,
      ...membersOf(schema, whole),
    ]);
  });
}

function resolved(schema: Schema, whole: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  return schema.$ref
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>>)[key], whole) as Schema;
}

const lines: readonly [line: readonly string[], code: number, out: RegExp, errors: RegExp][] = [
  [['schema'], 0, /^ {2}configuration .*\n {2}test .*\n {2}request .*\n {2}flex .*\n$/, /^$/],
  [['schema', 'configuraton'], 2, /^$/, /Did you mean `configuration`\?/],
  [['schema', 'zzz'], 2, /^$/, /The schemas are: configuration, test, request, flex\./],
  [['schema', 'test', 'flex'], 2, /^$/, /Only one NAME/],
];

for (const [line, code, out, errors] of lines) {
  test(`mintproc ${line.join(' ')}`, async () => {
    const ran = await runCommand(line);
    assert.equal(ran.code, code);
    assert.match(ran.out, out);
    assert.match(ran.errors, errors);
  });
}
