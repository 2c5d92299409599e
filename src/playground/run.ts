/**
 * @module
 * One run: loads the files as `serve` does, lets the request go its whole way, and shows everything that happened.
 */
import { basename, dirname } from 'node:path';
import { type FileReader, readTextFile } from '../configuration/files.ts';
import { type StandInKeys, standInText } from '../configuration/keys/stand-in-keys.ts';
import { type Loaded, loadConfiguration } from '../configuration/load.ts';
import type { LoadContext } from '../configuration/load-context.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import { listed } from '../diagnostics/listing.ts';
import type { Problem } from '../diagnostics/problem.ts';
import { StepRecorder } from '../mint/step-recorder.ts';
import { WrittenTexts } from '../trial/member-fields.ts';
import { refusalText, untouchedText, whyNone } from '../trial/outcome-words.ts';
import { triedOf } from '../trial/read-trial.ts';
import { mintedBy, runTrial, type Trial, type TriedRequest } from '../trial/run-trial.ts';
import { keysOfSnapshot, keysOfStandIns } from '../trial/snapshot-keys.ts';
import { forTrials } from '../trial/trial-loading.ts';
import { withoutKeysOf } from '../trial/trial-variables.ts';
import type { VerifyingKey } from '../verification/verifying-key.ts';
import { caseName, formOf, type ReadCase, readCase } from './case.ts';
import { curlText } from './curl.ts';
import type { Outcome, Refusal, RunAnswer } from './interface.ts';
import { type HelpOf, helpFor, type NameOf, namesBelow, type ProblemContext, shownProblems } from './problems.ts';
import { shownRoutes } from './shown-routes.ts';
import { shownPolicy } from './shown-token.ts';
import { ShownValues } from './shown-values.ts';
import { refusalCode, testCaseText } from './test-case.ts';

/** What a run is made with. */
export interface RunWorld {
  /** The configuration, as the loader gets it. */
  readonly config: string;
  readonly files: FileReader;
  /** Empty if nothing of the process is to be reached. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Undefined if the real keys sign. */
  readonly standIns: StandInKeys | undefined;
  /** Whether the workspace is the opened folder. */
  readonly isFolder: boolean;
  readonly now: () => number;
  readonly helpOf: HelpOf;
  /** Asks the services that hold keys, unless keys are made in place of theirs. */
  readonly asking: (load: (outside: LoadContext['outside']) => Loaded) => Loaded | Promise<Loaded>;
}

/** Of the files, and of the case. @internal Exported for the test at the limit. */
export const maxProblems = 200;

/** Errors first, each kind in the order of the files. */
const rank = { error: 0, warning: 1, note: 2 } as const;

export async function runWorkspace(caseText: string, world: RunWorld): Promise<RunAnswer> {
  const { config, files, environment, standIns, now, helpOf } = world;
  const recorder = new StepRecorder();
  const { snapshot, routes, problems } = await world.asking((outside) =>
    loadConfiguration(config, {
      ...{ files, environment, now, recorder, outside },
      ...forTrials,
      // The page shows a new token, also for a request that it has seen.
      withoutReuse: true,
      standInKeys: standIns,
    }),
  );
  const reading = readCase(caseText);
  const read = reading.ok ? reading.value : undefined;
  const tried = read && snapshot ? triedOf(read.read, snapshot.settings.authentication, snapshot.identify) : undefined;
  const outcome =
    snapshot && read && tried?.ok === true
      ? await outcomeOf({ snapshot, routes, tried: tried.value, read, recorder }, world)
      : undefined;
  const found = [...(reading.ok ? [] : reading.problems), ...(tried?.ok === false ? tried.problems : [])];
  const shown = problems.toSorted((one, other) => rank[one.severity] - rank[other.severity]).slice(0, maxProblems);
  return {
    problems: [...caseProblems(found.slice(0, maxProblems), caseText, helpOf), ...fileProblems(shown, world)],
    ...(problems.length > maxProblems ? { hiddenProblems: problems.length - maxProblems } : {}),
    madeKeys: (standIns?.made ?? []).map((made) => standInText(made)),
    ...(read === undefined ? {} : { form: formOf(read) }),
    ...(outcome === undefined ? {} : { outcome }),
  };
}

