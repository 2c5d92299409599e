/**
 * @module
 * The keys of a YAML file, from the JSON Schema of the file.
 *
 * A path has names with `.` between them, `[]` for the items of a list, `*` for any name. A part of the schema that is
 * referenced may be in many places: its path begins with `**`, any path, and the name that leads to the reference.
 */
import { isRecord } from '../../diagnostics/json.ts';
import type { JsonSchema } from '../../documents/json-schema.ts';
import type { KeyWord } from '../interface.ts';

/** What one place of the schema says about a key. The same key may be at several, such as in the parts of a `oneOf`. */
interface Said {
  readonly sentence: string;
  readonly values: readonly string[];
}

/** @param at the path of the schema's root */
export function schemaWords(schema: JsonSchema, at = ''): readonly KeyWord[] {
  const walk = new Walk(schema);
  walk.visit(schema, at);
  return walk.words();
}

const branches = ['anyOf', 'oneOf', 'allOf'] as const;
const conditional = ['then', 'else'] as const;

class Walk {
  readonly #root: JsonSchema;
  /** References at the paths where they were followed. */
  readonly #followed = new Set<string>();
  readonly #keys = new Map<string, { readonly path: string; readonly name: string; readonly said: Said[] }>();

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  visit(schema: JsonSchema, path: string): void {
    const { $ref: reference, properties, additionalProperties, items } = schema;
    if (typeof reference === 'string') this.#follow(reference, path);
    for (const part of branches.flatMap((name) => partsOf(schema[name]))) this.visit(part, path);
    for (const part of conditional.flatMap((name) => partsOf([schema[name]]))) this.visit(part, path);
    if (isRecord(properties)) {
      for (const [name, value] of Object.entries(properties)) if (isRecord(value)) this.#key(name, value, path);
    }
    if (isRecord(additionalProperties)) this.visit(additionalProperties, joined(path, '*'));
    if (isRecord(items)) this.visit(items, `${path}[]`);
  }

  words(): readonly KeyWord[] {
    return Array.from(this.#keys.values(), ({ path, name, said }) => ({
      name,
      path,
      documentation: sentenceOf(said),
      values: [...new Set(said.flatMap(({ values }) => values))],
    }));
  }

  #follow(reference: string, path: string): void {
    const short = shortened(path);
    const mark = `${reference} ${short}`;
    if (this.#followed.has(mark)) return;
    this.#followed.add(mark);
    this.visit(this.#definition(reference), short);
  }

  #definition(reference: string): JsonSchema {
    const { definitions } = this.#root;
    const found = isRecord(definitions) ? definitions[reference.replace('#/definitions/', '')] : undefined;
    if (!isRecord(found)) throw new Error(`The schema has no ${reference}.`);
    return found;
  }

  #key(name: string, schema: JsonSchema, path: string): void {
    const { $ref: reference } = schema;
    const described = typeof reference === 'string' ? { ...this.#definition(reference), ...schema } : schema;
    const { description } = described;
    const mark = `${path} ${name}`;
    const key = this.#keys.get(mark) ?? { path, name, said: [] };
    key.said.push({ sentence: typeof description === 'string' ? description : '', values: valuesOf(described) });
    this.#keys.set(mark, key);
    this.visit(schema, joined(path, name));
  }
}

/** A list in a list is as the list itself: otherwise a schema that contains itself would have no end. */
function shortened(path: string): string {
  return path.replace(/^.*\.(?=[^.]+$)|^(?=[^.[])/, '**.').replace(/(?:\[\])+$/, '[]');
}

function partsOf(list: unknown): readonly JsonSchema[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function valuesOf(schema: JsonSchema): readonly string[] {
  const { const: only, enum: some, examples, type } = schema;
  const own = [some, examples, only === undefined ? [] : [only]].find((list) => Array.isArray(list) && list.length > 0);
  const inner = branches.flatMap((name) => partsOf(schema[name])).flatMap(valuesOf);
  const given = Array.isArray(own) ? own : type === 'boolean' ? [true, false] : [];
  return [...new Set([...given, ...inner].map(String).filter((value) => value !== ''))];
}

/** If each part of a `oneOf` has its own value of the key, each value has its sentence. */
function sentenceOf(said: readonly Said[]): string {
  const sentences = [...new Set(said.map(({ sentence }) => sentence).filter((sentence) => sentence !== ''))];
  const isChoice = sentences.length > 1 && said.every(({ values }) => values.length === 1);
  return isChoice ? said.map(({ sentence, values }) => `${values[0]}: ${sentence}`).join('\n') : sentences.join(' ');
}
