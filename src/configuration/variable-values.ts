/**
 * @module
 * How the value of a declared variable is read for a request.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import { metadataPath } from '../identity/metadata-path.ts';
import { distinctNeeds, type Need, type NeedingValue } from '../plan/needs.ts';
import { metadataValue, sentValue } from '../plan/request-values.ts';

export function constant(value: JsonValue): NeedingValue {
  return sentValue(() => value);
}

/** @param name in any case */
export function headerOf(name: string): NeedingValue {
  const header = name.toLowerCase();
  return sentValue(({ attributes }) => attributes.header(header));
}

export function metadataAt(namespace: string, path: string | readonly string[] | undefined): NeedingValue {
  return metadataValue(metadataPath(namespace, path));
}

/**
 * A value that is computed at most once for a request, however many policies read it. So are its needs: each template
 * of a long chain may read the next one twice.
 */
export function once(value: NeedingValue): NeedingValue {
  let needs: readonly Need[] | undefined;
  return {
    needs() {
      needs ??= distinctNeeds(value.needs());
      return needs;
    },
    evaluate(scope) {
      if (scope.memo.has(value)) return scope.memo.get(value);
      const computed = value.evaluate(scope);
      scope.memo.set(value, computed);
      return computed;
    },
  };
}
