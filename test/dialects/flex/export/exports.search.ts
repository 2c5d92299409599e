/**
 * @module
 * A policy of an export gets the requests that it had on the gateway: the reader of exports and the loader of
 * configurations against a gateway that is written apart from them (`made-gateway.ts`).
 */
import { loadConfiguration } from '../../../../src/configuration/load.ts';
import type { Decision } from '../../../../src/decision/decision.ts';
import { formatProblem } from '../../../../src/diagnostics/problem.ts';
import { type ExportedApi, type ExportedPolicy, Open, type Writable } from '../../../../src/dialects/exported.ts';
import { readFlexExport } from '../../../../src/dialects/flex/export/read-export.ts';
import { HeaderList } from '../../../../src/request/header-fields.ts';
import { viewOf } from '../../../../src/request/object-view.ts';
import { decideAtOnce } from '../../../at-once.ts';
import { memoryFiles, secret } from '../../../configuration/memory-files.ts';
import { checkTestForms, checkTokenTests } from '../../../migration/check-token-tests.ts';
import { loadImport } from '../../../migration/load-import.ts';
import { Dice } from '../../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../../search/search.ts';
import { filesOf } from './made-files.ts';
import {
  type Handling,
  handlingsOf,
  isBound,
  isFor,
  type MadeGateway,
  type MadePolicy,
  type MadeRequest,
  makeGateway,
  makeRequest,
} from './made-gateway.ts';

export const search: Search = {
  name: 'flex-exports',
  property: 'A policy of an export of Flex Gateway is found once, loads, and is for the requests that it had there.',
  inputs: 20_000,
  share: 300,
  run,
};

const requestsOfEach = 40;

class Counts {
  policies = 0;
  open = 0;
  asked = 0;
  tokens = 0;
  refused = 0;
  loaded = 0;

  note(answer: Answer): void {
    this.asked += 1;
    if (answer === 'token') this.tokens += 1;
    if (answer === 'refused') this.refused += 1;
  }

  get text(): string {
    const { policies, open, asked, tokens, refused, loaded } = this;
    return `${policies} policies, ${open} of them open; ${asked} requests, ${tokens} tokens, ${refused} refused; ${loaded} imports load`;
  }
}

async function run(effort: Effort): Promise<string> {
  const counts = new Counts();
  for await (const number of effort.inputs()) {
    const dice = new Dice(effort.seed * 1_000_003 + number);
    const gateway = makeGateway(dice);
    const files = filesOf(dice, gateway);
    const shown = files.map(({ name, text }) => `# ${name}\n${text}`).join('\n');
    const apis = readFlexExport(files);
    const found = apis.flatMap(({ policies }) => policies);
    const byMark = new Map(found.map((policy) => [markOf(policy), policy] as const));
    if (found.length !== gateway.policies.length || byMark.size !== found.length) {
      throw new Finding(`${found.length} policies were found, not ${gateway.policies.length}:\n${shown}`);
    }
    for (const made of gateway.policies) {
      const policy = byMark.get(made.mark);
      if (policy === undefined) throw new Finding(`${made.mark} was not found:\n${shown}`);
      counts.policies += 1;
      if (isOpen(policy)) counts.open += 1;
      else askAll({ gateway, made, policy }, dice, counts, shown);
    }
    if (checkImport(apis, shown)) counts.loaded += 1;
  }
  return counts.text;
}

interface Subject {
  readonly gateway: MadeGateway;
  readonly made: MadePolicy;
  readonly policy: ExportedPolicy;
}

function askAll(subject: Subject, dice: Dice, counts: Counts, shown: string): void {
  const ask = asker(subject.policy, shown);
  for (let left = requestsOfEach; left > 0; left--) {
    const request = makeRequest(dice, subject.gateway);
    const answer = ask(request);
    counts.note(answer);
    const wrong = objection(subject, request, answer);
    if (wrong === undefined) continue;
    const routes = JSON.stringify(subject.policy.routes.map(({ match }) => match));
    throw new Finding(`${subject.made.mark}, ${JSON.stringify(request)}: ${answer}, but ${wrong}\n${routes}\n${shown}`);
  }
}

/** What is written loads, or fails by what it leaves open and nothing else. @returns whether it loads */
function checkImport(apis: readonly ExportedApi[], shown: string): boolean {
  const loaded = loadImport(apis);
  const { snapshot, problems, migration, text } = loaded;
  checkTestForms(loaded);
  if (snapshot !== undefined) checkTokenTests(loaded);
  const errors = problems.filter(({ severity, code }) => severity === 'error' && code !== 'config.fill-in');
  const isExact = migration.policies.every(({ verdict }) => verdict === 'exact');
  if (errors.length === 0 && isExact === (snapshot !== undefined)) return isExact;
  throw new Finding(`exact: ${isExact}\n${problems.map(formatProblem).join('\n')}\n${text}\n${shown}`);
}

