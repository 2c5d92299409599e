/**
 * @module
 * Whether a token is the same for every request but for its times: what each of its members reads, and when it expires.
 *
 * Each member is computed once, for an empty request that notes what is read of it. A member that reads nothing of one
 * request cannot depend on another: it could only have found out by reading. So, unlike what a policy declares to need
 * (`plan/needs.ts`), this has no exceptions. A key for tokens that Envoy keeps cannot be made this way: it must have
 * what any request would read, in every branch.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import type { Caller, RequestAttributes } from '../expressions/bindings.ts';
import type { HeaderStep, Published, Scope, Step, TokenPlan } from '../plan/token-plan.ts';
import { noHeaders } from '../request/header-fields.ts';
import type { ProxiedRequest } from '../request/incoming-request.ts';
import { emptyView } from '../request/object-view.ts';
import { RequestView } from '../request/request-view.ts';

/** What a constant token cannot depend on. */
export type Input = 'request' | 'caller' | 'time' | 'random';

type ComputedStep = Extract<Step, { readonly kind: 'computed' | 'members' }>;

/** A member that a constant token cannot have. */
export interface Variable {
  readonly step: ComputedStep;
  /** What it reads; undefined if it cannot be computed at all. */
  readonly input: Input | undefined;
}

/** What a claim is in every token: a time counted from its minting, in seconds, or a value. */
export type ConstantClaim =
  | { readonly kind: 'after'; readonly seconds: number }
  | { readonly kind: 'value'; readonly value: JsonValue };

export interface ConstantParts {
  /** Empty if the token is constant. */
  readonly variables: readonly Variable[];
  /** The claims that do not vary, by name. */
  readonly claims: ReadonlyMap<string, ConstantClaim>;
}

type Content = Pick<TokenPlan, 'header' | 'claims' | 'encryption'>;

export function* constantParts({ header, claims, encryption }: Content): Steps<ConstantParts> {
  const headers = yield* eachInSteps([...header, ...(encryption?.header ?? [])], (step) => read(step));
  const ofClaims = yield* eachInSteps(claims, (step) => read(step));
  const all = [...headers, ...ofClaims];
  return {
    variables: all.flatMap(({ variable }) => variable ?? []),
    claims: new Map(ofClaims.flatMap(({ members }) => members)),
  };
}

interface ReadStep {
  readonly variable?: Variable;
  readonly members: readonly (readonly [name: string, claim: ConstantClaim])[];
}

function read(step: HeaderStep): ReadStep {
  switch (step.kind) {
    case 'key-id':
    case 'public-key':
      return { members: [] };
    case 'fixed':
      return { members: [[step.name, { kind: 'value', value: step.value }]] };
    case 'time':
      return { members: [[step.name, { kind: 'after', seconds: step.offset }]] };
    case 'computed':
    case 'members':
      return compute(step);
  }
}

function compute(step: ComputedStep): ReadStep {
  // The time does not matter: it is noted if it is read.
  const scope = new ConstantScope(0);
  let members: readonly (readonly [string, JsonValue])[] = [];
  let isFailed = false;
  try {
    members = membersOf(step, scope);
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
    isFailed = true;
  }
  const [input] = scope.read;
  if (input !== undefined || isFailed) return { variable: { step, input }, members: [] };
  return { members: members.map(([name, value]) => [name, { kind: 'value', value }]) };
}

function membersOf(step: ComputedStep, scope: Scope): readonly (readonly [string, JsonValue])[] {
  const value = step.value.evaluate(scope);
  if (value === undefined) return [];
  if (step.kind === 'members') return Object.entries(value as object);
  const name = typeof step.name === 'string' ? step.name : step.name.evaluate(scope);
  return name === undefined ? [] : [[name, value]];
}

/** What a request without anything has. */
export const nobody: Caller = { clientId: null, clientName: null, principal: null, properties: null };
const emptyRequest: ProxiedRequest = { headers: noHeaders, attributes: new Map(), metadata: emptyView };
export const nowhere = { scheme: null, version: null, remoteAddress: null, localAddress: null };

/** In place of a random one. */
export const anyId = '00000000-0000-4000-8000-000000000000';

/** The scope of no request. It notes what is read. */
export class ConstantScope implements Scope {
  readonly #now: number;
  readonly #read = new Set<Input>();
  readonly memo = new Map<object, JsonValue | undefined>();
  readonly variables: ReadonlyMap<string, JsonValue> = new Map();
  /** A constant token is the only one of its route, so no policy before it sets variables. */
  readonly published: readonly Published[] = [];

  /** @param now the time of minting, in milliseconds since the epoch */
  constructor(now: number) {
    this.#now = now;
  }

  /** What was read, in that order. */
  get read(): ReadonlySet<Input> {
    return this.#read;
  }

  get attributes(): RequestAttributes {
    this.#read.add('request');
    return new RequestView(noHeaders, nowhere);
  }

  get request(): ProxiedRequest {
    this.#read.add('request');
    return emptyRequest;
  }

  get authentication(): Caller {
    this.#read.add('caller');
    return nobody;
  }

  get now(): number {
    this.#read.add('time');
    return this.#now;
  }

  randomId(): string {
    this.#read.add('random');
    return anyId;
  }
}
