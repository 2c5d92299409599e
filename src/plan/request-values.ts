/**
 * @module
 * Values of a request, each made together with what it needs of Envoy. A function gets only what its value says it
 * needs, so a new value cannot forget to say so.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import type { Caller, RequestAttributes } from '../expressions/bindings.ts';
import type { ProxiedRequest } from '../request/incoming-request.ts';
import { valueAt } from '../request/object-view.ts';
import type { ConnectionInfo } from '../request/request-view.ts';
import { attributeNeed, callerNeed, connectionNeed, type Need, type NeedingValue, needsNothing } from './needs.ts';
import type { Scope } from './token-plan.ts';

/** The parts of a scope that every request has: Envoy always sends the headers. */
export interface SentScope extends Pick<Scope, 'memo' | 'now' | 'randomId'> {
  readonly attributes: Omit<RequestAttributes, keyof ConnectionInfo>;
  readonly request: Pick<ProxiedRequest, 'headers'>;
}

type Value = JsonValue | undefined;

/** A value of the headers, the time or a random number. */
export function sentValue(read: (scope: SentScope) => Value): NeedingValue {
  return { needs: needsNothing, evaluate: (scope) => read(scope) ?? undefined };
}

/** @param isSpare whether `read` makes a value without it */
export function connectionValue(
  member: keyof ConnectionInfo,
  read: (text: string | null, scope: SentScope) => Value,
  isSpare = false,
): NeedingValue {
  const needs = [connectionNeed(member, isSpare)];
  return {
    needs: () => needs,
    evaluate: (scope) => read(scope.attributes[member], scope) ?? undefined,
  };
}

/** @param otherwise makes the value of a request without the attribute */
export function attributeValue(name: string, otherwise?: (scope: SentScope) => Value): NeedingValue {
  const needs = [attributeNeed(name, otherwise !== undefined)];
  return {
    needs: () => needs,
    evaluate: (scope) => scope.request.attributes.get(name) ?? otherwise?.(scope) ?? undefined,
  };
}

/** @param path the names that lead to the value; the namespace comes first */
export function metadataValue(path: readonly string[]): NeedingValue {
  const needs: readonly Need[] = path.slice(0, 1).map((name) => ({ kind: 'namespace', name }));
  return {
    needs: () => needs,
    evaluate: ({ request }) => valueAt(request.metadata, path) ?? undefined,
  };
}

/** @param member as in the need of a caller */
export function callerValue(read: (caller: Caller) => Value, member?: readonly string[]): NeedingValue {
  const needs: readonly Need[] = [member === undefined ? callerNeed : { kind: 'caller', member }];
  return { needs: () => needs, evaluate: ({ authentication }) => read(authentication) ?? undefined };
}