/** The first mark after the place of the policy. */
function markOf({ file: { text }, place }: ExportedPolicy): string | undefined {
  const rest = text
    .split('\n')
    .slice(place.line - 1)
    .join('\n');
  return /mark-\d+/.exec(rest)?.[0];
}

function isOpen({ routes, entry, undecided, reasons }: ExportedPolicy): boolean {
  const values: Writable[] = [entry, undecided, ...routes.map(({ match }) => match)];
  const open = values.some(hasOpen);
  const isSaid = reasons.some(({ kind }) => kind !== 'note');
  if (open !== isSaid) throw new Finding(`open: ${open}, reasons: ${JSON.stringify(reasons)}`);
  return open;
}

function hasOpen(value: Writable): boolean {
  if (value instanceof Open) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasOpen);
}

type Answer = 'token' | 'none' | 'refused' | 'missed';

/** A process with the policy alone, as strict as can be. */
/** Every policy of the gateway that authenticates has let the request pass. */
const knownCaller = viewOf({ 'envoy.filters.http.jwt_authn': { payload: { sub: 'alice', client_id: 'app' } } });

function asker(policy: ExportedPolicy, shown: string): (request: MadeRequest) => Answer {
  const { file, entry, meant, select, routes } = policy;
  const key = policy.keys.length === 0 ? {} : { key: { file: 'secret.txt' } };
  const configuration = {
    strict: true,
    unmatched: 'deny',
    policies: [
      { name: 'p', file: file.name, ...(select === undefined ? {} : { select }), ...key, ...entry, allow: meant },
    ],
    routes: routes.map(({ match }) => ({ match, policies: ['p'] })),
    // Of other policies of the file.
    allow: ['flex.target-selector', 'flex.upstream'],
  };
  const files = memoryFiles({
    [file.name]: file.text,
    'secret.txt': secret,
    'conf.json': JSON.stringify(configuration),
  });
  const { snapshot, problems } = loadConfiguration('conf.json', { files });
  if (snapshot === undefined) {
    const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
    throw new Finding(`${errors.join('\n')}\n${JSON.stringify(configuration, undefined, 1)}\n${shown}`);
  }
  const decide = decideAtOnce(snapshot, { clock: () => 1_700_000_000_000, randomId: () => 'id' });
  return ({ method, path, host, headers }) => {
    const fields = [[':method', method], [':path', path], [':authority', host], ...Object.entries(headers)] as const;
    const request = { attributes: new Map(), metadata: knownCaller, routePolicy: undefined };
    return answerOf(decide({ ...request, headers: new HeaderList([...fields]) }));
  };
}

function answerOf(decision: Decision): Answer {
  if (decision.kind === 'refuse') return decision.code === 'route.none' ? 'missed' : 'refused';
  if (decision.kind === 'untouched') throw new Finding('A request went on untouched.');
  return decision.set.length > 0 ? 'token' : 'none';
}

/** What is wrong with an answer; undefined if it is the gateway's. */
function objection(subject: Subject, request: MadeRequest, answer: Answer): string | undefined {
  const { gateway, made } = subject;
  const handlings = handlingsOf(gateway, request);
  const bound = handlings.map((handling) => isBound(made, handling));
  if (bound.includes('perhaps')) return 'the order of the routes decides';
  const running = handlings.filter((_, at) => bound[at] === true);
  if (running.length === 0) return objectionOutside(answer, handlings);
  if (running.length < handlings.length) return 'it depends on the port';
  const wanted = new Set(running.map((handling) => isFor(made, request, handling)));
  // A path that is the base path alone is compared in two ways.
  if (wanted.has(undefined)) return undefined;
  if (wanted.size > 1) return 'it depends on the port whether the rules match';
  const expected: Answer = wanted.has(true) ? 'token' : 'none';
  const isUnclear = answer === 'refused' && running.some(({ rests }) => rests.length > 1);
  return answer === expected || isUnclear ? undefined : `the gateway says ${expected}`;
}

function objectionOutside(answer: Answer, handlings: readonly Handling[]): string | undefined {
  if (answer === 'missed' || answer === 'refused') return undefined;
  if (handlings.length > 0) return 'the gateway ran other policies';
  return 'the gateway did not forward it';
}
