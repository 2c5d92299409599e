/**
 * @module
 * The key sources, one row for each scheme. `configuration/keys/declared-keys.ts` maps the keys of `mintproc.yaml` to
 * schemes.
 */
import type { Steps } from '../../diagnostics/steps.ts';
import { unusedPassphrase } from '../key-material.ts';
import { readDirectory } from './directory.ts';
import { readEnvironment } from './environment.ts';
import { readFile } from './file.ts';
import { readGenerated } from './generated.ts';
import { readInline } from './inline.ts';
import { readJwkSource } from './jwk.ts';
import { readJwks } from './jwks.ts';
import { readOutside } from './outside.ts';
import { readPkcs12 } from './pkcs12.ts';
import type { KeyRequest, KeySpec, SourceReading, SpecOf } from './source.ts';

/** A source that may have many keys reads them in steps. */
type Read<Scheme extends KeySpec['scheme']> = (
  spec: SpecOf<Scheme>,
  request: KeyRequest,
) => SourceReading | Steps<SourceReading>;

type Sources = { readonly [Scheme in KeySpec['scheme']]: Read<Scheme> };

const sources: Sources = {
  inline: readInline,
  file: readFile,
  environment: readEnvironment,
  jwk: readJwkSource,
  jwks: readJwks,
  pkcs12: readPkcs12,
  directory: readDirectory,
  generated: readGenerated,
  outside: readOutside,
};

const neverEncrypted: ReadonlySet<KeySpec['scheme']> = new Set(['jwk', 'jwks']);

/** The keys of a source, and what is wrong with them. No finding contains a part of a key. */
export function* readSource<Scheme extends KeySpec['scheme']>(
  spec: SpecOf<Scheme>,
  request: KeyRequest,
): Steps<SourceReading> {
  const read: Read<Scheme> = sources[spec.scheme as Scheme];
  const reading = read(spec, request);
  const found = 'keys' in reading ? reading : yield* reading;
  if (request.form.password === undefined || !neverEncrypted.has(spec.scheme)) return found;
  return { keys: found.keys, findings: [...found.findings, unusedPassphrase] };
}
