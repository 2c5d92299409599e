/**
 * @module
 * Paths in Envoy's dynamic metadata, as the configuration writes them: `a.b`, or `[a, b]` if a name contains a dot.
 */
import * as z from 'zod';

export const metadataPathSchema = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional();

/** The names that lead to the value, the namespace first. @param path undefined: the whole namespace */
export function metadataPath(namespace: string, path: string | readonly string[] | undefined): readonly string[] {
  return [namespace, ...(typeof path === 'string' ? path.split('.') : (path ?? []))];
}
