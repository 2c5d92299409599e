/**
 * @module
 * Why Envoy may not keep tokens: the findings of `envoy-reuse.ts`, each with its code and what to write instead.
 */
import type { Code } from '../diagnostics/codes.ts';
import { type Problem, Problems } from '../diagnostics/problem.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import { type ConfigurationPlace, reportIn } from './configuration-part.ts';
import type { Settings } from './configuration-schema.ts';

export interface ReuseFinding {
  readonly code: Extract<Code, `reuse.${string}`>;
  readonly message: string;
  readonly suggestion: string;
}

/** More would hide the first. */
const maxProblems = 32;

/** The first problems. */
export class ReuseProblems {
  readonly #problems = new Problems();

  add(place: ConfigurationPlace, { code, message, suggestion }: ReuseFinding): void {
    if (this.all.length < maxProblems) reportIn(place, this.#problems)([], code, { message, suggestion });
  }

  get all(): readonly Problem[] {
    return this.#problems.all;
  }
}

export const noneAsks: ReuseFinding = {
  code: 'reuse.none-kept',
  message: 'No route has only policies whose tokens may be kept.',
  suggestion: 'Write `reuse: { for: 30s }`, or another time, in the entry of each policy of a route.',
};

/** The settings that Envoy cannot honour for a request with a kept token. */
export function settingsAgainst({
  allowRoutePolicy,
  publishVariables,
  log,
}: Pick<Settings, 'allowRoutePolicy' | 'publishVariables' | 'log'>): readonly (ReuseFinding & {
  readonly at: YamlPath;
})[] {
  const rows = [
    {
      applies: allowRoutePolicy,
      at: ['allowRoutePolicy'],
      message: "Envoy's filter cannot see which policy a route names (`allowRoutePolicy`).",
      suggestion: 'Write routes with `match` in its place.',
    },
    {
      applies: publishVariables,
      at: ['publishVariables'],
      message: 'A request that skips mintproc would have none of the variables (`publishVariables`).',
      suggestion: 'Remove it, or reuse tokens in mintproc only.',
    },
    {
      applies: log.audit !== false,
      at: ['log', 'audit'],
      message: 'A request that skips mintproc would have no line in the audit log (`log.audit`).',
      suggestion: 'Reuse tokens in mintproc only: each of its requests has a line.',
    },
  ];
  return rows.flatMap(({ applies, ...row }) => (applies ? [{ code: 'reuse.contradiction', ...row }] : []));
}

const leaveOut = 'Leave `for` out of its `reuse`.';

/** @param who the name of a policy */
export function neverReused(who: string, because: string): ReuseFinding {
  return {
    code: 'reuse.never',
    message: `${who}: its tokens are not reused at all, since ${because}.`,
    suggestion: leaveOut,
  };
}

export function tooMany(most: number): ReuseFinding {
  return {
    code: 'reuse.too-many-parts',
    message: `The key of a kept token would have more than ${most} parts.`,
    suggestion: 'Read fewer headers, or leave `for` out of the `reuse` of the policies that read most.',
  };
}

/** @param who the name of a policy, or a phrase @param where a phrase */
export function lookalikes(who: string, where: string): ReuseFinding {
  return {
    code: 'reuse.header-name',
    message: `${who}: ${where} has a header whose name has other characters than letters, digits and dashes, so that others look like it.`,
    suggestion: 'Write it with dashes.',
  };
}

interface Unkept {
  readonly reads: string;
  /** What to write. */
  readonly instead: string;
}

export const unkept: Readonly<Record<'attribute' | 'headers' | 'namespace' | 'time' | 'random' | 'body', Unkept>> = {
  attribute: {
    reads: 'an attribute of Envoy',
    instead: `Read a header or the caller, or match by host, path or header. Else: ${leaveOut}`,
  },
  headers: {
    reads: 'headers that it does not name',
    instead: `Write the name of each header. Else: ${leaveOut}`,
  },
  namespace: {
    reads: 'metadata of Envoy',
    instead: `Read the claim of the caller, or a header. Else: ${leaveOut}`,
  },
  time: {
    reads: 'the time',
    instead: `Write a constant lifetime in whole seconds, and no other time. Else: ${leaveOut}`,
  },
  random: { reads: 'something random', instead: leaveOut },
  body: { reads: 'the body', instead: leaveOut },
};
