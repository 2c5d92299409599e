/**
 * @module
 * Values of a request, each made together with what it needs of one. A function gets only what its value says it needs,
 * so a new value cannot forget to say so. Which header, and which part of the path, is for its author to say; a search
 * compares what is said with what is read.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import type { Bindings, Caller, RequestAttributes } from '../expressions/bindings.ts';
import type { CompiledExpression } from '../expressions/compiled-expression.ts';
import type { HeaderFields } from '../request/header-fields.ts';
import { valueAt } from '../request/object-view.ts';
import type { ConnectionInfo } from '../request/request-view.ts';
import {
  attributeNeed,
  callerNeed,
  connectionNeed,
  type Need,
  needsNothing,
  needsOfRead,
  type SentNeed,
} from './needs.ts';
import type { Computed, Scope } from './token-plan.ts';

interface OfTarget {
  readonly attributes: Pick<RequestAttributes, 'requestPath' | 'requestUri' | 'queryString' | 'queryParams'>;
}

/** The parts of a scope that a need gives. */
interface SentParts {
  readonly header: {
    readonly attributes: Pick<RequestAttributes, 'header' | 'lastHeader' | 'method'>;
    readonly request: { readonly headers: Pick<HeaderFields, 'values'> };
  };
  readonly headers: { readonly request: { readonly headers: Pick<HeaderFields, 'all'> } };
  readonly path: OfTarget;
  readonly query: OfTarget;
  readonly time: Pick<Bindings, 'now'>;
  readonly random: Pick<Bindings, 'randomId'>;
  readonly body: Pick<Bindings, 'payload'>;
}

type Both<T> = (T extends unknown ? (one: T) => void : never) extends (both: infer Whole) => void ? Whole : never;

/** The parts of a scope that needs of these kinds give. */
export type ScopeOf<Kind extends SentNeed['kind']> = Pick<Scope, 'memo'> & Both<SentParts[Kind]>;

type ScopeFor<Needs extends readonly SentNeed[]> = ScopeOf<Needs[number]['kind']>;

type Value = JsonValue | undefined;

/** The type says less than the scope has. */
function given<Needs extends readonly SentNeed[]>(scope: Scope): ScopeFor<Needs> {
  return scope as unknown as ScopeFor<Needs>;
}

/** A value of what every request has. */
export function sentValue<const Needs extends readonly SentNeed[]>(
  needs: Needs,
  read: (scope: ScopeFor<Needs>) => Value,
): Computed {
  return { needs: () => needs, evaluate: (scope) => read(given<Needs>(scope)) ?? undefined };
}

export function constantValue(value: Value): Computed {
  return { needs: needsNothing, evaluate: () => value ?? undefined };
}

/** @param others what `read` needs besides */
export function connectionValue<const Needs extends readonly SentNeed[] = readonly []>(
  member: keyof ConnectionInfo,
  read: (text: string | null, scope: ScopeFor<Needs>) => Value,
  others?: Needs,
): Computed {
  const needs = [connectionNeed(member), ...(others ?? [])];
  return {
    needs: () => needs,
    evaluate: (scope) => read(scope.attributes[member], given<Needs>(scope)) ?? undefined,
  };
}

/** Most requests have the value in what `others` say. */
export function spareConnectionValue<const Needs extends readonly SentNeed[]>(
  member: keyof ConnectionInfo,
  others: Needs,
  read: (text: string | null, scope: ScopeFor<Needs>) => Value,
): Computed {
  const needs = [connectionNeed(member, true), ...others];
  return {
    needs: () => needs,
    evaluate: (scope) => read(scope.attributes[member], given<Needs>(scope)) ?? undefined,
  };
}

export function attributeValue(name: string): Computed {
  const needs = [attributeNeed(name)];
  return { needs: () => needs, evaluate: ({ request }) => request.attributes.get(name) ?? undefined };
}

/** @param otherwise makes the value of a request without the attribute */
export function spareAttributeValue(name: string, otherwise: Computed): Computed {
  const need = attributeNeed(name, true);
  return {
    needs: () => [need, ...otherwise.needs()],
    evaluate: (scope) => scope.request.attributes.get(name) ?? otherwise.evaluate(scope),
  };
}

/** @param path the names that lead to the value; the namespace comes first */
export function metadataValue(path: readonly string[]): Computed {
  const needs: readonly Need[] = path.slice(0, 1).map((name) => ({ kind: 'namespace', name }));
  return {
    needs: () => needs,
    evaluate: ({ request }) => valueAt(request.metadata, path) ?? undefined,
  };
}

/** @param member as in the need of a caller */
export function callerValue(read: (caller: Caller) => Value, member?: readonly string[]): Computed {
  const needs: readonly Need[] = [member === undefined ? callerNeed : { kind: 'caller', member }];
  return { needs: () => needs, evaluate: ({ authentication }) => read(authentication) ?? undefined };
}

/** The value of an expression; undefined in place of null. */
export function expressionValue(expression: CompiledExpression): Computed {
  const { reads } = expression;
  return { needs: () => reads.flatMap(needsOfRead), evaluate: (scope) => expression.evaluate(scope) ?? undefined };
}
