/**
 * @module
 * Secrets that are put into files, and whether a piece of one is in an output.
 */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

export interface Canary {
  readonly kind: 'pem' | 'jwk' | 'secret' | 'passphrase';
  /** As its owner has it. */
  readonly text: string;
  /** Whether an output holds twelve characters of it one after the other, however they are written. */
  isIn(output: string): boolean;
}

/** So many characters of a secret are too many. */
const pieceLength = 12;

function canary(kind: Canary['kind'], text: string, parts: readonly string[]): Canary {
  const pieces = new Set(parts.flatMap(spellings).flatMap(piecesOf));
  // Most places of an output are recognised by the first characters of every piece.
  const beginnings = new Set([...pieces].map((piece) => beginningAt(piece, 0)));
  return {
    kind,
    text,
    isIn(output) {
      for (let at = 0; at + pieceLength <= output.length; at++) {
        if (beginnings.has(beginningAt(output, at)) && pieces.has(output.slice(at, at + pieceLength))) return true;
      }
      return false;
    },
  };
}

function beginningAt(text: string, at: number): number {
  return (text.charCodeAt(at) * 256 + text.charCodeAt(at + 1)) * 256 + text.charCodeAt(at + 2);
}

/** A part as it is in a file, an output or another encoding; Base64 has three, by where the part begins. */
function spellings(part: string): string[] {
  const bytes = Buffer.from(part, 'utf8');
  const shifted = [0, 1, 2].map((skip) => bytes.subarray(skip));
  return [
    part,
    bytes.toString('hex'),
    ...shifted.flatMap((rest) => [rest.toString('base64').slice(0, -4), rest.toString('base64url').slice(0, -4)]),
    JSON.stringify(part).slice(1, -1),
    encodeURIComponent(part),
    part.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`),
  ];
}

function piecesOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - pieceLength + 1) }, (_, at) =>
    text.slice(at, at + pieceLength),
  );
}

export function pem(key: KeyObject, passphrase?: string): Canary {
  const locked = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  const text = key.export({ format: 'pem', type: 'pkcs8', ...locked }).toString();
  return canary(
    'pem',
    text,
    text.split('\n').filter((line) => line !== '' && !line.startsWith('-----')),
  );
}

function jwk(key: object): Canary {
  // Short members (`kty`, `crv`, `e`) tell nothing of a key.
  const parts = Object.values(key).filter((value) => typeof value === 'string' && value.length >= pieceLength);
  return canary('jwk', JSON.stringify(key), parts.map(String));
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const bytes = randomBytes(32);

/** A password of PKCS#12 and of PEM, of words, of signs, and a short one that is a number. */
const passphrases = [
  'correct horse battery staple',
  'Tr0ub4dor&3<xyzzy>-plugh',
  'Hunter2Zebra_Quokka',
  '739184625017394',
];

export const canaries: readonly Canary[] = [
  pem(ec),
  pem(rsa),
  pem(ec, 'x'),
  jwk({ kty: 'oct', k: bytes.toString('base64url') }),
  jwk({ kty: 'oct', kid: 'one', use: 'sig', alg: 'HS256', k: randomBytes(32).toString('base64url') }),
  jwk(ec.export({ format: 'jwk' })),
  jwk(rsa.export({ format: 'jwk' })),
  ...(['base64', 'base64url', 'hex'] as const).map((encoding) => {
    const text = randomBytes(32).toString(encoding);
    return canary('secret', text, [text]);
  }),
  ...passphrases.map((text) => canary('passphrase', text, [text])),
];
