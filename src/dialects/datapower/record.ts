/**
 * @module
 * Distinguishes the maps of a document from its lists and scalars.
 */

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
