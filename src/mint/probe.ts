/**
 * @module
 * What the members of a token depend on, found by computing each of them once for an empty request: whether it is new
 * for each token, and whether it comes from what a client writes into a request.
 *
 * A member that depends on such things for some requests only is not found. For the reuse of tokens this is harmless:
 * its values differ, so its tokens are not reused either.
 */
import { MintError } from '../diagnostics/mint-error.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import type { HeaderStep, Step, TokenPlan } from '../plan/token-plan.ts';
import { type HeaderField, type HeaderFields, noHeaders } from '../request/header-fields.ts';
import { emptyView } from '../request/object-view.ts';
import { RequestView } from '../request/request-view.ts';
import { anyId, nobody, nowhere } from './constant.ts';
import { RequestScope } from './request-scope.ts';

type Content = Pick<TokenPlan, 'header' | 'claims' | 'encryption'>;

export interface Probed {
  /** The names of members that are new for each token, such as a random `jti`. Then no token can be reused. */
  readonly fresh: readonly string[];
  /** The claims that read a header or a query parameter of the request. */
  readonly fromClient: readonly ComputedStep[];
}

type ComputedStep = Extract<Step, { readonly kind: 'computed' | 'members' }>;

export function* probeMembers({ header, claims, encryption }: Content): Steps<Probed> {
  const headers = yield* eachInSteps([...header, ...(encryption?.header ?? [])], probe);
  const probed = yield* eachInSteps(claims, probe);
  const findings = [...headers, ...probed].flatMap((one) => one ?? []);
  return {
    fresh: findings.filter(({ isFresh }) => isFresh).map(({ step }) => nameOf(step)),
    fromClient: probed.flatMap((one) => (one?.isFromClient === true ? [one.step] : [])),
  };
}

/** What one member depends on. */
interface Finding {
  readonly step: ComputedStep;
  readonly isFresh: boolean;
  readonly isFromClient: boolean;
}

function probe(step: HeaderStep): Finding | undefined {
  if (step.kind !== 'computed' && step.kind !== 'members') return undefined;
  const scope = new ProbingScope();
  try {
    if (step.kind === 'computed' && typeof step.name !== 'string') step.name.evaluate(scope);
    step.value.evaluate(scope);
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
  }
  return {
    step,
    isFresh: scope.ids.given,
    isFromClient: scope.request.headers.areRead || scope.attributes.queryIsRead,
  };
}

function nameOf(step: ComputedStep): string {
  return step.kind === 'computed' && typeof step.name === 'string' ? step.name : 'several';
}

/** An empty request that records what is read of it. */
class ProbingScope extends RequestScope {
  declare readonly attributes: ProbingAttributes;
  declare readonly request: { readonly headers: ProbingHeaders } & RequestScope['request'];
  readonly ids: { given: boolean };

  constructor() {
    const ids = { given: false };
    const headers = new ProbingHeaders();
    super({
      attributes: new ProbingAttributes(headers),
      authentication: nobody,
      request: { headers, attributes: new Map(), metadata: emptyView },
      variables: new Map(),
      now: 0,
      randomId() {
        ids.given = true;
        return anyId;
      },
    });
    this.ids = ids;
  }
}

class ProbingAttributes extends RequestView {
  queryIsRead = false;

  constructor(headers: HeaderFields) {
    super(headers, nowhere);
  }

  override get queryString(): string | null {
    this.queryIsRead = true;
    return null;
  }
}

class ProbingHeaders implements HeaderFields {
  areRead = false;

  get all(): readonly HeaderField[] {
    this.areRead = true;
    return noHeaders.all;
  }

  first(name: string): undefined {
    this.#note(name);
  }

  last(name: string): undefined {
    this.#note(name);
  }

  values(name: string): readonly string[] {
    this.#note(name);
    return [];
  }

  namesOfLength(): readonly string[] {
    return [];
  }

  /** The pseudo-headers say where the request goes, which routes check. */
  #note(name: string): void {
    if (!name.startsWith(':')) this.areRead = true;
  }
}
