/**
 * @module
 * The forms of tokens that RFCs define, and what each requires of the header and the claims.
 */
import type { JsonValue } from '../diagnostics/json.ts';

export const tokenForms = ['at+jwt', 'client-assertion', 'dpop'] as const;

export type TokenForm = (typeof tokenForms)[number];

/** A token of these is used for one request; its recipient may refuse a second one with the same `jti`. */
export const singleUse: ReadonlySet<TokenForm> = new Set<TokenForm>(['client-assertion', 'dpop']);

/** What a claim must be. */
export interface RequiredClaim {
  readonly name: string;
  /** Completes "must be …". */
  readonly what: string;
  fits(value: JsonValue): boolean;
  /** Whether a constant cannot be right: it must be new for each token, or is about the request. */
  readonly varies?: true;
  /** Whether the form is complete without it, although recipients often want it. */
  readonly isOptional?: true;
  /** What to write, if that is not obvious. */
  readonly hint?: string;
}

export interface FormRules {
  /** Where it is defined. */
  readonly source: string;
  /** The values of `typ`, in lower case; undefined if any will do. */
  readonly types: readonly string[] | undefined;
  /** Whether the header has the public key. */
  readonly hasPublicKey: boolean;
  /** Whether it may be signed with a secret: `unlikely` if recipients seldom accept it. */
  readonly secret: 'refused' | 'unlikely' | 'allowed';
  /** Whether it may be encrypted after it was signed. */
  readonly mayBeEncrypted: boolean;
  readonly claims: readonly RequiredClaim[];
}

const isText = (value: JsonValue): boolean => typeof value === 'string' && value !== '';
const isAudience = (value: JsonValue): boolean =>
  isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText));
const isSeconds = (value: JsonValue): boolean => typeof value === 'number' && Number.isFinite(value);

const text = (name: string): RequiredClaim => ({ name, what: 'a string that is not empty', fits: isText });
const seconds = (name: string): RequiredClaim => ({
  name,
  what: 'the time of minting, or a time after it',
  fits: isSeconds,
  varies: true,
  hint: 'Use the field of the policy that writes it.',
});
const audience: RequiredClaim = { name: 'aud', what: 'a string, or a list of strings, not empty', fits: isAudience };
const newId: RequiredClaim = {
  ...text('jti'),
  varies: true,
  hint: 'Write an expression that gives a new id for each token, such as `uuid()`.',
};

/** RFC 9110 section 9.1: a method is a token. */
const isMethod = (value: JsonValue): boolean => typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value);

/** RFC 9449 section 4.2: the target URI without query and fragment. */
function isTarget(value: JsonValue): boolean {
  return typeof value === 'string' && !/[?#\s]/.test(value) && /^https?:\/\/[^/]/.test(value) && URL.canParse(value);
}

/** SHA-256 in base64url has 43 characters. */
const isHash = (value: JsonValue): boolean => typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value);

export const formRules: Readonly<Record<TokenForm, FormRules>> = {
  'at+jwt': {
    source: 'RFC 9068, section 2',
    types: ['at+jwt', 'application/at+jwt'],
    hasPublicKey: false,
    secret: 'unlikely',
    mayBeEncrypted: true,
    claims: [text('iss'), seconds('exp'), audience, text('sub'), text('client_id'), seconds('iat'), newId],
  },
  'client-assertion': {
    source: 'RFC 7523, section 3',
    types: undefined,
    hasPublicKey: false,
    secret: 'allowed',
    mayBeEncrypted: true,
    // OpenID Connect Core 1.0, section 9, requires `jti`, and the RFC does not.
    claims: [text('iss'), text('sub'), audience, seconds('exp'), { ...newId, isOptional: true }],
  },
  dpop: {
    source: 'RFC 9449, section 4.2',
    types: ['dpop+jwt'],
    hasPublicKey: true,
    secret: 'refused',
    mayBeEncrypted: false,
    claims: [
      newId,
      { name: 'htm', what: 'the method of the request', fits: isMethod },
      {
        name: 'htu',
        what: 'the URL of the request without query and fragment',
        fits: isTarget,
        hint: 'Build it of scheme, host and path, as the resource server sees them.',
      },
      seconds('iat'),
      {
        name: 'ath',
        what: 'the SHA-256 of the access token in base64url',
        fits: isHash,
        varies: true,
        isOptional: true,
        hint: 'Only a proof for the token endpoint has none.',
      },
    ],
  },
};
