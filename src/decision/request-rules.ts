/**
 * @module
 * Whether a policy is for a request, by the policy's own rules.
 *
 * A request outside the rules goes on without a token, so the same care is needed as for routes: a path that servers
 * interpret differently is refused unless all interpretations lead to the same answer, and upper and lower case do not
 * help to leave a rule.
 */
import { MintError } from '../diagnostics/mint-error.ts';
import type { TextPattern } from '../expressions/text-pattern.ts';
import type { RequestRule, RequestRules } from '../plan/request-rules.ts';
import type { HeaderFields } from '../request/header-fields.ts';
import { lookalikesOf } from '../request/lookalikes.ts';
import { hostOf } from '../routing/request-host.ts';
import { pathInterpretations } from '../routing/request-path.ts';

/** Whether a policy is for the request with these header fields. @throws MintError `route.*` if that is uncertain */
export type IsFor = (headers: HeaderFields) => boolean;

/** The time of a comparison grows with the text. @internal Exported for the test of the limit. */
export const longestCompared = 4096;

/**
 * Of one request, over all its comparisons: the sum of a pattern's states times the text's length. Patterns and texts
 * that were made to be slow take a tenth of a second; 20 usual rules compare a path of a thousand characters.
 *
 * @internal Exported for the test of the limit.
 */
export const maxWork = 2_000_000;

/** The comparisons of one request. */
class Comparisons {
  #work = 0;

  /** @param tooMany makes the error for a request that is too costly to compare */
  anyCase(pattern: TextPattern, text: string, tooMany: () => MintError): boolean {
    this.#count(pattern, text, tooMany);
    return pattern.matchesAnyCase(text);
  }

  exact(pattern: TextPattern, text: string, tooMany: () => MintError): boolean {
    this.#count(pattern, text, tooMany);
    return pattern.matches(text);
  }

  #count({ states }: TextPattern, text: string, tooMany: () => MintError): void {
    this.#work += states * text.length;
    if (this.#work > maxWork) throw tooMany();
  }
}

/** Undefined if the policy is for every request. */
export function compileRules(wanted: RequestRules | undefined): IsFor | undefined {
  if (wanted === undefined) return undefined;
  const { rules, basePaths } = wanted;
  const readsPath = rules.some(({ path }) => path !== undefined);
  const readsHost = rules.some(({ host }) => host !== undefined);
  const readsMethod = rules.some(({ method }) => method !== undefined);
  const compiled = rules.map((rule) => ({ ...rule, headers: rule.headers.map(headerTest) }));
  return (headers) => {
    const comparisons = new Comparisons();
    const method = readsMethod ? methodOf(headers) : '';
    const hosts = readsHost ? hostForms(headers.first(':authority')) : [];
    const someRule: SomeRule = (fitsPath) =>
      compiled.some(
        ({ path, method: methods, host, headers: wanted }) =>
          (path === undefined || fitsPath(path)) &&
          (methods === undefined || comparisons.anyCase(methods, method, ambiguousPath)) &&
          (host === undefined || hosts.some((form) => comparisons.anyCase(host, form, ambiguousHost))) &&
          wanted.every((fits) => fits(headers, comparisons)),
      );
    if (!readsPath) return someRule(() => true);
    return forEveryPath(headers.first(':path') ?? '', basePaths, someRule, comparisons);
  };
}

type SomeRule = (fitsPath: (pattern: TextPattern) => boolean) => boolean;

/** Without the method (`forward_rules` of Envoy's filter), no rule with `methods` would ever match. */
function methodOf(headers: HeaderFields): string {
  const method = headers.first(':method') ?? '';
  if (method !== '') return method;
  throw new MintError('route.untold', 'A rule of the policy needs something that Envoy did not send: :method.');
}

/**
 * The answer that all interpretations of the path have. They are in lower case and decoded, and the vendor's gateway
 * compares the path as it is, so the policy is also for a path that matches as it is.
 */
