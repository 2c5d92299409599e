/**
 * @module
 * Writes YAML for a user to paste.
 */
import { stringify } from 'yaml';

/** One entry of a mapping on one line, such as `name: { file: secrets/name }`. */
export function yamlEntry(name: string, value: unknown): string {
  const entry = stringify({ [name]: value }, { lineWidth: 0, collectionStyle: 'flow' }).trim();
  return entry.replace(/^\{ (.*) \}$/s, '$1');
}
