/**
 * @module
 * A key in its own file: PEM, a private JWK, or the bytes of a secret.
 */
import { keyFileText, readKeyFile } from './key-file.ts';
import { readKeyText } from './key-text.ts';
import { type KeyRequest, refused, type SourceReading, type SpecOf } from './source.ts';

export function readFile({ path }: SpecOf<'file'>, request: KeyRequest): SourceReading {
  const file = readKeyFile(path, request);
  if (file.kind === 'refused') return file.reading;
  const text = keyFileText(file.bytes);
  if (text === undefined) {
    const suggestion = 'Write it as PEM. For a PKCS#12 file (.p12, .pfx), write `pkcs12:`.';
    return refused('config.unreadable-file', `The key file ${path} is not UTF-8 text.`, suggestion);
  }
  const reading = readKeyText(text, 'file', request);
  return { keys: reading.keys, findings: [...file.findings, ...reading.findings] };
}
