/**
 * @module
 * Reads key files, and checks who else may read them.
 */
import { type KeyFinding, keyError, keyWarning } from '../../jose/key-finding.ts';
import type { KeyRequest, SourceReading } from './source.ts';
import { unread } from './source.ts';

type KeyFile =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly findings: readonly KeyFinding[] }
  | { readonly kind: 'refused'; readonly reading: SourceReading };

const readableByAll = 0o004;

/** The part of a request that reading a file needs. */
type FileRequest = Pick<KeyRequest, 'access' | 'strictFiles'> & {
  readonly use: Pick<KeyRequest['use'], 'kind'>;
  /** How a sentence about the file begins. */
  readonly subject?: string;
};

export function readKeyFile(
  path: string,
  { use, access, strictFiles, subject = 'The key file' }: FileRequest,
): KeyFile {
  const contents = access.read(path);
  if (contents.kind === 'failed') {
    return { kind: 'refused', reading: unread(subject, path, contents, access) };
  }
  const { bytes, mode } = contents;
  // Everybody may read a public key.
  const isOpen = mode !== undefined && (mode & readableByAll) !== 0 && use.kind !== 'public';
  if (!isOpen) return { kind: 'bytes', bytes, findings: [] };
  const message = `Every user of this machine may read the key file ${path} (mode ${(mode & 0o777).toString(8)}).`;
  const suggestion = 'Run `chmod o-r` on it; for a Kubernetes Secret, write `defaultMode: 0440`.';
  if (strictFiles) {
    const finding = keyError('keys.readable-by-all', message, suggestion);
    return { kind: 'refused', reading: { keys: [], findings: [finding] } };
  }
  return { kind: 'bytes', bytes, findings: [keyWarning('keys.readable-by-all', message, suggestion)] };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a key file; undefined if it is not UTF-8. A byte order mark is skipped. */
export function keyFileText(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
