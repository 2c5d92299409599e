/**
 * @module
 * Files that hold keys: read whole, and looked at for who else may read them.
 */
import type { KeyFinding } from '../../jose/signing-key.ts';
import type { KeyRequest, SourceReading } from './source.ts';
import { refused } from './source.ts';

type KeyFile =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly findings: readonly KeyFinding[] }
  | { readonly kind: 'refused'; readonly reading: SourceReading };

const readableByAll = 0o004;

/** What is to be known of a key to read its file. */
type FileRequest = Pick<KeyRequest, 'world' | 'strictFiles'> & { readonly use: Pick<KeyRequest['use'], 'kind'> };

export function readKeyFile(path: string, { use, world, strictFiles }: FileRequest): KeyFile {
  const contents = world.read(path);
  if (contents.kind === 'failed') {
    return { kind: 'refused', reading: refused('config.unreadable-file', `The key file ${contents.reason}.`) };
  }
  const { bytes, mode } = contents;
  // A public key is nobody's secret.
  const isOpen = mode !== undefined && (mode & readableByAll) !== 0 && use.kind !== 'public';
  if (!isOpen) return { kind: 'bytes', bytes, findings: [] };
  const finding: KeyFinding = {
    code: 'keys.readable-by-all',
    severity: strictFiles ? 'error' : 'warning',
    message: `Every user of this machine may read the key file ${path} (mode ${(mode & 0o777).toString(8)}).`,
    suggestion: 'Take the right from others: chmod o-r; for a Secret of Kubernetes, `defaultMode: 0440`.',
  };
  if (strictFiles) return { kind: 'refused', reading: { keys: [], findings: [finding] } };
  return { kind: 'bytes', bytes, findings: [finding] };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a key file; undefined where it is not UTF-8. A byte order mark is left out. */
export function keyFileText(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
