/**
 * @module
 * Claims that are one string in a token, words with spaces between them (`scope`: RFC 8693 section 4.2, RFC 9068 section
 * 2.2.3), and that come out of Envoy as lists: jwt_authn splits those that `normalize_payload_in_metadata` names, which
 * Istio always sets for `scope` and `permission`, and Envoy Gateway for `scope` and `scp`. Here they are joined again.
 *
 * Envoy splits at spaces, drops what is empty, and leaves a string without any word as it is. So only a list of words is
 * joined: one that is empty, or has an item that is no string, is empty or has a space in it, was a list in the token.
 * Claims inside other claims are never split, and so never joined.
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';

/** Names of claims, in the token itself. */
export type JoinedClaims = readonly string[];

export const joinedByDefault: JoinedClaims = ['scope', 'scp', 'permission'];

/** The value of the claim `name`: one string where it is one of `joined` and a list of words. */
export function joinedClaim(name: string, value: JsonValue | undefined, joined: JoinedClaims): JsonValue | undefined {
  return Array.isArray(value) && joined.includes(name) ? joinedWords(value) : value;
}

/** All claims, in their order. */
export function withJoined(claims: JsonObject, joined: JoinedClaims): JsonObject {
  let changed: Record<string, JsonValue> | undefined;
  for (const name of joined) {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    if (!Array.isArray(value)) continue;
    changed ??= { ...claims };
    changed[name] = joinedWords(value);
  }
  return changed ?? claims;
}

function joinedWords(list: readonly JsonValue[]): JsonValue {
  return list.length > 0 && list.every(isWord) ? list.join(' ') : list;
}

function isWord(item: JsonValue): boolean {
  return typeof item === 'string' && item !== '' && !item.includes(' ');
}
