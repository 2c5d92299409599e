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
      if (typeof node.value === 'string' && node.value.search(notShown) !== -1) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document
    .toString(options)
    .trim()
    .replace(/^\[ (.*) \]$/s, '$1')
    .replace(notShown, escaped);
}

/** What a terminal obeys, and what lets a text look like another one. The package escapes only some of it. */
const notShown = /[\p{C}\u2028\u2029]/gu;

function escaped(character: string): string {
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
}

const options = {
  lineWidth: 0,
  collectionStyle: 'flow',
  singleQuote: false,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
} as const;
