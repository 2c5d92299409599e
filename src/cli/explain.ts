/**
 * @module
 * `mintproc explain`: describes what a policy does to any request, or what a configuration does to one request, with
 * the value of each member of the token and what it was computed from. Keys and secrets are never shown.
 */
import { loadEnvoyNeeds } from '../configuration/envoy-needs.ts';
import type { KeptFinding } from '../configuration/envoy-reuse.ts';
import { diskFiles } from '../configuration/files.ts';
import { loadAskingServices } from '../configuration/single-policy.ts';
import { formatProblem } from '../diagnostics/problem.ts';
import { StepRecorder } from '../mint/step-recorder.ts';
import { mintAlone } from '../trial/mint-alone.ts';
import { atOption } from './at-option.ts';
import { type Arguments, type Command, stringOption } from './command.ts';
import { explainPolicy, explanationText } from './explain-policy.ts';
import { explainAlone, explainRoutes, type TrialExplanation, trialText } from './explain-trial.ts';
import { jsonText } from './json-text.ts';
import { keysGivenBy, readRequestFile, tryRequest } from './request-option.ts';
import { policyNameOption, tryRoutes } from './route-trial.ts';
import { standInOption, standInsOf, tellStandIns } from './stand-in-keys-option.ts';
import { type Terminal, UsageError } from './terminal.ts';

const help = `Usage: mintproc explain --policy FILE|NAME [--config FILE] [--stand-in-keys] [--format text|json]
       mintproc explain --config FILE --request FILE [--policy-name NAME] [--at TIME] [--stand-in-keys]
                        [--format text|json]
       mintproc explain --policy FILE|NAME --request FILE [--config FILE] [--at TIME] [--stand-in-keys]
                        [--format text|json]

Without a request, describes what a policy does: how the token is signed or encrypted, which key signs and until when,
which header carries the token, where each header parameter and claim comes from, what happens if no token can be
minted, whether a caller is required, whether tokens are reused, what Envoy may keep, which claims of the caller are
joined from lists to strings, which sources know the caller, what Envoy must send, and where each member and variable
that the policy reads comes from.

With a request, describes what happens to it: which route it takes and why those before do not match, and for each
policy every header parameter and claim with its expression, what the expression read, the value and its type.

  --policy FILE   the policy file; with --config also the NAME of an entry, if there is no file with that name
  --config FILE   the mintproc.yaml; with --policy, its entry for this policy names the key, the header and so on
  --request FILE  the request, as for mint
  --policy-name NAME  only this policy of the route
  --at TIME       the time of minting, in seconds since the epoch or as 2026-01-01T00:00:00Z (default: now)
  --stand-in-keys makes the keys that are not at hand, for this run, and says which
  --format FORM   text (default) or json`;

export const explainCommand: Command = {
  help,
  options: {
    policy: { type: 'string' },
    'policy-name': { type: 'string' },
    config: { type: 'string' },
    request: { type: 'string' },
    at: { type: 'string' },
    format: { type: 'string' },
    ...standInOption,
  },
  async run(args, terminal) {
    const policyName = policyNameOption(args);
    const request = stringOption(args, 'request');
    const policy = stringOption(args, 'policy');
    if (request === undefined) {
      if (policy === undefined) throw new UsageError('The option --policy is required, or --config and --request.');
      return describe(policy, args, terminal);
    }
    const explanation =
      policy === undefined
        ? await explainOnRoute(request, policyName, args, terminal)
        : await explainOne(policy, request, args, terminal);
    if (explanation === undefined) return 1;
    const asJson = stringOption(args, 'format') === 'json';
    terminal.out(asJson ? `${jsonText(explanation, 2)}\n` : trialText(explanation, terminal.isColoured));
    return 0;
  },
};

async function describe(file: string, args: Arguments, terminal: Terminal): Promise<number> {
  const config = stringOption(args, 'config');
  const standInKeys = standInsOf(args);
  const lone = { file, entry: undefined, config, environment: terminal.environment, standInKeys };
  const { policy, ring, problems, authentication } = await loadAskingServices(lone, diskFiles);
  for (const problem of problems) terminal.error(formatProblem(problem));
  if (policy === undefined) return 1;
  tellStandIns(standInKeys, terminal);
  const explanation = explainPolicy(policy, ring, authentication, terminal.now(), keptWith(config));
  const asJson = stringOption(args, 'format') === 'json';
  terminal.out(asJson ? `${jsonText(explanation, 2)}\n` : explanationText(file, explanation));
  return 0;
}

/** What Envoy may keep depends on all policies and routes. Undefined if they cannot be loaded together. */
function keptWith(config: string | undefined): KeptFinding | undefined {
  return config === undefined ? undefined : loadEnvoyNeeds(config, diskFiles).needs?.reuse;
}

async function explainOnRoute(
  requestFile: string,
  policyName: string | undefined,
  args: Arguments,
  terminal: Terminal,
): Promise<TrialExplanation | undefined> {
  const config = stringOption(args, 'config');
  if (config === undefined) throw new UsageError('One of the options --policy and --config is required.');
  const at = atOption(args, terminal);
  const recorder = new StepRecorder();
  const request = readRequestFile(requestFile);
  const trial = await tryRoutes({ config, request, at, policyName, recorder, standIns: standInsOf(args) }, terminal);
  return trial && explainRoutes(trial, recorder);
}

async function explainOne(
  file: string,
  requestFile: string,
  args: Arguments,
  terminal: Terminal,
): Promise<TrialExplanation | undefined> {
  const at = atOption(args, terminal);
  const request = readRequestFile(requestFile);
  const config = stringOption(args, 'config');
  const recorder = new StepRecorder();
  const { environment } = terminal;
  const standInKeys = standInsOf(args);
  const single = { file, entry: undefined, config, given: keysGivenBy(request), environment, recorder, standInKeys };
  const loading = await loadAskingServices(single, diskFiles);
  tellStandIns(standInKeys, terminal);
  for (const problem of loading.problems) {
    if (problem.severity !== 'note') terminal.error(formatProblem(problem));
  }
  const tried = tryRequest(request, loading.authentication);
  const answer = await mintAlone(loading, tried, at);
  return answer.kind === 'unloadable' ? undefined : explainAlone(answer, tried, at, recorder);
}
