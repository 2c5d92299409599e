/**
 * @module
 * Whether a header meets a route's condition, for every server that may read the request.
 *
 * Servers disagree on a repeated header (the first, the last, or all of them joined), and Envoy joins some of them with
 * commas itself. Some read `x_tenant` as `x-tenant`. Where this changes the answer, the answer is `ambiguous`.
 */
import type { HeaderFields } from '../request/header-fields.ts';
import { lookalikesOf } from '../request/lookalikes.ts';
import type { Answer, ValueCondition } from './value-condition.ts';

/** The header fields that routes read. */
export type RoutedHeaders = Pick<HeaderFields, 'values' | 'namesOfLength'>;

const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** RFC 9110 section 5.6.2, in lower case. `host` is `:authority`, which has a condition of its own. */
export function isHeaderName(name: string): boolean {
  return token.test(name) && name !== 'host';
}

/** Whether all servers read this value of a header in the same way: printable ASCII without spaces at its edges. */
export function isHeaderValue(value: string): boolean {
  return /^[!-~](?:[ -~]*[!-~])?$/.test(value);
}

export interface HeaderCondition extends ValueCondition {
  /** Whether the headers meet the condition. */
  answer(headers: RoutedHeaders): Answer;
}

export function headerCondition(condition: ValueCondition): HeaderCondition {
  const { name, values } = condition;
  const findLookalikes = lookalikesOf([name]);
  const answer = (headers: RoutedHeaders): Answer => {
    const found = headers.values(name);
    if (found.length > 1 || findLookalikes(headers).some((other) => other !== name)) return 'ambiguous';
    const [value] = found;
    if (value === undefined) return 'no';
    return values === undefined ? isPresent(value) : isOneOf(values, value);
  };
  return { ...condition, answer };
}

/** Some servers read an empty header, or an empty list, as a missing one. */
function isPresent(value: string): Answer {
  return /[^\s,]/.test(value) ? 'yes' : 'ambiguous';
}

/** A server may read a list where another reads a value with commas, and may ignore spaces. */
function isOneOf(values: ReadonlySet<string>, value: string): Answer {
  if (values.has(value)) return 'yes';
  return value.split(',').some((part) => values.has(part.trim())) ? 'ambiguous' : 'no';
}
