/**
 * @module
 * An import loads as the report says, and every request gets the policies that the gateway ran for it.
 */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { denied } from '../../src/decision/rules.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { formatProblem } from '../../src/diagnostics/problem.ts';
import { fillIn } from '../../src/dialects/exported.ts';
import { markdownSentence } from '../../src/documents/write-markdown.ts';
import { jsonReport } from '../../src/migration/json-report.ts';
import { migrationOf } from '../../src/migration/migration.ts';
import { configurationText } from '../../src/migration/write-configuration.ts';
import { HeaderList } from '../../src/request/header-fields.ts';
import type { RoutingInput } from '../../src/routing/router.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { checkTestForms, checkTokenTests } from './check-token-tests.ts';
import { type LoadedImport, loadImport } from './load-import.ts';
import { type Made, type MadeRequest, madeExport, madeRequest, runOnGateway } from './made-export.ts';
import { printedReport } from './printed-report.ts';

export const search: Search = {
  name: 'imports',
  property:
    'An import without open values loads strictly and runs what the gateway ran; others wait for exactly these.',
  inputs: 100_000,
  share: 300,
  run,
};

/** How many requests are compared for each export. */
const requests = 40;

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  const counts = { loaded: 0, waiting: 0, empty: 0, requests: 0, policies: 0, tests: 0 };
  for await (const _ of effort.inputs()) {
    const made = madeExport(dice);
    const loaded = loadImport(made.apis);
    checkAgain(made, loaded);
    const opens = opensOf(loaded.text).length;
    checkReports(loaded);
    checkTestForms(loaded);
    if (loaded.migration.policies.every(({ entry }) => entry === undefined)) counts.empty += 1;
    else if (opens > 0) counts.waiting += 1;
    else counts.loaded += 1;
    checkProblems(loaded, opens);
    checkVerdicts(made, loaded);
    if (opens > 0) continue;
    const known = checkTokenTests(loaded);
    if (known < loaded.tests.length) throw new Finding(`A test has no request:\n${loaded.tests.join('\n')}`);
    counts.tests += known;
    for (let number = 0; number < requests; number += 1) counts.policies += compare(made, loaded, madeRequest(dice));
    counts.requests += requests;
  }
  const { loaded, waiting, empty } = counts;
  return `${loaded} loaded, ${waiting} with open values, ${empty} without a policy; ${counts.requests} requests, ${counts.policies} with policies; ${counts.tests} tests`;
}

function checkAgain({ apis }: Made, { text }: LoadedImport): void {
  const again = configurationText(migrationOf(apis));
  if (again !== text) throw new Finding(`A second import is different:\n${text}\n${again}`);
}

/** The report lists what is open, with what to write instead, and the JSON has its form. */
function checkReports({ text, report, migration }: LoadedImport): void {
  const isEmpty = migration.policies.every(({ entry }) => entry === undefined);
  for (const open of isEmpty ? [] : opensOf(text)) {
    const instead = markdownSentence(open.slice(`${fillIn}: `.length));
    if (!report.includes(`: ${instead}\n`)) throw new Finding(`The report does not list ${open}:\n${report}`);
  }
  const { error } = printedReport.safeParse(jsonReport(migration, []));
  if (error !== undefined) throw new Finding(`${error.message}\n${text}`);
}

/** The strings that must be replaced. */
function opensOf(text: string): readonly string[] {
  const below = (value: unknown): readonly string[] => {
    if (typeof value === 'string') return value.startsWith(fillIn) ? [value] : [];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(below) : [];
  };
  return below(parse(text));
}

function checkProblems({ problems: all, snapshot, text }: LoadedImport, opens: number): void {
  const problems = all.filter(({ severity }) => severity !== 'note');
  const other = problems.filter(({ code }) => code !== 'config.fill-in');
  const isRight = opens === 0 ? problems.length === 0 && snapshot !== undefined : problems.length === opens;
  if (other.length === 0 && isRight) return;
  throw new Finding(`${problems.map(formatProblem).join('\n')}\n${opens} open values\n${text}`);
}

/** An open value is in a policy that says so. */
function checkVerdicts({ hasOpens }: Made, { migration, text }: LoadedImport): void {
  const waits = migration.policies.some(({ verdict }) => verdict === 'needs-values');
  const runs = migration.policies.some(({ entry }) => entry !== undefined);
  if (hasOpens && !waits) throw new Finding(`Something is open, and no verdict says so:\n${text}`);
  if (runs && waits !== /FILL IN/.test(text)) throw new Finding(`The verdicts do not fit:\n${text}`);
  for (const { verdict, reasons } of migration.policies) {
    const kinds = new Set(reasons.map(({ kind }) => kind));
    const expected = kinds.has('cannot') ? 'cannot' : kinds.has('value') ? 'needs-values' : 'exact';
    if (verdict !== expected) throw new Finding(`${verdict}, not ${expected}:\n${text}`);
  }
}

/** Undefined also if the request is refused because servers read it differently. */
function routed(snapshot: LoadedImport['snapshot'], request: RoutingInput) {
  try {
    return snapshot?.route(request)?.destination;
  } catch (error) {
    if (error instanceof MintError) throw new Finding(`${JSON.stringify(request)}: ${error.message}`);
    throw error;
  }
}

/** @returns 1 if policies ran @throws Finding */
function compare({ apis }: Made, { snapshot, migration, text }: LoadedImport, request: MadeRequest): number {
  const found = routed(snapshot, {
    authority: request.host,
    target: `${request.path}${request.query['q'] === undefined ? '' : `?q=${request.query['q']}`}`,
    method: request.method,
    routeName: undefined,
    headers: new HeaderList(Object.entries(request.headers)),
  });
  const here = found === undefined || found === denied ? [] : found.policies.map(({ name }) => name);
  const ran = runOnGateway(apis, request) ?? [];
  const entries = ran.map((policy) => migration.policies.find((one) => one.policy === policy));
  // A token that would be missing: the request is refused.
  const isRefused = entries.some((one) => one?.entry === undefined && one?.policy.output !== undefined);
  const expected = isRefused ? [] : entries.flatMap((one) => one?.entry?.name ?? []);
  if (isDeepStrictEqual(here.toSorted(), expected.toSorted())) return expected.length > 0 ? 1 : 0;
  throw new Finding(`${JSON.stringify(request)} gets ${here}, not ${expected}:\n${text}`);
}
