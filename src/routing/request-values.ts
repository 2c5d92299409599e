/**
 * @module
 * The headers and the query of one request, as the conditions of routes read them. The query is read when the first
 * route with a condition on it is tried.
 */
import { MintError } from '../diagnostics/mint-error.ts';
import type { HeaderCondition, RoutedHeaders } from './header-condition.ts';
import { QueryReading } from './query-condition.ts';
import type { Answer, ValueCondition } from './value-condition.ts';

/** The conditions of a route on headers and query parameters. */
export interface ValueConditions {
  readonly headers: readonly HeaderCondition[] | undefined;
  readonly query: readonly ValueCondition[] | undefined;
}

export class RequestValues {
  readonly #headers: RoutedHeaders;
  readonly #target: string;
  #query: QueryReading | undefined;

  /** @param target `:path`; empty if there is none (CONNECT) */
  constructor(headers: RoutedHeaders, target: string) {
    this.#headers = headers;
    this.#target = target;
  }

  /** Whether the request meets the conditions for some server. */
  mayMeet(conditions: ValueConditions): boolean {
    const answers = [...this.#ofHeaders(conditions), ...this.#ofQuery(conditions)];
    return answers.includes('ambiguous') || !answers.includes('no');
  }

  /** @throws MintError `route.ambiguous-header`, `route.ambiguous-query` if it may not meet them for another server */
  requireClear(conditions: ValueConditions): void {
    if (this.#ofHeaders(conditions).includes('ambiguous')) {
      throw new MintError('route.ambiguous-header', 'Servers may disagree on a header that a route needs.');
    }
    if (this.#ofQuery(conditions).includes('ambiguous')) {
      throw new MintError('route.ambiguous-query', 'Servers may disagree on a query parameter that a route needs.');
    }
  }

  #ofHeaders({ headers = [] }: ValueConditions): readonly Answer[] {
    return headers.map((condition) => condition.answer(this.#headers));
  }

  #ofQuery({ query = [] }: ValueConditions): readonly Answer[] {
    if (query.length === 0) return [];
    this.#query ??= new QueryReading(this.#target);
    const reading = this.#query;
    return query.map((condition) => reading.answer(condition));
  }
}
