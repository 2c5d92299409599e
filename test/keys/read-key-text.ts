/**
 * @module
 * Reads one key from text, for the tests of this folder.
 */
import { finish } from '../../src/diagnostics/steps.ts';
import type { KeyFinding } from '../../src/jose/key-finding.ts';
import type { HeldKey } from '../../src/keys/held-key.ts';
import type { KeyForm, KeyOrigin } from '../../src/keys/key-material.ts';
import type { KeyUse } from '../../src/keys/key-use.ts';
import { readKeys } from '../../src/keys/read-keys.ts';
import type { KeySpec } from '../../src/keys/sources/source.ts';
import { memoryAccess } from './sources/memory-access.ts';

export interface OneKey {
  readonly held: HeldKey | undefined;
  readonly findings: readonly KeyFinding[];
}

export function readKeyText(use: KeyUse, text: string, origin: KeyOrigin = 'policy', form: KeyForm = {}): OneKey {
  const spec: KeySpec = origin === 'file' ? { scheme: 'file', path: 'k' } : { scheme: 'inline', text };
  const access = memoryAccess({ k: text });
  const { keys, findings } = finish(readKeys(spec, { use, form, access, strictFiles: false, made: undefined }));
  return { held: keys[0], findings };
}
