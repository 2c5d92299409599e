/**
 * @module
 * A token in compact serialization (RFC 7515 section 3.1, RFC 7516 section 3.1), taken apart and not yet verified. Its
 * author may be anybody, so nothing of it is repeated in a message.
 */
import { isObject, parseExactly } from '../diagnostics/exact-json.ts';
import type { JsonObject } from '../diagnostics/json.ts';

export interface SignedToken {
  readonly kind: 'signed';
  /** The token without what was copied with it: white space, `Bearer`, the name of the header. */
  readonly text: string;
  readonly header: JsonObject;
  readonly content: Buffer;
  readonly signingInput: string;
  readonly signature: Buffer;
}

export interface EncryptedToken {
  readonly kind: 'encrypted';
  readonly text: string;
  readonly header: JsonObject;
  /** The header as it is written, which the tag covers. */
  readonly headerText: string;
  readonly encryptedKey: Buffer;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

export type Token = SignedToken | EncryptedToken;

/** `message` is a sentence. */
export type TokenReading =
  | { readonly ok: true; readonly token: Token }
  | { readonly ok: false; readonly message: string };

/** Envoy accepts 60 KiB of headers by default, and 8 MiB at most; nobody sends a token that is nearly as long. */
export const maxTokenLength = 1_048_576;

/** @param text the token, with white space, `Bearer` and the header's name around it if it was copied from there */
export function readToken(text: string): TokenReading {
  if (text.length > maxTokenLength)
    return refuse(`The token is too long: the maximum is ${maxTokenLength} characters.`);
  const token = text.trim().replace(/^(?:[\w-]+:\s*)?(?:bearer\s+)?/i, '');
  if (token === '') return refuse('The token is empty.');
  const parts = token.split('.');
  if (parts.length !== 3 && parts.length !== 5) return refuse(wrongNumber(parts.length));
  const wrong = parts.findIndex((part) => !isBase64url(part));
  if (wrong !== -1) return refuse(notBase64url(wrong + 1, parts[wrong] ?? ''));
  const [headerText = '', second = '', third = '', ...rest] = parts;
  const header = jsonObject(bytesOf(headerText));
  if (header === undefined) return refuse('The header of the token, its first part, is not a JSON object.');
  const [fourth, fifth] = rest;
  if (fourth === undefined || fifth === undefined) {
    const signingInput = `${headerText}.${second}`;
    const [content, signature] = [bytesOf(second), bytesOf(third)];
    return { ok: true, token: { kind: 'signed', text: token, header, content, signingInput, signature } };
  }
  const [encryptedKey, iv, ciphertext, tag] = [bytesOf(second), bytesOf(third), bytesOf(fourth), bytesOf(fifth)];
  return { ok: true, token: { kind: 'encrypted', text: token, header, headerText, encryptedKey, iv, ciphertext, tag } };
}

function refuse(message: string): TokenReading {
  return { ok: false, message };
}

function wrongNumber(count: number): string {
  const found = count === 1 ? 'This has no dot' : `This has ${count} parts`;
  return `${found}. A signed token has three parts with dots between them, an encrypted one has five.`;
}

/** Base64url never has 1 character more than a multiple of 4. */
function isBase64url(part: string): boolean {
  return /^[\w-]*$/.test(part) && part.length % 4 !== 1;
}

function notBase64url(number: number, part: string): string {
  const where = `Part ${number} of the token`;
  if (/\s/.test(part)) return `${where} contains white space. Write the token on one line.`;
  if (/^[\w+/-]*={1,2}$|[+/]/.test(part)) {
    return `${where} is not base64url, as tokens are, but looks like Base64: it has \`+\`, \`/\` or \`=\`.`;
  }
  return `${where} is not base64url: letters, digits, \`-\` and \`_\`. A piece of it may be missing.`;
}

function bytesOf(part: string): Buffer {
  return Buffer.from(part, 'base64url');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The JSON object that the bytes write; undefined if they do not. */
export function jsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value = parseExactly(utf8.decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
