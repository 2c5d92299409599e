/**
 * @module
 * A source of public keys, as the command line names it: a file, a folder, or the address of a JWK set.
 */
import { isSafeAddress } from '../../net/safe-address.ts';
import { keySetPath } from '../key-server.ts';

export type Source =
  | { readonly kind: 'path'; readonly path: string }
  /** All addresses of its host are asked. */
  | { readonly kind: 'peers'; readonly url: URL };

/**
 * @param allowsHttp whether peers on other machines may be asked without TLS
 * @returns a sentence if it cannot be one
 */
export function parseSource(text: string, allowsHttp: boolean): Source | string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { kind: 'path', path: text };
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return 'A source is a file, a folder, or an http or https URL.';
  if (url.username !== '' || url.password !== '') return 'The URL of a source has no user and no password.';
  if (!isSafeAddress(url) && !allowsHttp) {
    return 'Whoever is on the way to an http source can exchange its keys. Use https, or write --allow-http if something else protects the way, such as a mesh.';
  }
  if (url.pathname === '/' && url.search === '') url.pathname = keySetPath;
  return { kind: 'peers', url };
}
