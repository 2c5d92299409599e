/**
 * @module
 * Plan and keys to minter: for each request a token in compact serialisation, signed (RFC 7515 section 7.1), encrypted
 * (RFC 7516 section 7.1), or signed and then encrypted (RFC 7519 section 5.2).
 */
import { MintError } from '../diagnostics/mint-error.ts';
import type { Encrypt } from '../jose/encrypt.ts';
import type { HeaderParameters } from '../jose/key-management.ts';
import type { Sign } from '../jose/sign.ts';
import type { Encryption, HeaderStep, Layout, Scope, Step, TokenPlan } from '../plan/token-plan.ts';
import { compileMembers, encodeWith, fixedMembers } from './members.ts';

/** Mints tokens by one plan with one set of keys. */
export interface Minter {
  /** @throws MintError where this request cannot get its token */
  mint(scope: Scope): string;
}

/** The keys of a plan, as they are used. */
export interface MintingKeys {
  /** Where the plan signs. */
  readonly signing?: { readonly sign: Sign; readonly kid?: string | undefined } | undefined;
  /** Where the plan encrypts. */
  readonly recipient?: { readonly encrypt: Encrypt; readonly kid?: string | undefined } | undefined;
}

type Content = Pick<TokenPlan, 'header' | 'claims' | 'layout' | 'encryption'>;

export function makeMinter(plan: Content, { signing, recipient }: MintingKeys): Minter {
  const { encryption } = plan;
  if (encryption === undefined) return { mint: compileSigned(plan, signing) };
  if (recipient === undefined) throw new TypeError('the plan encrypts, and there is no key to encrypt to');
  const content = compileContent(plan, encryption, signing);
  const encodeHeader = compileHeader(withKeyId(encryption.header, recipient.kid), plan.layout?.header);
  return {
    mint: (scope) => encrypted(recipient.encrypt, (added) => encodeHeader(scope, added), content(scope)),
  };
}

type MakeText = (scope: Scope) => string;

/** What is encrypted. */
function compileContent(plan: Content, { encloses }: Encryption, signing: MintingKeys['signing']): MakeText {
  switch (encloses) {
    case 'claims':
      return compileMembers(plan.claims, plan.layout?.claims);
    case 'signed':
      return compileSigned(plan, signing);
    case 'unsecured': {
      const content = compileUnsigned(plan, undefined);
      // RFC 7519 section 6: the signature is empty, and its dot stays.
      return (scope) => `${content(scope)}.`;
    }
  }
}

function compileSigned(plan: Content, signing: MintingKeys['signing']): MakeText {
  if (signing === undefined) throw new TypeError('the plan signs, and there is no key to sign with');
  const { sign, kid } = signing;
  const content = compileUnsigned(plan, kid);
  return (scope) => {
    const signingInput = content(scope);
    return `${signingInput}.${signed(sign, signingInput)}`;
  };
}

/** Header and claims. */
function compileUnsigned(plan: Content, kid: string | undefined): MakeText {
  const header = compileHeader(withKeyId(plan.header, kid), plan.layout?.header);
  const claims = compileMembers(plan.claims, plan.layout?.claims);
  return (scope) => `${header(scope, nothing)}.${base64url(claims(scope))}`;
}

const nothing: HeaderParameters = [];

function withKeyId(header: readonly HeaderStep[], kid: string | undefined): readonly Step[] {
  return header.flatMap((step): readonly Step[] => {
    if (step.kind !== 'key-id') return [step];
    return kid === undefined ? [] : [{ kind: 'fixed', name: 'kid', value: kid }];
  });
}

type EncodeHeader = (scope: Scope, added: HeaderParameters) => string;

/** Most headers are the same for every request, and then are encoded once. */
function compileHeader(steps: readonly Step[], layout: Layout | undefined): EncodeHeader {
  const fixed = fixedMembers(steps, layout);
  const encoded = fixed === undefined ? undefined : base64url(fixed);
  const encode = compileMembers(steps, layout);
  return (scope, added) => {
    if (added.length > 0) return base64url(encodeWith(steps, layout, scope, added));
    return encoded ?? base64url(encode(scope));
  };
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

function signed(sign: Sign, signingInput: string): string {
  try {
    return sign(signingInput);
  } catch (error) {
    throw new MintError('mint.signing-failed', 'The key could not sign.', error);
  }
}

function encrypted(encrypt: Encrypt, encodeHeader: (added: HeaderParameters) => string, content: string): string {
  try {
    return encrypt(encodeHeader, content);
  } catch (error) {
    if (error instanceof MintError) throw error;
    throw new MintError('mint.encryption-failed', 'The token could not be encrypted.', error);
  }
}
