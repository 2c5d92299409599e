/**
 * @module
 * Whether a query meets a route's conditions, for every server that may read the request.
 *
 * A parameter is read as the WHATWG URL standard does: `&` separates, and names and values are decoded once. A request
 * that another server could read differently, so that it would get another route, is ambiguous. Usual queries have one
 * reading.
 */
import { isUnusualQuery, parametersOf, possibleParameters, type QueryParameters } from './query-parameters.ts';
import { pathInterpretations } from './request-path.ts';
import { type Answer, accepts, type ValueCondition } from './value-condition.ts';

export class QueryReading {
  readonly #query: string;
  /** Undefined if servers do not agree on where the query begins or ends, or on the name of a parameter. */
  readonly #parameters: QueryParameters | undefined;
  /** The parameters for servers at which `;` separates too. */
  readonly #others: QueryParameters | undefined;
  #possible: { readonly parameters: QueryParameters | undefined } | undefined;

  /** @param target `:path` */
  constructor(target: string) {
    const mark = target.indexOf('?');
    this.#query = mark === -1 ? '' : target.slice(mark + 1);
    const path = mark === -1 ? target : target.slice(0, mark);
    if (target.includes('#') || hidesQuery(path)) return;
    this.#parameters = parametersOf(this.#query, '&');
    if (this.#query.includes(';')) this.#others = parametersOf(this.#query, /[&;]/);
  }

  answer(condition: ValueCondition): Answer {
    if (this.#parameters === undefined) return 'ambiguous';
    const answer = answerOf(condition, this.#parameters);
    if (this.#query.includes(';')) {
      if (this.#others === undefined || answerOf(condition, this.#others) !== answer) return 'ambiguous';
    }
    return answer === 'no' && this.#isPossible(condition) ? 'ambiguous' : answer;
  }

  /** Whether some server may find a parameter that meets the condition. */
  #isPossible(condition: ValueCondition): boolean {
    if (!isUnusualQuery(this.#query)) return false;
    this.#possible ??= { parameters: possibleParameters(this.#query) };
    const { parameters } = this.#possible;
    if (parameters === undefined) return true;
    return parameters.named(condition.name).some(({ value = '' }) => accepts(condition, upToZero(value)));
  }
}

/** Whether a server that decodes the path before it looks for the query finds a `?` or `#` in it. */
function hidesQuery(path: string): boolean {
  return pathInterpretations(path)?.some((read) => /[?#]/.test(read)) ?? true;
}

function answerOf(condition: ValueCondition, parameters: QueryParameters): Answer {
  const [found, ...others] = parameters.named(condition.name);
  if (others.length > 0) return 'ambiguous';
  if (found === undefined) return 'no';
  const isExact = found.name === condition.name && !found.isDecodedAgain;
  if (isExact && condition.values === undefined) return 'yes';
  const { value, withPlus } = found;
  if (value === undefined) return 'ambiguous';
  if (accepts(condition, value)) return isExact ? 'yes' : 'ambiguous';
  return withPlus !== undefined && accepts(condition, withPlus) ? 'ambiguous' : 'no';
}

/** A zero byte ends a string in C. */
function upToZero(value: string): string {
  const end = value.indexOf('\0');
  return end === -1 ? value : value.slice(0, end);
}
