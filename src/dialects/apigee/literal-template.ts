/**
 * @module
 * Warns of `{…}` in a text that Apigee does not expand. Only the text of a claim of type `map` is a message template.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { PolicyReader } from './policy-reader.ts';
import { insertionIn } from './template.ts';

/** What looks like an insertion is searched for at the start of a text; no name or URL is longer. */
const maxSearched = 4096;

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** @param write what to write instead, with `NAME` for the variable */
export function checkLiteral(reader: PolicyReader, text: SourceText, write: string): void {
  const start = text.text.slice(0, maxSearched);
  const found = insertionIn(start);
  if (found === undefined || guid.test(found.inserted) || /["']\s*$/.test(found.inserted) || isJson(text.text)) return;
  reader.report('apigee.literal-template', text.slice(found.index, found.index + 1), {
    message: 'Apigee does not expand `{…}` here, so tokens contain the braces and the name as they stand.',
    suggestion: `If the value of a variable was meant, write \`${write}\` in the policy, and declare \`variables: { NAME: { template: … } }\` with this text in mintproc.yaml.`,
  });
}

function isJson(text: string): boolean {
  if (!/^[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
