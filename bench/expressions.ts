/**
 * @module
 * The cost of evaluating one expression, with new bindings for each request.
 *
 * `flex` is the time of Flex Gateway's own native evaluator (Rust) for the same request with its bindings, on the
 * machine where this was written. The same expressions took 700 to 3,200 ns on another machine, so the ratio is an
 * order of magnitude.
 *
 * A second table shows the profile `dataweave`, compared with an equivalent expression of the profile `flex` if there
 * is one.
 */
import { parseArgs } from 'node:util';
import { SourceText } from '../src/diagnostics/source-text.ts';
import type { Bindings, Caller } from '../src/expressions/bindings.ts';
import { compileExpression, type ProfileName } from '../src/expressions/expression.ts';
import { HeaderList } from '../src/request/header-fields.ts';
import { RequestView } from '../src/request/request-view.ts';

const help = `Usage: node bench/expressions.ts [--rounds N] [--seconds N] [--json]

Evaluates each expression repeatedly, each time for a new request, and prints the best round in nanoseconds.

  --rounds N   rounds for each expression (default 7)
  --seconds N  the length of a round (default 0.3)
  --json       one line of JSON for each expression`;

interface Row {
  readonly expression: string;
  /** Nanoseconds in Flex Gateway's native evaluator. */
  readonly flex: number;
}

const rows: readonly Row[] = [
  { expression: "if (attributes.method == 'POST') 'write' else 'read'", flex: 503 },
  { expression: "authentication.properties.clientId default 'anonymous'", flex: 1360 },
  { expression: "'u:' ++ authentication.principal ++ ':' ++ attributes.method", flex: 2427 },
  { expression: "attributes.headers['x-request-id']", flex: 357 },
  { expression: "dw::core::Strings::substringAfter(attributes.headers.authorization, 'Bearer ')", flex: 824 },
  { expression: "authentication.clientId default attributes.headers['x-client-id']", flex: 6699 },
  { expression: "attributes.queryParams.tenant default 'none'", flex: 1437 },
  { expression: "attributes.headers -- ['authorization']", flex: 8274 },
];

interface Pair {
  readonly dataweave: string;
  /** The equivalent expression in the profile `flex`; undefined without one. */
  readonly flex: string | undefined;
}

function inBoth(expression: string): Pair {
  return { dataweave: expression, flex: expression };
}

const pairs: readonly Pair[] = [
  inBoth("if (attributes.method == 'POST') 'write' else 'read'"),
  inBoth("authentication.properties.clientId default 'anonymous'"),
  inBoth("dw::core::Strings::substringAfter(attributes.headers.authorization, 'Bearer ')"),
  inBoth("attributes.queryParams.tenant default 'none'"),
  {
    dataweave: '"u:$(authentication.principal):$(attributes.method)"',
    flex: "'u:' ++ authentication.principal ++ ':' ++ attributes.method",
  },
  { dataweave: 'authentication.properties.claims.roles map upper($)', flex: undefined },
  {
    dataweave:
      "{ sub: authentication.principal, (admin: true) if (authentication.properties.claims.roles contains 'admin') }",
    flex: undefined,
  },
  { dataweave: "attributes.requestPath replace /\\d+/ with '*'", flex: undefined },
  { dataweave: 'authentication.properties.claims.level * 1.5', flex: undefined },
];

const headers: readonly (readonly [string, string])[] = [
  [':method', 'POST'],
  [':path', '/orders/42?tenant=acme&page=2'],
  [':scheme', 'https'],
  [':authority', 'api.example.com'],
  ['accept', 'application/json'],
  ['authorization', 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl'],
  ['content-type', 'application/json'],
  ['user-agent', 'curl/8.5.0'],
  ['x-client-id', 'client-7'],
  ['x-forwarded-for', '10.0.0.1'],
  ['x-request-id', '0b3bd7c9-3a5c-4d4e-9f8e-6f1f1c1c1c1c'],
];

const surroundings = { scheme: null, version: 'HTTP/1.1', remoteAddress: '10.0.0.1:1234', localAddress: '10.0.0.2:80' };

const caller: Caller = {
  clientId: null,
  clientName: null,
  principal: 'alice',
  properties: { clientId: 'client-7', claims: { sub: 'alice', roles: ['admin'], level: 7 } },
};

const noVariables = new Map<string, never>();

function bind(): Bindings {
  return {
    attributes: new RequestView(new HeaderList(headers), surroundings),
    authentication: caller,
    variables: noVariables,
    randomId: () => '00000000-0000-4000-8000-000000000000',
    now: 0,
  };
}

const batch = 1000;

/** Nanoseconds for one evaluation, in the best of the rounds. */
function measure(expression: string, profile: ProfileName, rounds: number, seconds: number): number {
  const compiled = compileExpression(SourceText.ofFile('bench', expression), { profile });
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    const end = start + BigInt(Math.round(seconds * 1e9));
    let evaluations = 0;
    let now = start;
    while (now < end) {
      for (let i = 0; i < batch; i++) compiled.evaluate(bind());
      evaluations += batch;
      now = process.hrtime.bigint();
    }
    best = Math.min(best, Number(now - start) / evaluations);
  }
  return best;
}

function main(): number {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '0.3' },
      json: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${help}\n`);
    return 0;
  }
  const rounds = Number(values.rounds);
  const seconds = Number(values.seconds);
  if (!(rounds >= 1) || !(seconds > 0)) {
    process.stderr.write(`${help}\n`);
    return 2;
  }
  for (const { expression, flex } of rows) {
    const nanoseconds = measure(expression, 'flex', rounds, seconds);
    const ratio = flex / nanoseconds;
    process.stdout.write(
      values.json === true
        ? `${JSON.stringify({ expression, nanoseconds, flex, ratio })}\n`
        : `${nanoseconds.toFixed(0).padStart(6)} ns  ${ratio.toFixed(0).padStart(4)} times  ${expression}\n`,
    );
  }
  for (const pair of pairs) showPair(pair, rounds, seconds, values.json === true);
  return 0;
}

function showPair({ dataweave, flex }: Pair, rounds: number, seconds: number, asJson: boolean): void {
  const nanoseconds = measure(dataweave, 'dataweave', rounds, seconds);
  const other = flex === undefined ? undefined : measure(flex, 'flex', rounds, seconds);
  const ratio = other === undefined ? undefined : nanoseconds / other;
  const shown =
    ratio === undefined ? '' : `${ratio.toFixed(1).padStart(4)} times the profile flex (${other?.toFixed(0)} ns)  `;
  process.stdout.write(
    asJson
      ? `${JSON.stringify({ expression: dataweave, profile: 'dataweave', nanoseconds, flex: other, ratio })}\n`
      : `${nanoseconds.toFixed(0).padStart(6)} ns  dataweave  ${shown}${dataweave}\n`,
  );
}

process.exitCode = main();
