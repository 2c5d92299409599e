/**
 * @module
 * What a trial gave, as plain objects: the JSON of `mint`, and the answers of the library.
 */
import { type Code, codes } from '../diagnostics/codes.ts';
import type { JsonObject } from '../diagnostics/json.ts';
import { memberField } from '../diagnostics/mint-error.ts';
import { jsonObject, readToken } from '../jose/token-parts.ts';
import type { Output } from '../plan/token-plan.ts';
import type { MintAnswer } from './mint-alone.ts';
import type { Reason, Refused } from './outcome-words.ts';
import type { PolicyResult, Trial, TriedPolicy } from './run-trial.ts';

/** Header and claims; the claims of an encrypted token are null, since only its recipient can read them. */
export interface TokenParts {
  readonly header: JsonObject;
  readonly claims: JsonObject | null;
}

export interface TokenFields extends TokenParts {
  readonly token: string;
  /** The header of the request that carries it. */
  readonly output: { readonly header: string; readonly value: string };
}

/** The member and the place are those of the expression that failed; absent if no single one did. */
export interface ReasonFields {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly claim?: string | undefined;
  readonly headerParameter?: string | undefined;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What the client gets; `code` and `message` say why if no policy ran. */
export interface RefusalFields {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly code?: Code;
  readonly message?: string;
}

type WithoutToken = Exclude<PolicyResult['kind'], 'minted' | 'refused' | 'passed'>;

export type PolicyFields =
  | ({ readonly policy: string; readonly result: 'minted' } & TokenFields)
  | { readonly policy: string; readonly result: 'refused' | 'passed'; readonly error: ReasonFields }
  | { readonly policy: string; readonly result: WithoutToken };

export interface TrialFields {
  /** Whether the request goes on, with a token of every policy of its route. */
  readonly ok: boolean;
  readonly outcome: Trial['decision']['kind'];
  readonly refusal?: RefusalFields;
  readonly policies: readonly PolicyFields[];
}

export type MintFields = ({ readonly ok: true } & TokenFields) | { readonly ok: false; readonly error: ReasonFields };

export function partsOf(token: string): TokenParts {
  const reading = readToken(token);
  if (!reading.ok) throw new TypeError('a minted token that is not one');
  const { token: read } = reading;
  const claims = read.kind === 'signed' ? jsonObject(read.content) : null;
  if (claims === undefined) throw new TypeError('a minted token whose claims are not an object');
  return { header: read.header, claims };
}

function tokenFields(token: string, { header, prefix }: Output): TokenFields {
  return { token, ...partsOf(token), output: { header, value: prefix + token } };
}

export function reasonFields({ code, message, origin }: Reason): ReasonFields {
  if (origin === undefined) return { code, message };
  const { file, line, column } = origin.place;
  return { code, message, ...memberField(origin), file, line, column };
}

export function refusalFields({ refusal, code }: Refused): RefusalFields {
  const why = code === undefined ? {} : { code, message: codes[code] };
  const { status, contentType, headers, body } = refusal;
  const more = headers === undefined ? {} : { headers: Object.fromEntries(headers) };
  return { status, contentType, ...more, body, ...why };
}

export function trialFields(trial: Trial): TrialFields {
  const { decision, policies } = trial;
  const refusal = decision.kind === 'refuse' ? { refusal: refusalFields(decision) } : {};
  return { ok: isWhole(trial), outcome: decision.kind, ...refusal, policies: policies.map(policyFields) };
}

export function isWhole({ decision, policies }: Trial): boolean {
  return decision.kind === 'forward' && policies.length > 0 && policies.every(({ result }) => result.kind === 'minted');
}

function policyFields({ policy, result }: TriedPolicy): PolicyFields {
  const { name } = policy;
  switch (result.kind) {
    case 'minted':
      return { policy: name, result: result.kind, ...tokenFields(result.token, policy.output) };
    case 'refused':
    case 'passed':
      return { policy: name, result: result.kind, error: reasonFields(result.reason) };
    default:
      return { policy: name, result: result.kind };
  }
}

/** @throws TypeError if the policy was not loaded and has no error */
export function mintFields(answer: MintAnswer): MintFields {
  switch (answer.kind) {
    case 'minted':
      return { ok: true, ...tokenFields(answer.token, answer.policy.output) };
    case 'refused':
      return { ok: false, error: reasonFields(answer.error) };
    case 'unloadable': {
      const first = answer.problems.find(({ severity }) => severity === 'error');
      if (first === undefined) throw new TypeError('a policy was not loaded and has no error');
      const { code, message, place } = first;
      return { ok: false, error: { code, message, file: place.file, line: place.line, column: place.column } };
    }
  }
}
