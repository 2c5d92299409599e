/**
 * @module
 * Writes YAML for a user to paste.
 */
import { Document, visit } from 'yaml';

/** One entry of a mapping on one line, such as `name: { file: secrets/name }`. */
export function yamlEntry(name: string, value: unknown): string {
  return `${yamlFlow(name)}: ${yamlFlow(value)}`;
}

/** A value on one line, such as `{ file: secrets/name }`. */
export function yamlFlow(value: unknown): string {
  // Inside a list, so that a string gets the quotes that it needs in a flow collection.
  const document = new Document([value]);
  visit(document, {
    Scalar(_, node) {
      // Without quotes, a string of several lines would be written in several lines.
      if (typeof node.value === 'string' && /\p{C}|[\u2028\u2029]/u.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document
    .toString(options)
    .trim()
    .replace(/^\[ (.*) \]$/s, '$1');
}

const options = {
  lineWidth: 0,
  collectionStyle: 'flow',
  singleQuote: false,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
} as const;
