/**
 * @module
 * Joins claims that Envoy has split. A claim such as `scope` is one string of words in a token (RFC 8693 section 4.2,
 * RFC 9068 section 2.2.3). jwt_authn splits the claims that `normalize_payload_in_metadata` names, which Istio always
 * sets for `scope` and `permission`, and Envoy Gateway for `scope` and `scp`.
 *
 * Envoy splits at spaces, drops empty items and leaves a string without any word unchanged. So only a list of words is
 * joined: a list that is empty, or has an item that is not a string, is empty or contains a space, was a list in the
 * token. Claims inside other claims are never split, so they are never joined.
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';

/** Names of claims at the top level of the token. */
export type JoinedClaims = readonly string[];

export const joinedByDefault: JoinedClaims = ['scope', 'scp', 'permission'];

/** The value of the claim `name`: one string if `joined` contains the name and the value is a list of words. */
export function joinedClaim(name: string, value: JsonValue | undefined, joined: JoinedClaims): JsonValue | undefined {
  return Array.isArray(value) && joined.includes(name) ? joinedWords(value) : value;
}

/** All claims in their order, those of `joined` as strings. */
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
