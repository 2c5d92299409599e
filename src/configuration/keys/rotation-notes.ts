/**
 * @module
 * What is found at load of keys that follow each other, and would fail at a rotation: a key without a date behind
 * several instances, a date that verifiers learn too late, a key that no verifier can get.
 */
import { type KeyFinding, keyWarning } from '../../jose/key-finding.ts';
import { publishedJwk } from '../../keys/key-set.ts';
import type { FoundKey, KeyRing } from '../../keys/rotation.ts';
import type { JwksSettings } from '../jwks-schema.ts';

/** The keys of a policy. */
export interface RotationNotes {
  readonly now: number;
  /** Undefined if no key is published. */
  readonly jwks: JwksSettings | undefined;
  readonly found: readonly FoundKey[];
  readonly ring: KeyRing;
  /** Whether the declaration is made for several keys: a folder, or versions. */
  readonly rotates: boolean;
}

export function rotationFindings(notes: RotationNotes): readonly KeyFinding[] {
  const { jwks, found, rotates } = notes;
  const asymmetric = found.filter(({ held }) => held.key.type !== 'secret');
  if (asymmetric.length === 0) return [];
  if (jwks === undefined) return rotates && found.length > 1 ? [publishedElsewhere] : [];
  return [
    ...(asymmetric.some(({ held }) => publishedJwk(held, new Set()) === undefined && held.thumbprint === undefined)
      ? [unpublished]
      : []),
    ...(jwks.replicas > 1 ? undated(asymmetric, rotates) : []),
    ...late(notes),
  ];
}

const publishedElsewhere: KeyFinding = {
  code: 'keys.published-elsewhere',
  severity: 'note',
  message: 'The keys follow each other, and nothing here publishes them: verifiers need each new one before it signs.',
  suggestion: 'Write `jwks:`, or `activeFrom` with the time at which all verifiers have the key.',
};

const unpublished = keyWarning(
  'keys.unpublished',
  'No JWK can hold this key, such as an RSA key that is restricted to PSS, so it is missing in the JWKS.',
  'Use another key for these tokens, or give the public key to the verifiers yourself.',
);

/** The first key needs no date: it is the one that signs until the first date. */
function undated(found: readonly FoundKey[], rotates: boolean): readonly KeyFinding[] {
  const real = found.filter(({ held }) => !held.generated);
  if (rotates && real.slice(1).some(({ activeFrom }) => activeFrom === undefined)) {
    const message =
      'A key without a date follows another one. Each of the several instances (`jwks.replicas`) would begin to sign with it at another time, also after a restart.';
    const suggestion =
      'Write `activeFrom`, or a file name such as `20260701T000000Z--KID.pem`. `mintproc keys rotate` writes them.';
    return [keyWarning('keys.undated', message, suggestion)];
  }
  if (rotates || real.every(({ activeFrom }) => activeFrom !== undefined)) return [];
  const message =
    'The key is one file or value without a date. When it is replaced, each of the several instances (`jwks.replicas`) signs with the new one at another time, and verifiers may not know it.';
  const suggestion =
    'Declare it under `keys` with `versions: [{ file: … }]`; `mintproc keys rotate` then adds the next one with its date.';
  return [keyWarning('keys.undated', message, suggestion)];
}

/**
 * A date that is sooner than verifiers can know the key. The ring waits for them; an instance that starts later does
 * not.
 */
function late({ now, found, ring }: RotationNotes): readonly KeyFinding[] {
  const isLate = ring.some(({ held, activeFrom }) => {
    const date = found.find((key) => key.held === held)?.activeFrom;
    return date !== undefined && activeFrom > date && activeFrom > now;
  });
  if (!isLate) return [];
  const message =
    'A new key has an `activeFrom` at which verifiers may not know it yet. It signs later here; an instance that starts after that time signs with it at once.';
  return [
    keyWarning(
      'keys.late-announcement',
      message,
      'Write a later `activeFrom`: after the time of the change and `jwks.publishAhead`.',
    ),
  ];
}