function fileProblems(problems: readonly Problem[], { config, files, helpOf }: RunWorld): RunAnswer['problems'] {
  const textOf: ProblemContext['textOf'] = (path) => {
    const contents = readTextFile(files, path);
    return contents.kind === 'text' ? contents.text : undefined;
  };
  return shownProblems(problems, { nameOf: namesBelow(dirname(config)), textOf, helpOf });
}

function caseProblems(problems: readonly Problem[], text: string, helpOf: HelpOf): RunAnswer['problems'] {
  return shownProblems(problems, { nameOf: () => caseName, textOf: () => text, helpOf });
}

interface Tried {
  readonly snapshot: Snapshot;
  readonly routes: Loaded['routes'];
  readonly tried: TriedRequest;
  readonly read: ReadCase;
  readonly recorder: StepRecorder;
}

async function outcomeOf({ snapshot, routes, tried: given, read, recorder }: Tried, world: RunWorld): Promise<Outcome> {
  const { config, standIns, isFolder, now, helpOf } = world;
  const at = read.at ?? now();
  const tried = withoutKeysOf(snapshot, given);
  const trial = await runTrial(snapshot, tried, { at });
  const nameOf = namesBelow(dirname(config));
  const keys = [...keysOfSnapshot(snapshot, basename(config), at).keys, ...keysOfStandIns(standIns, basename(config))];
  // Before the request goes again: the recorder keeps what the last one read.
  const policies = await policiesOf(trial, { snapshot, recorder, keys, at, nameOf }, world);
  const shown = shownRoutes(routes, tried.incoming, nameOf);
  const taken = shown.at(-1)?.isTaken === true ? routes[shown.length - 1] : undefined;
  const testCase = await testCaseText({
    ...{ read, at, trial, keys },
    config: basename(config),
    route: taken && (taken.entry.name ?? shown.length),
    canOpen: !isFolder,
    again: (time) => runTrial(snapshot, tried, { at: time }),
  });
  return {
    kind: trial.decision.kind,
    sentence: sentenceOf(trial),
    ...refusalOf(trial, helpOf),
    ...{ routes: shown, policies, testCase, at },
    curl: curlText(read.read.trial),
  };
}

interface Shown {
  readonly snapshot: Snapshot;
  readonly recorder: StepRecorder;
  readonly keys: readonly VerifyingKey[];
  readonly at: number;
  readonly nameOf: NameOf;
}

async function policiesOf(
  trial: Trial,
  { snapshot, ...shown }: Shown,
  { files, helpOf }: RunWorld,
): Promise<Outcome['policies']> {
  const compiled = [...snapshot.policies.values(), ...snapshot.variants];
  const context = { ...shown, texts: new WrittenTexts(files), values: new ShownValues(), helpOf };
  const policies: Outcome['policies'][number][] = [];
  for (const { policy, result } of trial.policies) {
    const whole = compiled.find((one) => one === policy);
    if (whole !== undefined) policies.push(await shownPolicy(whole, result, context));
  }
  return policies;
}

function sentenceOf(trial: Trial): string {
  const { decision, policies } = trial;
  if (decision.kind === 'untouched') return untouchedText;
  if (decision.kind === 'refuse') {
    const isByPolicy = decision.code === undefined;
    return isByPolicy ? `${refusalText(decision)} ${whyNone(trial)}` : refusalText(decision);
  }
  const headers = mintedBy(policies).map(({ policy }) => policy.output.header);
  return headers.length === 0
    ? 'The request goes on without a token.'
    : `The request goes on with a token in ${listed(headers)}.`;
}

function refusalOf({ decision }: Trial, helpOf: HelpOf): { readonly refusal?: Refusal } {
  if (decision.kind !== 'refuse') return {};
  const { status, contentType, headers = [], body } = decision.refusal;
  const code = refusalCode(decision);
  const help = helpFor(code, helpOf);
  return {
    refusal: {
      ...{ status, body, headers: [['content-type', contentType], ...headers] },
      ...(code === undefined ? {} : { code }),
      ...(help === undefined ? {} : { help }),
    },
  };
}
