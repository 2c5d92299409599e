/**
 * @module
 * The tests of an imported configuration: for each policy, whether it makes the token that the gateway made for a
 * request. Somebody must record that token; until then, and until no value is open, the test fails.
 */
import type { ExportedPolicy } from '../dialects/exported.ts';
import { type ExampleRequest, exampleOf } from './example-request.ts';
import { opensIn } from './open-values.ts';
import { PlainNames } from './plain-names.ts';
import { RequestIndex } from './request-index.ts';
import type { MigratedRoute } from './routes.ts';

/** The case of a policy. */
export interface TokenTest {
  /** The name of the policy's entry. */
  readonly entry: string;
  /** Relative to the configuration. */
  readonly file: string;
  /** Where the token of the gateway belongs, relative to the file. */
  readonly recorded: string;
  /** The name of the route. */
  readonly route: string;
  /** Undefined if it is not certain which requests get the policy's token. */
  readonly request: ExampleRequest | undefined;
  readonly output: ExportedPolicy['output'];
}

interface RunningPolicy {
  readonly policy: ExportedPolicy;
  /** Undefined if it cannot run here. */
  readonly entry: { readonly name: string } | undefined;
}

interface Tested {
  readonly tests: readonly TokenTest[];
  /** The routes; those of the tests have a name. */
  readonly routes: readonly MigratedRoute[];
}

/** The folder of the test files. */
export const testsFolder = 'tests';

/** A test for each policy that a request can get. */
export function tokenTests(policies: readonly RunningPolicy[], routes: readonly MigratedRoute[]): Tested {
  const places = new Map(routes.map((route, place) => [route, place]));
  const near = new RequestIndex(routes, ({ requests }) => requests);
  const earlierThan = (route: MigratedRoute) =>
    near.of(route).filter((other) => (places.get(other) ?? 0) < (places.get(route) ?? 0));
  const names = new RouteNames();
  const tests = policies.flatMap(({ policy, entry }): readonly TokenTest[] => {
    if (entry === undefined) return [];
    const own = routes.filter(({ of }) => of.includes(policy));
    const found = firstExample(own, (route) =>
      isCertain(route, entry.name)
        ? exampleOf(
            route.requests,
            earlierThan(route).map(({ requests }) => requests),
            policy.rules,
          )
        : undefined,
    );
    const [route = own[0], request] = found ?? [];
    if (route === undefined) return [];
    return [
      {
        entry: entry.name,
        file: `${testsFolder}/${entry.name}.test.yaml`,
        recorded: `recorded/${entry.name}.jwt`,
        route: names.of(route, entry.name),
        request,
        output: policy.output,
      },
    ];
  });
  return { tests, routes: routes.map((route) => names.named(route)) };
}

/** The narrowest route with an example: it is the first one. */
function firstExample(
  routes: readonly MigratedRoute[],
  example: (route: MigratedRoute) => ExampleRequest | undefined,
): readonly [MigratedRoute, ExampleRequest] | undefined {
  for (const route of routes) {
    const request = example(route);
    if (request !== undefined) return [route, request];
  }
  return undefined;
}

/** Whether nothing of the route is open, and it runs the policy. */
function isCertain({ match, policies }: MigratedRoute, name: string): boolean {
  return policies.includes(name) && opensIn(match).length === 0 && policies.every((one) => typeof one === 'string');
}

/** Names of routes, after the first policy that is tested with each. */
class RouteNames {
  readonly #names = new PlainNames();
  readonly #byRoute = new Map<MigratedRoute, string>();

  constructor() {
    // In a test, this is the answer that no route matches.
    this.#names.take(['none']);
  }

  of(route: MigratedRoute, wanted: string): string {
    const name = this.#byRoute.get(route) ?? this.#names.take([wanted]);
    this.#byRoute.set(route, name);
    return name;
  }

  named(route: MigratedRoute): MigratedRoute {
    const name = this.#byRoute.get(route);
    return name === undefined ? route : { ...route, name };
  }
}
