/**
 * @module
 * What an import makes of API Connect's APIs, against a separately written gateway: every policy is found once, exact
 * policies mint for the same requests and into the same header, and what only the gateway can decide is left open.
 */
import { isDeepStrictEqual } from 'node:util';
import { formatProblem } from '../../../../src/diagnostics/problem.ts';
import { readDatapowerExport } from '../../../../src/dialects/datapower/export/exported.ts';
import type { ExportedApi, ExportedPolicy, ExportFile } from '../../../../src/dialects/exported.ts';
import { HeaderList } from '../../../../src/request/header-fields.ts';
import { checkTokenTests } from '../../../migration/check-token-tests.ts';
import { type LoadedImport, loadImport } from '../../../migration/load-import.ts';
import { Dice } from '../../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../../search/search.ts';
import { apiFile } from './api-file.ts';
import { type MadeApi, type MadeStep, madeApi, testHeaders, unknownsOf } from './made-api.ts';
import { type Asked, type Got, gatewayAnswer, type Oracle } from './made-gateway.ts';

export const search: Search = {
  name: 'apiconnect',
  property:
    'A policy of API Connect that is imported as exact mints for the same requests as the gateway and into the same header.',
  inputs: 20_000,
  share: 300,
  run,
};

async function run(effort: Effort): Promise<string> {
  const counts = { exact: 0, value: 0, cannot: 0, asked: 0 };
  for await (const input of effort.inputs()) {
    const apis = apisOf(new Dice(effort.seed + input));
    try {
      const world = new World(apis);
      world.checkFound();
      world.checkVerdicts(counts);
      world.checkLoads();
      world.checkRoutes(counts);
    } catch (error) {
      throw error instanceof Finding
        ? new Finding(
            `input ${input}\n${apis.map((api) => apiFile({ ...api, isJson: false })).join('\n---\n')}\n${error.message}`,
          )
        : error;
    }
  }
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function apisOf(dice: Dice): readonly MadeApi[] {
  const first = madeApi(dice, 'one', '/one');
  return dice.chance(30) ? [first, madeApi(dice, 'two', dice.pick(['/two', '/v1/two']))] : [first];
}

type Counts = Record<'exact' | 'value' | 'cannot' | 'asked', number>;

/** A policy of a made API, with what the import says of it. */
interface Imported {
  readonly api: MadeApi;
  readonly id: number;
  readonly exported: ExportedPolicy;
  readonly verdict: 'exact' | 'value' | 'cannot';
}

class World {
  readonly #apis: readonly MadeApi[];
  readonly #exports: readonly ExportedApi[];
  readonly #imported: readonly Imported[];

  constructor(apis: readonly MadeApi[]) {
    this.#apis = apis;
    this.#exports = readDatapowerExport(apis.map(fileOf));
    this.#imported = apis.flatMap((api) =>
      mintsOf(api.steps).map(({ id }) => {
        const exported = this.#exports
          .flatMap((one) => one.policies)
          .filter((policy) => policy.file.name === `${api.name}.yaml` && policy.name === `mint-${id}`);
        const [only] = exported;
        if (only === undefined || exported.length > 1)
          throw new Finding(`mint-${id} of ${api.name} is found ${exported.length} times`);
        return { api, id, exported: only, verdict: verdictOf(only) };
      }),
    );
  }

  checkFound(): void {
    const found = this.#exports.flatMap(({ policies }) => policies).length;
    if (found !== this.#imported.length)
      throw new Finding(`${found} policies were found, not ${this.#imported.length}`);
  }

  checkVerdicts(counts: Counts): void {
    for (const { verdict } of this.#imported) counts[verdict] += 1;
    for (const one of this.#imported) {
      if (one.verdict === 'value' && !isUncertain(one))
        throw new Finding(
          `mint-${one.id} of ${one.api.name} needs a value, but nothing is uncertain:\n${reasonsOf(one)}`,
        );
      if (one.verdict === 'cannot' && answersTo(one).some(({ tokens }) => tokens.has(one.id)) && isMeant(one)) {
        throw new Finding(
          `mint-${one.id} of ${one.api.name} cannot run here, but the backend gets its token:\n${reasonsOf(one)}`,
        );
      }
    }
  }

  /** Open values are the only problems. */
  checkLoads(): void {
    if (this.#imported.every(({ verdict }) => verdict === 'cannot')) return;
    const problems = loadImport(this.#exports).problems.filter(({ severity }) => severity !== 'note');
    const isOpen = this.#imported.some(({ verdict }) => verdict === 'value');
    const others = problems.filter(({ code }) => code !== 'config.fill-in');
    if (others.length > 0) throw new Finding(`It does not load:\n${others.map(formatProblem).join('\n')}`);
    if (isOpen !== problems.length > 0)
      throw new Finding(`${problems.length} values are open, and something is open: ${isOpen}`);
  }

  checkRoutes(counts: Counts): void {
    const exact = this.#imported.filter(({ verdict }) => verdict === 'exact');
    if (exact.length === 0) return;
    const chosen = new Set(exact.map(({ exported }) => exported));
    const loaded = loadImport(
      this.#exports.map((api) => ({ ...api, policies: api.policies.filter((policy) => chosen.has(policy)) })),
    );
    checkTokenTests(loaded);
    for (const asked of requests(this.#apis)) {
      counts.asked += 1;
      this.#compare(exact, asked, loaded);
    }
  }

  #compare(exact: readonly Imported[], asked: Asked, loaded: LoadedImport): void {
    const got = mintprocAnswer(loaded, asked);
    for (const one of exact) {
      const here = got.get(one.exported) ?? [];
      const api = this.#apis
        .filter(({ base }) => isBelow(asked.path, base))
        .toSorted((a, b) => b.base.length - a.base.length)[0];
      const there = api === one.api ? answers(one.api, asked) : [undefined];
      for (const answer of there) {
        if (answer === 'refused') continue;
        const expected = (answer?.tokens.get(one.id) ?? []).filter((text) => !isNotedCopy(one, text));
        if (isDeepStrictEqual(here, expected)) continue;
        throw new Finding(
          `${asked.verb} ${asked.path} ${JSON.stringify([...asked.headers])} gets ${JSON.stringify(here)} of mint-${one.id} of ${one.api.name}, on the gateway ${JSON.stringify(expected)}\n${loaded.text}`,
        );
      }
    }
  }
}

/** A copy in another header, which the report mentions. */
function isNotedCopy({ exported }: Imported, text: string): boolean {
  return text.startsWith('x-copied-') && exported.reasons.some(({ problem }) => problem.code === 'import.no-header');
}

function fileOf(api: MadeApi): ExportFile {
  const text = apiFile(api);
  const name = `${api.name}.yaml`;
  return { path: `export/${name}`, name, text, bytes: Buffer.from(text) };
}

function mintsOf(steps: readonly MadeStep[]): readonly Extract<MadeStep, { kind: 'mint' }>[] {
  return steps.flatMap((step) => {
    if (step.kind === 'mint') return [step];
    if (step.kind === 'if') return mintsOf(step.steps);
    if (step.kind !== 'switch' && step.kind !== 'operations') return [];
    return [...step.cases.flatMap((one) => mintsOf(one.steps)), ...mintsOf(step.otherwise ?? [])];
  });
}

function verdictOf({ reasons }: ExportedPolicy): Imported['verdict'] {
  const kinds = reasons.map(({ kind }) => kind);
  return kinds.includes('cannot') ? 'cannot' : kinds.includes('value') ? 'value' : 'exact';
}

function reasonsOf({ exported }: Imported): string {
  return exported.reasons.map(({ kind, problem }) => `${kind} ${formatProblem(problem)}`).join('\n');
}

/** Errors in the policy itself are not made. */
function isMeant({ exported }: Imported): boolean {
  return exported.reasons.some(
    ({ kind, problem }) => kind === 'cannot' && /never-runs|token-elsewhere/.test(problem.code),
  );
}

/** What only the gateway can decide, or a route or an entry cannot say. */
function isUncertain(one: Imported): boolean {
  const { api, id } = one;
  const { reads } = mintsOf(api.steps).find((mint) => mint.id === id) ?? {};
  if (unknownsOf(api.steps) > 0 || api.version === undefined || reads === 'who') return true;
  // Which of several requests is the backend's is not always certain.
  if ((JSON.stringify(api.steps).match(/"kind":"invoke"/g)?.length ?? 0) > 1) return true;
  const tokens = answersTo(one).map((answer) => answer.tokens.get(id) ?? []);
  const distinct = new Set(tokens.filter((headers) => headers.length > 0).map((headers) => headers.join()));
  // More than one header, a token inside a text, or different headers for different requests.
  return (
    distinct.size !== 1 ||
    tokens.some((headers) => headers.length > 1 || headers.some((text) => !text.endsWith('TOKEN'))) ||
    hasHeaderTests(api.steps)
  );
}

/** A condition on a header in the flow after the policy decides about the token, not about the policy. */
function hasHeaderTests(steps: readonly MadeStep[]): boolean {
  return JSON.stringify(steps).includes('"kind":"header"');
}

function answersTo({ api }: Imported): readonly Got[] {
  return requests([api])
    .flatMap((asked) => answers(api, asked))
    .filter((answer): answer is Got => typeof answer === 'object');
}

/** The answers for all that only the gateway can decide. */
function answers(api: MadeApi, asked: Asked): readonly (Got | 'refused' | undefined)[] {
  const count = Math.min(unknownsOf(api.steps), 4);
  return Array.from({ length: 2 ** count }, (_, bits) => {
    const oracle: Oracle = (number) => ((bits >> (number % 4)) & 1) === 1;
    return gatewayAnswer(api, asked, oracle);
  });
}

const paths = [
  '',
  '/',
  '/orders',
  '/orders/7',
  '/orders/search',
  '/orders/7/items',
  '/orders/search/items',
  '/files',
  '/files/a',
  '/files/a/b',
  '/all',
  '/all/a',
  '/all/a/b/c',
  '/a.b/x',
  '/other',
  '/orders/7/items/1',
];

function requests(apis: readonly MadeApi[]): readonly Asked[] {
  const headers = [
    new Map<string, string>(),
    ...testHeaders.flatMap(([name, values]) => [...values, 'other'].map((value) => new Map([[name, value]]))),
    new Map([
      ['tier', 'gold'],
      ['region', 'eu'],
    ]),
  ];
  return apis.flatMap(({ base, steps }) =>
    paths
      .filter((path) => path !== '/')
      .flatMap((path) =>
        ['GET', 'POST', 'DELETE', 'PUT'].flatMap((verb) =>
          (hasHeaderTests(steps) ? headers : headers.slice(0, 1)).map((own) => ({
            verb,
            path: base + path,
            headers: own,
          })),
        ),
      ),
  );
}

function isBelow(path: string, base: string): boolean {
  return path === base || path.startsWith(`${base}/`);
}

/** The headers that the token of each policy goes to. */
function mintprocAnswer(
  { snapshot, migration, text }: LoadedImport,
  { verb, path, headers }: Asked,
): Map<ExportedPolicy, readonly string[]> {
  if (snapshot === undefined) throw new Finding(`What is exact does not load:\n${text}`);
  const chain = snapshot.route({
    authority: 'api.example.com',
    target: path,
    method: verb,
    routeName: undefined,
    headers: new HeaderList([...headers]),
  })?.destination;
  const run = typeof chain === 'object' ? chain.policies : [];
  return new Map(
    run.flatMap(({ name, output }) => {
      const found = migration.policies.find(({ entry }) => entry?.name === name)?.policy;
      return found === undefined ? [] : [[found, [`${output.header}: ${output.prefix}TOKEN`]]];
    }),
  );
}
