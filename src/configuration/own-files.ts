/**
 * @module
 * Which of mintproc's own files a document is, for the one who gives a command the wrong one of them.
 */
import { isRecord } from '../diagnostics/json.ts';
import { isPolicyFile } from '../dialects/index.ts';

export type OwnFile = 'a test file' | 'a mintproc.yaml' | 'a request' | 'a policy file';

/** Keys that only one kind of file has; a test file has those of requests in its cases. */
const distinctive: readonly [kind: OwnFile, keys: readonly string[]][] = [
  ['a test file', ['cases']],
  ['a mintproc.yaml', ['policies', 'routes', 'include']],
  ['a request', ['request', 'caller']],
];

/**
 * The kind of a document. Undefined for a file that is not mintproc's.
 *
 * @param value of the document
 * @param text of the file
 */
export function ownFileOf(value: unknown, text: string): OwnFile | undefined {
  if (isRecord(value)) {
    const [kind] = distinctive.find(([, keys]) => keys.some((key) => Object.hasOwn(value, key))) ?? [];
    if (kind !== undefined) return kind;
  }
  return isPolicyFile(text) ? 'a policy file' : undefined;
}
