/**
 * @module
 * Whether a key fits an algorithm, decided when a policy loads (RFC 8725 sections 3.1 and 3.5).
 */
import type { KeyObject } from 'node:crypto';
import type { Code } from '../diagnostics/codes.ts';
import type { Severity } from '../diagnostics/problem.ts';
import { type EcAlgorithm, type RsaAlgorithm, type SignatureAlgorithm, signatureAlgorithms } from './algorithms.ts';

/** What is wrong with a key; the text names types and sizes, never key material. */
export interface KeyFinding {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly suggestion?: string;
}

/** Everything that speaks against signing by `algorithm` with `key`; empty where they fit. */
export function checkSigningKey(algorithm: SignatureAlgorithm, key: KeyObject): readonly KeyFinding[] {
  if (algorithm.family === 'hmac') return checkSecret(algorithm.name, algorithm.minimumBytes, key);
  if (key.type !== 'private') return [wrongType(algorithm, `a ${key.type} key`)];
  const type = key.asymmetricKeyType ?? 'unknown';
  if (!takes(algorithm, type)) return [{ ...wrongType(algorithm, `a key of type ${type}`), ...whatFits(key, type) }];
  return checkFit(algorithm, key);
}

/** What speaks against a key of the right type: its curve, its size, what it is bound to. */
function checkFit(algorithm: SignatureAlgorithm, key: KeyObject): readonly KeyFinding[] {
  switch (algorithm.family) {
    case 'ec':
      return checkCurve(algorithm, key);
    case 'rsa':
    case 'rsa-pss':
      return checkRsa(algorithm, key);
    default:
      return [];
  }
}

const keyTypes: Readonly<Record<'rsa' | 'rsa-pss' | 'ec' | 'ed', readonly string[]>> = {
  rsa: ['rsa'],
  'rsa-pss': ['rsa', 'rsa-pss'],
  ec: ['ec'],
  ed: ['ed25519', 'ed448'],
};

function takes(algorithm: SignatureAlgorithm, type: string): boolean {
  if (algorithm.family === 'hmac') return false;
  return algorithm.family === 'ml-dsa' ? algorithm.keyType === type : keyTypes[algorithm.family].includes(type);
}

function whatFits(key: KeyObject, type: string): { readonly suggestion?: string } {
  const names = Array.from(signatureAlgorithms.values())
    .filter((algorithm) => takes(algorithm, type) && checkFit(algorithm, key).length === 0)
    .map(({ name }) => name);
  return names.length === 0 ? {} : { suggestion: `This key signs by ${names.join(', ')}.` };
}

function wrongType(algorithm: SignatureAlgorithm, found: string): KeyFinding {
  const needed = {
    hmac: 'a secret',
    rsa: 'an RSA private key',
    'rsa-pss': 'an RSA private key',
    ec: 'an EC private key',
    ed: 'an Ed25519 private key',
    'ml-dsa': `an ${algorithm.name} private key`,
  };
  return {
    code: 'jose.wrong-key-type',
    severity: 'error',
    message: `${algorithm.name} signs with ${needed[algorithm.family]}; this is ${found}.`,
  };
}

function checkSecret(name: string, minimumBytes: number, key: KeyObject): readonly KeyFinding[] {
  if (key.type !== 'secret') {
    return [
      {
        code: 'jose.wrong-key-type',
        severity: 'error',
        message: `${name} signs with a secret; this is a ${key.type} key.`,
      },
    ];
  }
  const size = key.symmetricKeySize ?? 0;
  if (size === 0) return [{ code: 'jose.empty-secret', severity: 'error', message: 'The secret is empty.' }];
  if (size >= minimumBytes) return [];
  return [
    {
      code: 'jose.short-secret',
      severity: 'warning',
      message: `The secret for ${name} has ${size} bytes; RFC 7518 section 3.2 asks for at least ${minimumBytes}.`,
      suggestion: 'A short secret can be found by trying. Use a random one, and change it at the backend as well.',
    },
  ];
}

function checkCurve(algorithm: EcAlgorithm, key: KeyObject): readonly KeyFinding[] {
  const curve = key.asymmetricKeyDetails?.namedCurve ?? 'an unnamed curve';
  if (curve === algorithm.curve) return [];
  const message = `${algorithm.name} needs a key on ${algorithm.curveName} (${algorithm.curve}); this one is on ${curve}.`;
  return [{ code: 'jose.wrong-curve', severity: 'error', message }];
}

function checkRsa(algorithm: RsaAlgorithm, key: KeyObject): readonly KeyFinding[] {
  const details = key.asymmetricKeyDetails;
  const bits = details?.modulusLength ?? 0;
  const findings: KeyFinding[] = [];
  if (bits < algorithm.minimumBits) {
    const message = `${algorithm.name} needs an RSA key of at least ${algorithm.minimumBits} bits; this one has ${bits}.`;
    findings.push({ code: 'jose.rsa-too-small', severity: 'error', message });
  }
  if (details?.hashAlgorithm !== undefined && details.hashAlgorithm !== algorithm.hash) {
    const message = `The key is bound to ${details.hashAlgorithm}, so it cannot sign by ${algorithm.name}.`;
    findings.push({ code: 'jose.wrong-key-type', severity: 'error', message });
  }
  return findings;
}
