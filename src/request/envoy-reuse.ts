/**
 * @module
 * Tokens that Envoy keeps: what the Lua filter of `gen --reuse-in-envoy` and mintproc say to each other.
 *
 * The filter files a token under the bytes of what the configuration reads of a request. It asks for one by naming the
 * form of that key. mintproc answers how long the token may be kept, but only if its own configuration has a key of the
 * same form, so that a filter of an older configuration keeps nothing.
 */

/**
 * What a kept token is filed under, besides the route of Envoy by its name (`xds.route_name`), which its filter context
 * must repeat.
 *
 * The parts say all that matters of usual requests. The filter leaves every other one to mintproc, so that it neither
 * asks nor gets a kept token: one that has another spelling (`x.a` for `x-a`) of a token's header, which mintproc
 * removes, or of a header in a condition, which makes mintproc refuse; and, if the key has the path or the query, one
 * whose `:path` does not begin with one `/`, has `/` or `\` after it, or has a `#`, a space or a control character
 * anywhere. For these, what is read of the path depends on the query, or the query on the path.
 */
export interface ReuseKey {
  readonly caller: KeyCaller;
  /** In a fixed order, each once. */
  readonly parts: readonly KeyPart[];
}

/** How Envoy verified the caller in this request. */
export type KeyCaller =
  | { readonly kind: 'none' }
  /** A token that `jwt_authn` verified, in the header where the filter looks for it. */
  | { readonly kind: 'token'; readonly header: string; readonly payload: string }
  /** The SHA-256 digest of a client certificate that the listener verified. */
  | { readonly kind: 'certificate' };

export type KeyPart =
  /** All values of a header, in lower case; pseudo-headers except `:path`, too. */
  | { readonly kind: 'header'; readonly name: string }
  /** `:path` before its first `?`. */
  | { readonly kind: 'path' }
  /** What follows the first `?` of `:path`. */
  | { readonly kind: 'query' };

/** The tokens of one configuration that Envoy may keep. */
export interface KeptByEnvoy {
  readonly key: ReuseKey;
  /** Of the key: equal for two configurations whose keys are. */
  readonly digest: string;
  /** The names of the policies whose tokens Envoy may keep, on routes that run no others. */
  readonly policies: readonly string[];
  /** The names of the others. */
  readonly notKept: readonly string[];
  /**
   * Headers, in lower case, that choose a route or whether a policy is for a request: mintproc refuses a request that
   * has another spelling of one, so such a request must not get a kept token.
   */
  readonly conditions: readonly string[];
}

/**
 * The namespace of dynamic metadata of both messages: what the filter sets and ext_proc sends to mintproc, and the
 * answer, which ext_proc takes from mintproc.
 */
export const reuseNamespace = 'mintproc.reuse';

/** The member that the filter sets: the digest of the key's form. */
export const asks = 'asks';

/**
 * The member that the filter sets beside it if the caller is a token: the claims in the key, in base64url as they were
 * signed. mintproc compares them with the claims that it reads. Another provider of `jwt_authn` may write either.
 */
export const keyClaims = 'claims';
