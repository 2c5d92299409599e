/**
 * @module
 * Tries a request with a whole configuration, for `mint` and `explain`: its routes, the caller's identity, the policies
 * and their keys.
 */
import { askingServices } from '../configuration/asking-services.ts';
import { diskFiles } from '../configuration/files.ts';
import type { StandInKeys } from '../configuration/keys/stand-in-keys.ts';
import { type Loaded, loadConfiguration } from '../configuration/load.ts';
import { isPlainName, theyAre } from '../diagnostics/harmless.ts';
import { formatProblem } from '../diagnostics/problem.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { StepRecorder } from '../mint/step-recorder.ts';
import { runTrial, type Trial, type TriedPolicy, type TriedRequest } from '../trial/run-trial.ts';
import { forTrials } from '../trial/trial-loading.ts';
import { withoutKeysOf } from '../trial/trial-variables.ts';
import { type Arguments, stringOption } from './command.ts';
import { type RequestFile, tryRequest } from './request-option.ts';
import { tellStandIns } from './stand-in-keys-option.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';

export type Snapshot = NonNullable<Loaded['snapshot']>;

export interface RouteTrial extends Trial {
  readonly snapshot: Snapshot;
  readonly routes: Loaded['routes'];
  readonly tried: TriedRequest;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface RouteTrialOptions {
  readonly config: string;
  readonly request: RequestFile;
  readonly at: number;
  /** Only this policy is of interest. */
  readonly policyName: string | undefined;
  readonly recorder?: StepRecorder;
  /** Makes the keys that are not at hand. Which ones is said on standard error. */
  readonly standIns: StandInKeys | undefined;
}

/**
 * Undefined if the configuration has an error: all are shown. Otherwise, only warnings about the policies of the route
 * are.
 *
 * @throws CommandError
 */
export async function tryRoutes(options: RouteTrialOptions, terminal: Terminal): Promise<RouteTrial | undefined> {
  const { config, request, at, policyName, recorder, standIns } = options;
  const { environment } = terminal;
  const keys = { environment, standInKeys: standIns };
  const context = { files: diskFiles, ...keys, now: () => terminal.now(), ...forTrials, recorder };
  const { snapshot, routes, problems } = await askingServices(keys, (outside) =>
    loadConfiguration(config, { ...context, outside }),
  );
  if (snapshot === undefined) {
    for (const problem of problems) if (problem.severity === 'error') terminal.error(formatProblem(problem));
    return undefined;
  }
  tellStandIns(standIns, terminal);
  if (policyName !== undefined && !snapshot.policies.has(policyName)) throw unknownPolicy(policyName, snapshot);
  const given = tryRequest(request, snapshot.settings.authentication);
  const tried = withoutKeysOf(snapshot, given);
  const trial = await runTrial(snapshot, tried, { at });
  const wanted = trial.policies.filter(({ policy }) => policyName === undefined || policy.name === policyName);
  const files = new Set(wanted.map((one) => fileOf(one, snapshot)));
  for (const problem of problems) {
    if (problem.severity === 'warning' && files.has(problem.place.file)) terminal.error(formatProblem(problem));
  }
  return { ...trial, policies: wanted, snapshot, routes, tried, at };
}

/** @throws UsageError if it is given together with `--policy` */
export function policyNameOption(args: Arguments): string | undefined {
  const name = stringOption(args, 'policy-name');
  if (name === undefined || stringOption(args, 'policy') === undefined) return name;
  throw new UsageError('--policy is one policy without routes, so --policy-name has no meaning with it.');
}

function fileOf({ policy }: TriedPolicy, snapshot: Snapshot): string | undefined {
  return snapshot.policies.get(policy.name)?.unproved.place.file;
}

function unknownPolicy(name: string, { policies }: Snapshot): CommandError {
  const near = nearest(name, policies.keys());
  const known = near === undefined ? theyAre('policies', policies.keys()) : `Did you mean \`${near}\`?`;
  const named = isPlainName(name) ? ` \`${name}\`` : ' of this name';
  return new CommandError(`the configuration has no policy${named}.${known === undefined ? '' : ` ${known}`}`);
}