function forEveryPath(
  target: string,
  basePaths: readonly string[],
  someRule: SomeRule,
  comparisons: Comparisons,
): boolean {
  const path = target.split('?', 1)[0] ?? '';
  const paths = path === '' || path.length > longestCompared ? undefined : pathInterpretations(target);
  if (paths === undefined) throw ambiguousPath();
  const rests = paths.map((one) => afterBasePath(one, basePaths));
  if (rests.every((rest) => rest === undefined)) throw outsideBasePath();
  const isForAny = (one: string): boolean => someRule((pattern) => comparisons.anyCase(pattern, one, ambiguousPath));
  const [first = false, ...others] = rests.flatMap((rest) => rest?.map(isForAny) ?? [false]);
  if (others.some((other) => other !== first)) throw ambiguousPath();
  const isExact = (one: string): boolean => someRule((pattern) => comparisons.exact(pattern, one, ambiguousPath));
  if (first || afterBasePath(path, basePaths)?.some(isExact)) return true;
  // Many servers read `/orders/` as `/orders`, which must not be a way out of a rule for it.
  const shorter = rests.flatMap((rest) => rest ?? []).filter((one) => one.length > 1 && one.endsWith('/'));
  if (shorter.some((one) => isForAny(one.slice(0, -1)))) throw ambiguousPath();
  return false;
}

/**
 * What follows the longest of the base paths that the path begins with. After nothing but the base path, gateways
 * compare an empty path or a slash. Undefined if the path begins with none of them.
 */
function afterBasePath(path: string, basePaths: readonly string[]): readonly string[] | undefined {
  if (basePaths.length === 0) return [path];
  const lower = path.toLowerCase();
  const lengths = basePaths
    .filter((base) => lower === base || lower.startsWith(`${base}/`))
    .map(({ length }) => length);
  if (lengths.length === 0) return undefined;
  const rest = path.slice(Math.max(...lengths));
  return rest === '' ? ['', '/'] : [rest];
}

function outsideBasePath(): MintError {
  return new MintError(
    'route.outside-base-path',
    'A route leads to the policy, but the path does not begin with the base path of its API, and its rules need that.',
  );
}

function ambiguousPath(): MintError {
  return new MintError(
    'route.ambiguous-path',
    'Servers interpret the path differently, or it is too long to compare, and a rule of the policy needs it.',
  );
}

/** `:authority` as it is and without its port: a rule may be written for either. */
function hostForms(authority: string | undefined): readonly string[] {
  const host = authority === undefined || authority.length > longestCompared ? undefined : hostOf(authority);
  if (authority === undefined || host === undefined) throw ambiguousHost();
  return [host, authority];
}

function ambiguousHost(): MintError {
  return new MintError(
    'route.ambiguous-host',
    'The host is not a host name or an address, and a rule of the policy needs it.',
  );
}

type HeaderTest = (headers: HeaderFields, comparisons: Comparisons) => boolean;

/**
 * Whether the headers fit a condition. Copies of a header must agree, joined ones too: a backend may read any of them,
 * and some read `x_partner` as `x-partner`.
 */
function headerTest({ name, value }: RequestRule['headers'][number]): HeaderTest {
  const findLookalikes = lookalikesOf([name]);
  return (headers, comparisons) => {
    const fits = (text: string): boolean => {
      if (text.length > longestCompared) throw ambiguousHeader();
      return comparisons.exact(value, text, ambiguousHeader);
    };
    const copies = headers.values(name);
    const joined = copies.length > 1 ? [copies.join(',')] : [];
    const lookalikes = findLookalikes(headers).filter((other) => other !== name);
    const answers = [...copies, ...joined, ...lookalikes.flatMap((other) => headers.values(other))].map(fits);
    if (copies.length === 0) answers.unshift(false);
    const [answer = false, ...others] = answers;
    if (others.some((other) => other !== answer)) throw ambiguousHeader();
    return answer;
  };
}

function ambiguousHeader(): MintError {
  return new MintError(
    'route.ambiguous-header',
    'A header that a rule of the policy needs is repeated or has a lookalike with another value, or is too long to compare.',
  );
}
