/**
 * @module
 * The tests of an imported configuration: for each policy, whether it makes the token that the gateway made for a
 * request. Somebody must record that token; until then, and until no value is open, the test fails.
 */
import { type ExportedPolicy, fillIn, Open, type Writable } from '../dialects/exported.ts';
import { commentedYaml, Noted, type Written } from '../documents/commented-yaml.ts';
import type { RequestInputs } from '../plan/request-inputs.ts';
import { type ExampleRequest, exampleOf, requestOf } from './example-request.ts';
import { opensIn, written } from './open-values.ts';
import { PlainNames } from './plain-names.ts';
import { RequestIndex } from './request-index.ts';
import type { MigratedRoute } from './routes.ts';

/** The case of a policy. */
export interface TokenTest {
  /** The name of the policy's entry. */
  readonly entry: string;
  /** Relative to the configuration, like `recorded`. */
  readonly file: string;
  /** Where the token of the gateway belongs. */
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
        recorded: `${testsFolder}/recorded/${entry.name}.jwt`,
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

/** @param inputs what the policy reads; undefined if that is not known yet */
export function testFileText({ entry, request, route, output, recorded }: TokenTest, inputs?: RequestInputs): string {
  const { header, prefix } = output ?? {};
  const isKnown = typeof header === 'string' && typeof prefix === 'string';
  const one: Written = {
    name: 'as the old gateway made it',
    request: requestWritten(request, inputs),
    ...callerWritten(inputs),
    expect: {
      route: written(route),
      policy: written(entry),
      ...(isKnown ? { header: written({ name: header, prefix }) } : {}),
      sameAs: recorded.slice(`${testsFolder}/`.length),
    },
  };
  return commentedYaml(headingOf(recorded), [{ config: '../mintproc.yaml', cases: [one] }]);
}

function headingOf(recorded: string): string {
  return [
    'Written by `mintproc import`: the token of a policy against one that the old gateway made.',
    `Record a token of the gateway for a known request, put it into ${recorded}, and write that request and its caller here. Replace each ${fillIn}. Then run, in the folder above: mintproc test ${testsFolder}`,
    'A recorded token is a credential until it expires: record one of a test caller.',
  ].join('\n');
}

function requestWritten(request: ExampleRequest | undefined, inputs: RequestInputs | undefined): Written {
  const known: Readonly<Record<string, Writable>> = request === undefined ? unknownRequest : requestOf(request);
  const sent = request?.headers ?? {};
  const read = (inputs?.headers ?? []).filter((name) => !Object.hasOwn(sent, name));
  const headers = { ...sent, ...Object.fromEntries(read.map((name) => [name, headerValue])) };
  const whole = written({ ...known, ...(Object.keys(headers).length === 0 ? {} : { headers }) });
  return request === undefined ? whole : new Noted('An example that takes the route: write the recorded one.', whole);
}

const unknownRequest = {
  method: new Open('Write the method of the recorded request, and its path, query and host.'),
  path: '/',
};

const headerValue = new Open('Write the value in the recorded request, or remove the line if it had no such header.');
const claimValue = new Open("Write the value in the recorded caller's token, or remove the line if it had none.");
const anyClaims = new Open("Write the claims of the recorded caller's token, or remove `caller` if there was none.");

function callerWritten(inputs: RequestInputs | undefined): { readonly caller?: Written } {
  if (inputs?.needsCaller === false) return {};
  const claims = inputs === undefined || inputs.claims.length === 0 ? { sub: anyClaims } : claimsAt(inputs.claims);
  return { caller: { claims: written(claims) } };
}

/** @param paths of claims, none empty */
function claimsAt(paths: RequestInputs['claims']): Writable {
  const byName = Map.groupBy(paths, ([first = '']) => first);
  return Object.fromEntries(
    Array.from(byName, ([name, own]) => [
      name,
      own.some(({ length }) => length === 1) ? claimValue : claimsAt(own.map((path) => path.slice(1))),
    ]),
  );
}
