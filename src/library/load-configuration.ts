/**
 * @module
 * A `mintproc.yaml` for a program, and the requests that it takes through its routes.
 */
import { diskFiles } from '../configuration/files.ts';
import { type Loaded, loadConfiguration as load } from '../configuration/load.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import { refusalFields, trialFields } from '../trial/answer-fields.ts';
import { withoutKeysOf } from '../trial/given-variables.ts';
import { traceRoutes } from '../trial/route-trace.ts';
import { runTrial, type Trial, type TriedRequest } from '../trial/run-trial.ts';
import { environmentOf, millisecondsOf, requireText } from './arguments.ts';
import type {
  ConfigurationOptions,
  ConfigurationResult,
  RequestAnswer,
  RequestInput,
  RequestOptions,
  TakenRoute,
} from './interface.ts';
import { publicProblems } from './problems.ts';
import { readRequest } from './written-request.ts';

/**
 * Loads a configuration and the files that it names, like `mintproc mint --config`: the TLS files of `listen` are not
 * read, and a policy may have keys that are not active now.
 *
 * @param file the path of `mintproc.yaml`
 * @throws TypeError (the promise is rejected) if an argument is not what its type says
 */
export async function loadConfiguration(
  file: string,
  options: ConfigurationOptions = {},
): Promise<ConfigurationResult> {
  requireText(file, 'The path of the configuration');
  const now = millisecondsOf(options.now, 'now');
  const loaded = load(file, {
    files: diskFiles,
    environment: environmentOf(options.environment),
    now: () => now,
    strict: options.strict ?? false,
    withoutKeys: 'all',
    tlsApart: { before: undefined, report: () => undefined },
  });
  const problems = publicProblems(loaded.problems);
  const { snapshot } = loaded;
  if (snapshot === undefined) return { ok: false, problems };
  return {
    ok: true,
    problems,
    policies: [...snapshot.policies.keys()],
    request: (request, { at } = {}) => answerTo(request, { at }, snapshot, loaded.routes),
  };
}

async function answerTo(
  request: RequestInput,
  { at }: RequestOptions,
  snapshot: Snapshot,
  routes: Loaded['routes'],
): Promise<RequestAnswer> {
  const time = millisecondsOf(at, 'at');
  const read = readRequest(request, snapshot.settings.authentication);
  if (!read.ok) {
    return { ok: false, outcome: 'unusable', problems: publicProblems(read.problems), route: undefined, policies: [] };
  }
  const tried = withoutKeysOf(snapshot, read.value);
  const trial = await runTrial(snapshot, tried, { at: time });
  return answerOf(trial, takenRoute(routes, tried));
}

function answerOf(trial: Trial, route: TakenRoute | undefined): RequestAnswer {
  const { ok, policies } = trialFields(trial);
  const shared = { problems: [], route, policies };
  const { decision } = trial;
  switch (decision.kind) {
    case 'forward':
      return { ok, outcome: decision.kind, ...shared, set: decision.set, remove: decision.remove };
    case 'untouched':
      return { ok: false, outcome: decision.kind, ...shared };
    case 'refuse':
      return { ok: false, outcome: decision.kind, ...shared, refusal: refusalFields(decision) };
  }
}

function takenRoute(routes: Loaded['routes'], { incoming }: TriedRequest): TakenRoute | undefined {
  if (incoming.routePolicy !== undefined) return undefined;
  const answers = traceRoutes(
    routes.map(({ entry }) => entry.match),
    incoming,
  );
  const taken = answers.find(({ unmet, unclear }) => unmet.length === 0 && unclear === undefined);
  if (taken === undefined) return undefined;
  const name = routes[taken.index]?.entry.name;
  return { number: taken.index + 1, ...(name === undefined ? {} : { name }) };
}
