/**
 * @module
 * Where in Envoy's dynamic metadata the configuration points to.
 */

/** @param path inside the namespace: `a.b`, or a list where a name holds a dot; all of the namespace where undefined */
export function metadataPath(namespace: string, path: string | readonly string[] | undefined): readonly string[] {
  return [namespace, ...(typeof path === 'string' ? path.split('.') : (path ?? []))];
}
