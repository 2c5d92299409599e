/**
 * @module
 * A `mintproc.yaml` for a program, and the requests that it takes through its routes.
 */
import { askingServices } from '../configuration/asking-services.ts';
import { diskFiles } from '../configuration/files.ts';
import { StandInKeys } from '../configuration/keys/stand-in-keys.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { refusalFields, trialFields } from '../trial/answer-fields.ts';
import { routeTaken } from '../trial/cases/check-route.ts';
import { routeFinder, type TestedConfiguration } from '../trial/cases/tested-configuration.ts';
import { runTrial, type Trial, type TriedRequest } from '../trial/run-trial.ts';
import { forTrials } from '../trial/trial-loading.ts';
import { withoutKeysOf } from '../trial/trial-variables.ts';
import { environmentOf, loadKinds, millisecondsOf, requestKinds, requireOptions, requirePath } from './arguments.ts';
import type {
  ConfigurationOptions,
  ConfigurationResult,
  RequestAnswer,
  RequestInput,
  RequestOptions,
  TakenRoute,
} from './interface.ts';
import { loadProblems, publicProblems, publicStandIns } from './problems.ts';
import { readRequest } from './written-request.ts';

/** @throws TypeError if an argument is not what its type says */
export async function configurationFrom(file: string, options: ConfigurationOptions): Promise<ConfigurationResult> {
  requirePath(file, 'the configuration');
  requireOptions(options, { ...loadKinds, strict: 'switch' });
  const now = millisecondsOf(options.now, 'now');
  const standIns = options.standInKeys === true ? new StandInKeys() : undefined;
  const given = { environment: environmentOf(options.environment), standInKeys: standIns };
  const context = {
    files: diskFiles,
    ...given,
    now: () => now,
    strict: options.strict ?? false,
    ...forTrials,
    // The order of requests must not matter.
    withoutReuse: true,
  };
  const { snapshot, routes, problems } = await askingServices(given, (outside) =>
    loadConfiguration(file, { ...context, outside }),
  );
  const shown = loadProblems(problems, options);
  if (snapshot === undefined) return { ok: false, problems: shown };
  const loading = { snapshot, routes, routeOf: routeFinder(routes) };
  return {
    ok: true,
    problems: shown,
    policies: [...snapshot.policies.keys()],
    standInKeys: publicStandIns(standIns),
    request: (request, given = {}) => answerTo(request, given, loading),
  };
}

type Loading = Pick<TestedConfiguration, 'routeOf' | 'routes' | 'snapshot'>;

async function answerTo(request: RequestInput, options: RequestOptions, loading: Loading): Promise<RequestAnswer> {
  requireOptions(options, requestKinds);
  const time = millisecondsOf(options.at, 'at');
  const { snapshot } = loading;
  const read = readRequest(request, snapshot.settings.authentication, snapshot.identify);
  if (!read.ok) {
    return { ok: false, outcome: 'unusable', problems: publicProblems(read.problems), route: undefined, policies: [] };
  }
  const tried = withoutKeysOf(snapshot, read.value);
  const trial = await runTrial(snapshot, tried, { at: time });
  return answerOf(trial, takenRoute(loading, tried));
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

function takenRoute({ routes, routeOf }: Loading, { incoming }: TriedRequest): TakenRoute | undefined {
  if (incoming.routePolicy !== undefined) return undefined;
  const taken = routeTaken(incoming, { routeOf });
  if ('unclear' in taken || taken.index === undefined) return undefined;
  const name = routes[taken.index]?.entry.name;
  return { number: taken.index + 1, ...(name === undefined ? {} : { name }) };
}
