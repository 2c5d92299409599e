/**
 * @module
 * Where a source finds one fact about the caller: in its claims, in a request header or in other metadata.
 */
import { plainNames } from '../diagnostics/harmless.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { valueAt } from '../request/object-view.ts';
import type { FactForm } from './authentication-schema.ts';
import { metadataPath } from './metadata-path.ts';

/** Claims in order of preference, each as a path of names. */
type ClaimPaths = readonly (readonly string[])[];

export type FactSource =
  /** An empty list: the source does not know the fact. */
  | { readonly kind: 'claims'; readonly paths: ClaimPaths; readonly described: string | undefined }
  | { readonly kind: 'request'; readonly read: ReadRequest; readonly described: string };

type ReadRequest = (request: IncomingRequest) => JsonValue | undefined;

/** @param byDefault the names of claims if the configuration says nothing; an empty list for none */
export function factSource(form: FactForm | undefined, byDefault: string | readonly string[]): FactSource {
  const stated = form === false ? [] : (form ?? byDefault);
  if (typeof stated === 'string') return claims([stated]);
  if ('header' in stated) {
    const name = stated.header.toLowerCase();
    return { kind: 'request', read: (request) => onlyHeader(request, name), described: described('header', [name]) };
  }
  if ('metadata' in stated) {
    const path = metadataPath(stated.metadata, stated.path);
    return { kind: 'request', read: ({ metadata }) => valueAt(metadata, path), described: described('metadata', path) };
  }
  return claims(stated);
}

function claims(names: readonly string[]): FactSource {
  const said = names.length === 0 ? undefined : described(names.length === 1 ? 'claim' : 'the first of', names);
  return { kind: 'claims', paths: claimPaths(names), described: said };
}

/**
 * Claim names as paths. `a.b` is the claim with exactly this name (`https://example.com/client_id` has dots), else `b`
 * inside `a`.
 */
function claimPaths(names: readonly string[]): ClaimPaths {
  return names.flatMap((name) => (name.includes('.') ? [[name], name.split('.')] : [[name]]));
}

export function described(noun: string, names: readonly string[]): string {
  const plain = plainNames(names);
  return plain === '' ? `${noun} in mintproc.yaml` : `${noun} ${plain}`;
}

/** @throws MintError `identity.repeated-header`: one of several may be the client's own */
export function onlyHeader({ headers }: IncomingRequest, name: string): string | undefined {
  const [value, ...others] = headers.values(name);
  if (others.length === 0) return value;
  throw new MintError('identity.repeated-header', 'A header that names the caller is repeated in the request.');
}
