/**
 * @module
 * The ways in which a request gets its token, one row each. All are measured behind the same Envoy, with the same
 * requests.
 */

/** Whose token it is: that of the vendor's example, which names the caller and the request, or the same for everyone. */
export type TokenKind = 'caller' | 'constant';

export interface Way {
  readonly name: string;
  readonly title: string;
  readonly token: TokenKind;
  readonly by: Giver;
  /** The requests: those of some callers in turn, or each with a path of its own, so that no token is kept for it. */
  readonly requests: 'callers' | 'new paths';
  /** The way that what it costs beyond no filter is compared with; undefined: none. */
  readonly comparedWith?: string;
}

/** Who gives the token. */
export type Giver =
  | { readonly kind: 'nobody' }
  | {
      readonly kind: 'mintproc';
      readonly filter: 'ext_proc' | 'ext_authz';
      /** The keys of the policy's entry in `mintproc.yaml` that make the difference. */
      readonly entry: Readonly<Record<string, unknown>>;
      /** Further options of `mintproc gen envoy`. */
      readonly gen: readonly string[];
      /** Whether Envoy asks mintproc for every request, for some, or for none. */
      readonly asks: 'each' | 'some' | 'none';
    }
  | { readonly kind: 'heimdall' };

const kept = { reuse: { for: '30s' } };

function mintproc(
  filter: 'ext_proc' | 'ext_authz',
  entry: Readonly<Record<string, unknown>>,
  asks: 'each' | 'some' | 'none' = 'each',
  gen: readonly string[] = [],
): Giver {
  return { kind: 'mintproc', filter, entry, gen, asks };
}

/** The option of `mintproc gen envoy` for tokens that Envoy keeps. */
export const reuseInEnvoy = ['--reuse-in-envoy'];
/** Less than the time after which a new path comes again. */
const briefly = { reuse: { for: '5s' } };

/** The way whose tokens Envoy keeps. */
export const keptInEnvoy = 'envoy';

export const ways: readonly Way[] = [
  way('none', 'no filter', 'caller', { kind: 'nobody' }),
  way('ext_proc-signed', 'ext_proc, each token signed', 'caller', mintproc('ext_proc', { reuse: false }), 'ext_proc'),
  way('ext_proc', 'ext_proc, reuse in mintproc', 'caller', mintproc('ext_proc', kept)),
  way('ext_authz', 'ext_authz, reuse in mintproc', 'caller', mintproc('ext_authz', kept), 'ext_proc'),
  way(keptInEnvoy, 'ext_proc, reuse in Envoy', 'caller', mintproc('ext_proc', kept, 'some', reuseInEnvoy), 'ext_proc'),
  {
    ...way(
      'envoy-missed',
      'the same, when no token is there: each is signed',
      'caller',
      mintproc('ext_proc', briefly, 'each', reuseInEnvoy),
      'ext_proc-signed',
    ),
    requests: 'new paths',
  },
  way('heimdall', 'compared: heimdall by ext_authz, reuse in heimdall', 'caller', { kind: 'heimdall' }, 'ext_proc'),
  way('none-constant', 'no filter, for a constant token', 'constant', { kind: 'nobody' }),
  way('ext_proc-constant', 'constant token: ext_proc, reuse in mintproc', 'constant', mintproc('ext_proc', kept)),
  way(
    'sds',
    'constant token: SDS',
    'constant',
    mintproc('ext_proc', { sds: { file: 'token.json' } }, 'none'),
    'ext_proc-constant',
  ),
];

function way(name: string, title: string, token: TokenKind, by: Giver, comparedWith?: string): Way {
  return { name, title, token, by, requests: 'callers', ...(comparedWith === undefined ? {} : { comparedWith }) };
}

/** The way without a filter that another one is compared with. */
export const withoutFilter: Readonly<Record<TokenKind, string>> = { caller: 'none', constant: 'none-constant' };

/** The way whose saturation gives the rate at which the latency is measured. */
export const rateGiver = 'ext_proc';

/** @param names the ways that are wanted; those that they are compared with are added. Undefined: all */
export function waysNamed(names: readonly string[] | undefined): Way[] {
  if (names === undefined) return [...ways];
  const needed = new Set([...names, rateGiver]);
  for (const { name, token, comparedWith } of ways) {
    if (!needed.has(name)) continue;
    // Both have the same kind of token, and so the same way without a filter.
    needed.add(withoutFilter[token]).add(comparedWith ?? name);
  }
  return ways.filter(({ name }) => needed.has(name));
}
