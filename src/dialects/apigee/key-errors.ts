/**
 * @module
 * Apigee's names for errors of a key. Apigee reports them for a request; here they are reported when the policy loads.
 */
import type { TokenPlan } from '../../plan/token-plan.ts';
import type { Edition } from './editions.ts';

type KeyErrors = NonNullable<TokenPlan['keyErrors']>;

const signing: KeyErrors = {
  'jose.empty-secret': 'InsufficientKeyLength',
  'jose.wrong-key-type': 'WrongKeyType',
  'jose.wrong-curve': 'InvalidCurve',
  'keys.not-pem': 'InvalidPrivateKey',
  'keys.unreadable': 'InvalidPrivateKey',
  'keys.bad-encoding': 'InvalidSecretKey',
};

/** Edge signs with a short secret: a recorded token verifies with one of 10 bytes. */
export function signingErrors({ refusesShortSecrets }: Edition): KeyErrors {
  return refusesShortSecrets ? { ...signing, 'jose.short-secret': 'InsufficientKeyLength' } : signing;
}

export const recipientErrors: KeyErrors = {
  'jose.wrong-key-type': 'WrongKeyType',
  'jose.wrong-curve': 'InvalidCurve',
  'jose.wrong-key-length': 'InvalidSecretKey',
  'jose.empty-secret': 'InvalidPasswordKey',
  'jose.malformed-jwk': 'KeyParsingFailed',
  'jose.no-matching-key': 'NoMatchingPublicKey',
  'jose.private-recipient': 'InvalidPublicKey',
  'keys.not-pem': 'KeyParsingFailed',
  'keys.unreadable': 'KeyParsingFailed',
  'keys.bad-encoding': 'InvalidSecretKey',
};
