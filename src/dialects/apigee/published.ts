/**
 * @module
 * The variables that a GenerateJWT policy sets: its output variable with the token, and `jwt.{policy}.…` (vendor page,
 * "Flow variables"). They are computed from the token when one of them is first read.
 */
import { parseExactly } from '../../diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import type { Published } from '../../plan/token-plan.ts';
import { isPrivate } from '../private-names.ts';
import { compileTimeFormat } from './time-format.ts';

export interface Publication {
  readonly policy: string;
  /** The policy's output variable. */
  readonly variable: string;
  /** The variable that is true if the policy failed. */
  readonly failed: string;
}

/** @param token undefined if no token was minted and the request is forwarded without one */
export function publish(publication: Publication, token: string | undefined, now: number): Published {
  if (token === undefined) return new Variables({ [publication.failed]: true });
  let variables: Variables | undefined;
  const make = (): Variables => {
    variables ??= new Variables(variablesOf(publication, token, now));
    return variables;
  };
  return { read: (name) => make().read(name), all: () => make().all() };
}

class Variables implements Published {
  readonly #values: JsonObject;

  constructor(values: JsonObject) {
    this.#values = values;
  }

  read(name: string): JsonValue | undefined {
    const key = normalised(name);
    return Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
  }

  all(): JsonObject {
    return this.#values;
  }
}

/** Header names are case-insensitive, the request's headers are those of the message, and `decoded.` is optional. */
function normalised(name: string): string {
  const header = /^(?:message|request)\.header\.(.+)$/.exec(name)?.[1];
  if (header !== undefined) return `message.header.${header.toLowerCase()}`;
  return name.replace(/^(jwt\..+?\.)decoded\.(claim|header)\./, '$1$2.');
}

/** Private variables are never published, so a token with a private output variable is not either. */
function variablesOf({ policy, variable }: Publication, token: string, now: number): JsonObject {
  const [headerPart = '', payloadPart = '', ...others] = token.split('.');
  const headerJson = Buffer.from(headerPart, 'base64url').toString('utf8');
  const header = parsed(headerJson);
  const isEncrypted = others.length > 1;
  const own = {
    ...entries('header.', header),
    ...renamed(header, headerNames),
    'header-json': headerJson,
    // Encrypted claims are not published: a later policy could write them to a header that anybody can read.
    ...(isEncrypted ? {} : claimVariables(Buffer.from(payloadPart, 'base64url').toString('utf8'), now)),
  };
  const prefixed = Object.entries(own).map(([name, value]) => [`jwt.${policy}.${name}`, value] as const);
  return {
    ...Object.fromEntries(prefixed),
    ...(isPrivate(variable) ? {} : { [normalised(variable)]: token }),
  };
}

/** The members of a part of our own token; numbers keep all their digits. */
function parsed(json: string): JsonObject {
  return parseExactly(json) as JsonObject;
}

function claimVariables(payloadJson: string, now: number): JsonObject {
  const claims = parsed(payloadJson);
  return {
    ...entries('claim.', claims),
    ...renamed(claims, claimNames),
    ...lifetime(claims, now),
    'payload-claim-names': Object.keys(claims),
    'payload-json': payloadJson,
  };
}

function entries(prefix: string, values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
}

const headerNames: readonly (readonly [member: string, name: string])[] = [
  ['alg', 'header.algorithm'],
  ['typ', 'header.type'],
];

const claimNames: readonly (readonly [member: string, name: string])[] = [
  ['sub', 'claim.subject'],
  ['iss', 'claim.issuer'],
  ['aud', 'claim.audience'],
  ['exp', 'claim.expiry'],
  ['iat', 'claim.issuedat'],
  ['nbf', 'claim.notbefore'],
];

function renamed(values: JsonObject, names: readonly (readonly [string, string])[]): JsonObject {
  const found = names.flatMap(([member, name]) => {
    const value = Object.hasOwn(values, member) ? values[member] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

const formatted = compileTimeFormat("yyyy-MM-dd'T'HH:mm:ss.SSSZ");

function lifetime(claims: JsonObject, now: number): JsonObject {
  const { exp, nbf } = claims;
  const end = typeof exp === 'number' ? exp * 1000 : undefined;
  const begun = typeof nbf !== 'number' || nbf * 1000 <= now;
  if (end === undefined) return { is_expired: false, valid: begun };
  const left = end - now;
  return {
    expiry_formatted: formatted?.(end) ?? '',
    seconds_remaining: Math.floor(left / 1000),
    time_remaining_formatted: clockTime(Math.max(0, left)),
    is_expired: left <= 0,
    valid: begun && left > 0,
  };
}

/** Such as `00:59:59.926`. Hours may exceed 24. */
function clockTime(milliseconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const rest = String(milliseconds % 1000).padStart(3, '0');
  return `${two(milliseconds / 3_600_000)}:${two((milliseconds / 60_000) % 60)}:${two((milliseconds / 1000) % 60)}.${rest}`;
}
