/**
 * @module
 * Numbers and names as people read them.
 */
import type { Dialect, ShownMember, ShownPolicy, TextRange } from '../interface.ts';

export const dialectNames: Readonly<Record<Dialect, string>> = {
  flex: 'MuleSoft Flex Gateway',
  apigee: 'Apigee',
  datapower: 'IBM API Connect',
};

export const resultWords: Readonly<Record<ShownPolicy['result'], string>> = {
  minted: 'Token minted',
  refused: 'Request refused',
  passed: 'Passed without a token',
  disabled: 'Disabled',
  'outside-rules': 'Outside its rules',
  'not-run': 'Not run',
};

/** `1,234 bytes`. */
export function bytesText(bytes: number): string {
  return `${grouped(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`;
}

/** `8 KiB`, `16,000 bytes`: limits are mostly whole KiB. */
export function limitText(bytes: number): string {
  return bytes % 1024 === 0 && bytes > 0 ? `${grouped(bytes / 1024)} KiB` : bytesText(bytes);
}

function grouped(number: number): string {
  return number.toString().replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Claims with a time in seconds (RFC 7519, section 4.1, OpenID Connect Core 1.0, section 2). */
const times: ReadonlySet<string | null> = new Set(['iat', 'exp', 'nbf', 'auth_time', 'updated_at']);

/** `2026-01-01 00:00:00 UTC`; undefined for a member that is not a time. */
export function timeText({ name, json }: ShownMember): string | undefined {
  if (!times.has(name) || json === undefined || !/^\d{1,11}(?:\.\d+)?$/.test(json)) return undefined;
  const date = new Date(Number(json) * 1000).toISOString();
  return `${date.slice(0, 10)} ${date.slice(11, 19)} UTC`;
}

/** `policy.yaml:4:5`. */
export function placeText({ file, from }: TextRange): string {
  return `${file}:${from.line}:${from.column}`;
}

export interface TokenPart {
  readonly label: string;
  readonly kind: 'header' | 'claims' | 'signature' | 'other';
  readonly text: string;
}

const signedParts: readonly (readonly [label: string, kind: TokenPart['kind']])[] = [
  ['Header', 'header'],
  ['Claims', 'claims'],
  ['Signature', 'signature'],
];
const encryptedParts: readonly (readonly [label: string, kind: TokenPart['kind']])[] = [
  ['Header', 'header'],
  ['Encrypted key', 'other'],
  ['Initialization vector', 'other'],
  ['Ciphertext', 'claims'],
  ['Tag', 'signature'],
];

/** The parts of a compact JWS (RFC 7515) or JWE (RFC 7516), with their names. */
export function tokenParts(text: string): TokenPart[] {
  const parts = text.split('.');
  const names = parts.length === encryptedParts.length ? encryptedParts : signedParts;
  return parts.map((part, index) => {
    const [label, kind] = names[index] ?? (['More', 'other'] as const);
    return { label, kind, text: part };
  });
}

/** Reason phrases of the statuses that refuse requests (RFC 9110, section 15). */
const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Content Too Large',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

export function statusText(status: number): string {
  const phrase = phrases[status];
  return phrase === undefined ? `${status}` : `${status} ${phrase}`;
}
