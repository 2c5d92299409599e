/**
 * @module
 * The header parameters and claims of a token, each with how it is computed and, after a trial, what it read and was.
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import type { MintError } from '../diagnostics/mint-error.ts';
import type { Place } from '../diagnostics/source-text.ts';
import type { ReadInput } from '../mint/recorded-scope.ts';
import type { StepRecorder } from '../mint/step-recorder.ts';
import type { HeaderStep, Step, TokenPlan } from '../plan/token-plan.ts';

export interface ExplainedMember {
  /** Null if the request gives the name, and it is not known. */
  readonly name: string | null;
  /** How it is computed, in words. */
  readonly comes: string;
  /** Where the policy defines it. */
  readonly place?: Place;
  /** Absent without a trial, unless it is a constant; undefined if the token has no such member. */
  readonly value?: JsonValue | undefined;
  readonly error?: MintError;
  readonly reads?: readonly ReadInput[];
}

export interface ExplainedToken {
  /** The header that every recipient can read. */
  readonly header: readonly ExplainedMember[];
  /** The header of the token that is encrypted; absent if none is. */
  readonly enclosedHeader?: readonly ExplainedMember[];
  readonly claims: readonly ExplainedMember[];
}

/** What happened to a request. */
export interface TriedMembers {
  readonly recorder: StepRecorder;
  /** The time of minting, in milliseconds since the epoch. */
  readonly at: number;
  /** The protected header of the token; undefined if none was minted. */
  readonly header: JsonObject | undefined;
}

/** @param tried absent to describe the plan for any request */
export function explainToken({ header, claims, encryption }: TokenPlan, tried?: TriedMembers): ExplainedToken {
  const inner = header.flatMap((step) => membersOf(step, tried, encryption !== undefined));
  const outer = encryption?.header.flatMap((step) => membersOf(step, tried, false));
  return {
    header: withAdded(outer ?? inner, tried?.header),
    ...(encryption === undefined || encryption.encloses === 'claims' ? {} : { enclosedHeader: inner }),
    claims: claims.flatMap((step) => membersOf(step, tried, false)),
  };
}

/** Parameters that no step makes: those of the key management, and the identifier of a key of the configuration. */
function withAdded(members: readonly ExplainedMember[], header: JsonObject | undefined): readonly ExplainedMember[] {
  const added = Object.entries(header ?? {}).filter(([name]) => !members.some((member) => member.name === name));
  const comesOf = (name: string): string => (name === 'kid' ? comesFromKey : 'what encrypts the token adds it');
  return [...members, ...added.map(([name, value]) => ({ name, comes: comesOf(name), value }))];
}

const comesFromKey = 'the identifier of the key in use, if it has one';

/** How a time claim begins to say where it comes from. */
export const timeOfMinting = 'the time of minting';

/** @param isHidden whether the step is of a header that only the recipient can read */
function membersOf(step: HeaderStep, tried: TriedMembers | undefined, isHidden: boolean): readonly ExplainedMember[] {
  switch (step.kind) {
    case 'fixed':
      return [{ name: step.name, comes: 'the same for every request', ...placed(step), value: step.value }];
    case 'time': {
      const comes = `${timeOfMinting}${step.offset === 0 ? '' : ` + ${step.offset} s`}`;
      const value = tried && { value: Math.floor(tried.at / 1000) + step.offset };
      return [{ name: step.name, comes, ...placed(step), ...value }];
    }
    case 'key-id':
      return [{ name: 'kid', comes: comesFromKey, ...(tried?.header && !isHidden && { value: tried.header['kid'] }) }];
    case 'public-key':
      return [
        {
          name: 'jwk',
          comes: 'the public half of the key in use',
          ...(tried?.header && !isHidden && { value: tried.header['jwk'] }),
        },
      ];
    case 'members':
      return ofObject(step, tried);
    case 'computed':
      return [ofComputed(step, tried)];
  }
}

function placed({ place }: { readonly place?: Place | undefined }): Pick<ExplainedMember, 'place'> {
  return place === undefined ? {} : { place };
}

type ComputedStep = Extract<Step, { readonly kind: 'computed' }>;
type ObjectStep = Extract<Step, { readonly kind: 'members' }>;

function ofComputed({ name, value, place }: ComputedStep, tried: TriedMembers | undefined): ExplainedMember {
  const given = typeof name === 'string' ? undefined : tried?.recorder.of(name);
  const known = typeof name === 'string' ? name : given?.value;
  const member = { name: typeof known === 'string' ? known : null, comes: 'from each request', place };
  const record = tried?.recorder.of(value);
  if (record === undefined) return member;
  const error = record.error ?? given?.error;
  const reads = [...record.reads, ...(given?.reads ?? [])];
  return { ...member, reads, ...(error === undefined ? { value: record.value } : { error }) };
}

function ofObject({ value, place }: ObjectStep, tried: TriedMembers | undefined): readonly ExplainedMember[] {
  const comes = 'the members of an object, from each request';
  const record = tried?.recorder.of(value);
  if (record === undefined) return [{ name: null, comes, place }];
  const { error, reads } = record;
  if (error !== undefined) return [{ name: null, comes, place, reads, error }];
  const members = Object.entries((record.value ?? {}) as JsonObject);
  if (members.length === 0) return [{ name: null, comes, place, reads, value: undefined }];
  return members.map(([name, member]) => ({ name, comes, place, reads, value: member }));
}
