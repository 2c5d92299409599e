/**
 * @module
 * A key in its own file: PEM, a private JWK, or the bytes of a secret.
 */
import { mistakenBytes } from '../mistaken-key.ts';
import { keyFileText, readKeyFile } from './key-file.ts';
import { readKeyText } from './key-text.ts';
import type { KeyRequest, SourceReading, SpecOf } from './source.ts';

export function readFile({ path }: SpecOf<'file'>, request: KeyRequest): SourceReading {
  const file = readKeyFile(path, request);
  if (file.kind === 'refused') return file.reading;
  const text = keyFileText(file.bytes);
  if (text === undefined)
    return { keys: [], findings: [...file.findings, mistakenBytes(file.bytes, request.use.kind)] };
  const reading = readKeyText(text, 'file', request);
  return { keys: reading.keys, findings: [...file.findings, ...reading.findings] };
}
