/**
 * @module
 * The key sources, one row each; a scheme is a key of `mintproc.yaml`.
 */
import { readDirectory } from './directory.ts';
import { readEnvironment } from './environment.ts';
import { readFile } from './file.ts';
import { readGenerated } from './generated.ts';
import { readInline } from './inline.ts';
import { readJwkSource } from './jwk.ts';
import { readJwks } from './jwks.ts';
import { readPkcs12 } from './pkcs12.ts';
import type { KeyRequest, KeySpec, SourceReading, SpecOf } from './source.ts';

type Sources = { readonly [Scheme in KeySpec['scheme']]: (spec: SpecOf<Scheme>, request: KeyRequest) => SourceReading };

const sources: Sources = {
  inline: readInline,
  file: readFile,
  environment: readEnvironment,
  jwk: readJwkSource,
  jwks: readJwks,
  pkcs12: readPkcs12,
  directory: readDirectory,
  generated: readGenerated,
};

/** The keys that a spec leads to, and what is wrong with them; nothing of a key is in a finding. */
export function readKeys<Scheme extends KeySpec['scheme']>(spec: SpecOf<Scheme>, request: KeyRequest): SourceReading {
  const read: (spec: SpecOf<Scheme>, request: KeyRequest) => SourceReading = sources[spec.scheme as Scheme];
  return read(spec, request);
}
