/**
 * @module
 * Who issues the callers' tokens, as the command line says it: with that, the filter that verifies them is complete.
 */
import { optionValue, type PlatformOption, type PlatformValues } from './platform.ts';

export interface Issuer {
  /** The claim `iss` of the callers' tokens. */
  readonly name: string;
  /** Undefined if their `aud` is not checked. */
  readonly audience: string | undefined;
  readonly keys: IssuerKeys;
}

export type IssuerKeys = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'url'; readonly url: URL };

const oneLine = /^[^\s"\\]+$/;

export const issuerOptions: Readonly<Record<string, PlatformOption>> = {
  issuer: {
    value: 'ISSUER',
    byDefault: '',
    help: "`iss` of the callers' tokens, if policies read the caller; without it, their filter is a comment",
    check: (value) => (oneLine.test(value) ? undefined : 'must be the text of the claim `iss`'),
  },
  audience: {
    value: 'NAME',
    byDefault: '',
    help: 'with --issuer: `aud` of these tokens; without it, tokens for others are accepted too',
    check: (value) => (oneLine.test(value) ? undefined : 'must be the text of the claim `aud`'),
  },
  jwks: {
    value: 'URL|FILE',
    byDefault: '',
    help: "with --issuer: the issuer's key set; default: /.well-known/jwks.json of the issuer",
    check: (value) =>
      value.startsWith('http:') || !oneLine.test(value)
        ? 'must be an https URL, or a file that Envoy can read'
        : undefined,
  },
};

/** Undefined if the command line does not say it. @returns a sentence if what it says is not complete */
export function issuerOf(values: PlatformValues): Issuer | string | undefined {
  const [name, audience, jwks] = ['issuer', 'audience', 'jwks'].map((option) => optionValue(values, option));
  if (name === undefined || name === '') {
    return audience === '' && jwks === '' ? undefined : '--audience and --jwks need --issuer.';
  }
  const keys = keysOf(name, jwks ?? '');
  if (keys === undefined) return 'The issuer is not an https URL: --jwks must say where its key set is.';
  return { name, audience: audience === '' ? undefined : audience, keys };
}

function keysOf(issuer: string, jwks: string): IssuerKeys | undefined {
  if (jwks !== '' && !jwks.startsWith('https://')) return { kind: 'file', path: jwks };
  const url = URL.parse(jwks === '' ? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json` : jwks);
  return url?.protocol === 'https:' ? { kind: 'url', url } : undefined;
}
