/**
 * @module
 * The words of a schema, which messages may repeat (`diagnostics/harmless.ts`).
 */

/** The names of keys and the values of enums of a JSON Schema. */
export function wordsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap(wordsOf);
  return Object.entries(schema).flatMap(([name, value]) => {
    if (name === 'properties') return [...Object.keys(value), ...Object.values(value).flatMap(wordsOf)];
    if (name === 'enum') return (value as unknown[]).map(String);
    return name === 'const' ? [String(value)] : wordsOf(value);
  });
}
