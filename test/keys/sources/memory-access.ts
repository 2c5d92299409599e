/**
 * @module
 * Files, folders and an environment in memory for the tests of key sources.
 */
import type { KeyKind } from '../../../src/keys/key-material.ts';
import type { KeyUse } from '../../../src/keys/key-use.ts';
import type { KeyAccess, KeyRequest } from '../../../src/keys/sources/source.ts';

export interface MemoryFile {
  readonly content: string | Uint8Array;
  readonly mode?: number;
}

export function memoryAccess(
  files: Readonly<Record<string, string | MemoryFile>> = {},
  environment: Readonly<Record<string, string>> = {},
): KeyAccess {
  return {
    read(path) {
      const file = files[path];
      if (file === undefined) return { kind: 'failed', reason: 'does not exist' };
      const { content, mode } = typeof file === 'string' ? { content: file, mode: 0o600 } : file;
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      return mode === undefined ? { kind: 'bytes', bytes } : { kind: 'bytes', bytes, mode };
    },
    list(path) {
      const names = Object.keys(files).filter((name) => name.startsWith(`${path}/`));
      if (names.length === 0) return { kind: 'failed', reason: 'does not exist' };
      return { kind: 'names', names: names.map((name) => name.slice(path.length + 1)).reverse() };
    },
    environment,
  };
}

/** Signing with any algorithm. A source needs only the kind of key and its use. */
export function anySigning(kind: KeyKind): KeyUse {
  return { kind, purpose: { use: 'sig', algorithms: [], operations: ['sign'] }, check: () => [] };
}

export function keyRequest(access: KeyAccess, rest: Partial<KeyRequest> = {}): KeyRequest {
  return { use: anySigning('private'), form: {}, access, strictFiles: false, made: undefined, ...rest };
}
