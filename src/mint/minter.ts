/**
 * @module
 * Makes a minter from a plan and its keys. For each request it mints a token in compact serialization: signed (RFC 7515
 * section 7.1), encrypted (RFC 7516 section 7.1), or signed and then encrypted (RFC 7519 section 5.2).
 */

import type { JsonObject } from '../diagnostics/json.ts';
import { Later } from '../diagnostics/later.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import type { Steps } from '../diagnostics/steps.ts';
import type { Encrypt } from '../jose/encrypt.ts';
import type { HeaderParameters } from '../jose/key-management.ts';
import type { Sign } from '../jose/signature-algorithms.ts';
import { base64urlOf } from '../jose/string-bytes.ts';
import type { Encryption, HeaderStep, Layout, Scope, Step, TokenPlan } from '../plan/token-plan.ts';
import { compileMembers, encodeWith, fixedMembers } from './members.ts';
import { Evaluation, type Values } from './values.ts';

/** Mints tokens. */
export interface Minter {
  /**
   * The token. It arrives later if its signature does, and may then fail with the same errors.
   *
   * @throws MintError if this request cannot get a token
   */
  mint(scope: Scope): string | Later<string>;
}

/** Mints with one plan and one set of keys in two stages. A reused token makes the second stage unnecessary. */
export interface StagedMinter extends Minter {
  /** Everything that can differ between two tokens that are minted at the same time. */
  evaluate(scope: Scope): Values;
  /** @param now the time of minting, in milliseconds since the epoch */
  write(values: Values, now: number): string | Later<string>;
}

/** What a header says of its key. */
export interface KeyInHeader {
  readonly kid?: string | undefined;
  /** Its public half; undefined for a secret, and if no JWK can hold it. */
  readonly jwk?: JsonObject | undefined;
}

/** The signer and the encrypter of a plan. */
export interface MintingKeys {
  /** If the plan signs. */
  readonly signing?: ({ readonly sign: Sign } & KeyInHeader) | undefined;
  /** If the plan encrypts. */
  readonly recipient?: { readonly encrypt: Encrypt; readonly kid?: string | undefined } | undefined;
}

type Content = Pick<TokenPlan, 'header' | 'claims' | 'layout' | 'encryption'>;

export function* makeMinter(plan: Content, keys: MintingKeys): Steps<StagedMinter> {
  const evaluation = new Evaluation();
  const write = yield* compileToken(plan, keys, evaluation);
  return {
    evaluate: (scope) => evaluation.evaluate(scope),
    write,
    mint: (scope) => write(evaluation.evaluate(scope), scope.now),
  };
}

type Write = StagedMinter['write'];

function* compileToken(plan: Content, { signing, recipient }: MintingKeys, evaluation: Evaluation): Steps<Write> {
  const { encryption } = plan;
  if (encryption === undefined) return yield* compileSigned(plan, signing, evaluation);
  if (recipient === undefined) throw new TypeError('the plan encrypts, but there is no key to encrypt to');
  const content = yield* compileContent(plan, encryption, signing, evaluation);
  const inHeader = { kid: recipient.kid };
  const encodeHeader = yield* compileHeader(encryption.header, inHeader, plan.layout?.header, evaluation);
  const encrypt = (values: Values, now: number, text: string): string =>
    encrypted(recipient.encrypt, (added) => encodeHeader(values, now, added), text);
  const encryptLater = (values: Values, now: number, text: Later<string>): Later<string> =>
    text.map((arrived) => encrypt(values, now, arrived));
  return (values, now) => {
    const enclosed = content(values, now);
    return enclosed instanceof Later ? encryptLater(values, now, enclosed) : encrypt(values, now, enclosed);
  };
}

/** What is encrypted. */
function* compileContent(
  plan: Content,
  { encloses }: Encryption,
  signing: MintingKeys['signing'],
  evaluation: Evaluation,
): Steps<Write> {
  switch (encloses) {
    case 'claims':
      return yield* compileMembers(yield* evaluation.place(plan.claims, 'claim'), plan.layout?.claims);
    case 'signed':
      return yield* compileSigned(plan, signing, evaluation);
    case 'unsecured': {
      const content = yield* compileUnsigned(plan, {}, evaluation);
      // RFC 7519 section 6: the signature is empty, but its dot remains.
      return (values, now) => `${content(values, now)}.`;
    }
  }
}

function* compileSigned(plan: Content, signing: MintingKeys['signing'], evaluation: Evaluation): Steps<Write> {
  if (signing === undefined) throw new TypeError('the plan signs, but there is no key to sign with');
  const { sign } = signing;
  const content = yield* compileUnsigned(plan, signing, evaluation);
  return (values, now) => signed(sign, content(values, now));
}

/** Header and claims. */
function* compileUnsigned(
  plan: Content,
  key: KeyInHeader,
  evaluation: Evaluation,
): Steps<(values: Values, now: number) => string> {
  const header = yield* compileHeader(plan.header, key, plan.layout?.header, evaluation);
  const claims = yield* compileMembers(yield* evaluation.place(plan.claims, 'claim'), plan.layout?.claims);
  return (values, now) => `${header(values, now, noParameters)}.${base64urlOf(claims(values, now))}`;
}

const noParameters: HeaderParameters = [];

type EncodeHeader = (values: Values, now: number, added: HeaderParameters) => string;

/** A header that is the same for every request is encoded once. */
function* compileHeader(
  header: readonly HeaderStep[],
  key: KeyInHeader,
  layout: Layout | undefined,
  evaluation: Evaluation,
): Steps<EncodeHeader> {
  const steps = yield* evaluation.place(withKey(header, key), 'header parameter');
  const fixed = fixedMembers(steps, layout);
  const encoded = fixed === undefined ? undefined : base64urlOf(fixed);
  const encode = yield* compileMembers(steps, layout);
  return (values, now, added) => {
    if (added.length > 0) return base64urlOf(encodeWith(steps, layout, values, now, added));
    return encoded ?? base64urlOf(encode(values, now));
  };
}

function withKey(header: readonly HeaderStep[], { kid, jwk }: KeyInHeader): readonly Step[] {
  return header.flatMap((step): readonly Step[] => {
    switch (step.kind) {
      case 'key-id':
        return kid === undefined ? [] : [{ kind: 'fixed', name: 'kid', value: kid }];
      case 'public-key':
        return jwk === undefined ? [] : [{ kind: 'fixed', name: 'jwk', value: jwk }];
      default:
        return [step];
    }
  });
}

function signed(sign: Sign, signingInput: string): string | Later<string> {
  let signature: string | Later<string>;
  try {
    signature = sign(signingInput);
  } catch (error) {
    return notSigned(error);
  }
  return signature instanceof Later ? signedLater(signature, signingInput) : `${signingInput}.${signature}`;
}

function signedLater(signature: Later<string>, signingInput: string): Later<string> {
  return signature.map((arrived) => `${signingInput}.${arrived}`, notSigned);
}

/** A service that signs says itself why it did not. */
function notSigned(cause: unknown): never {
  if (cause instanceof MintError) throw cause;
  throw new MintError('mint.signing-failed', 'The key could not sign.', { cause });
}

function encrypted(encrypt: Encrypt, encodeHeader: (added: HeaderParameters) => string, content: string): string {
  try {
    return encrypt(encodeHeader, content);
  } catch (error) {
    if (error instanceof MintError) throw error;
    throw new MintError('mint.encryption-failed', 'The token could not be encrypted.', { cause: error });
  }
}
