/**
 * @module
 * `mintproc mint`: mints the token that a request would get.
 */

import { diskFiles } from '../configuration/files.ts';
import { type LoadedSinglePolicy, loadAskingServices } from '../configuration/single-policy.ts';
import { inDoubles } from '../diagnostics/exact-json.ts';
import { isRecord, type JsonValue } from '../diagnostics/json.ts';
import { formatProblem, type Problem } from '../diagnostics/problem.ts';
import { mintFields } from '../trial/answer-fields.ts';
import { type MintAnswer, mintAlone } from '../trial/mint-alone.ts';
import { readMoment } from '../trial/moment.ts';
import { reasonText } from '../trial/outcome-words.ts';
import { atOption } from './at-option.ts';
import { type Arguments, type Command, stringOption } from './command.ts';
import { givenKeys } from './given-variables.ts';
import { answerLines } from './json-lines.ts';
import { jsonText } from './json-text.ts';
import { mintRoutes } from './mint-routes.ts';
import { keysGivenBy, objectRequest, readRequestFile, tryRequest } from './request-option.ts';
import { policyNameOption } from './route-trial.ts';
import { standInOption, standInsOf, tellStandIns } from './stand-in-keys-option.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';
import { tokenWriter } from './token-text.ts';

const help = `Usage: mintproc mint --config FILE --request FILE [--policy-name NAME] [--at TIME] [--stand-in-keys]
                     [--format text|json|token]
       mintproc mint --policy FILE|NAME --request FILE [--config FILE] [--at TIME] [--stand-in-keys]
                     [--format text|json|token]
       mintproc mint --jsonl [--config FILE] [--stand-in-keys] < FILE

Mints the token that a request would get, with the policy's real key. Without --policy, the request goes through the
routes of the configuration, as behind Envoy. With it, the token is that of this policy, whatever the routes say.

  --config FILE   the mintproc.yaml; with --policy, its entry for this policy names the key, the header and so on
  --request FILE  the request, as YAML or JSON: {"request": {"path": …}, "caller": {"claims": {…}}}; or, as JSON, the
                  objects that expressions read: {"attributes": {…}, "authentication": {…}, "variables": {…}}
  --policy-name NAME  only this policy of the route
  --policy FILE   the policy file; with --config also the NAME of an entry, if there is no file with that name
  --at TIME       the time of minting, in seconds since the epoch or as 2026-01-01T00:00:00Z (default: now)
  --stand-in-keys makes the keys that are not at hand, for this run, and says which
  --format FORM   text (default), or json: {"ok": true, token, header, claims, output: {header, value}}
                  or {"ok": false, "error": {code, message}}; the claims of an encrypted token are null.
                  Without --policy: {"ok": …, "outcome": …, "policies": [{policy, result, token, …}]}
                  token prints nothing but the token: of several policies, each on a line
  --jsonl         reads one line {"policy": PATH, "entry": {…}, "request": {…}, "at": TIME} per token, and writes
                  one line of such JSON for each. entry and at are optional. Paths in an entry are relative to the
                  folder of the policy.`;

export const mintCommand: Command = {
  help,
  options: {
    policy: { type: 'string' },
    'policy-name': { type: 'string' },
    request: { type: 'string' },
    config: { type: 'string' },
    at: { type: 'string' },
    format: { type: 'string' },
    jsonl: { type: 'boolean' },
    ...standInOption,
  },
  formats: ['text', 'json', 'token'],
  async run(args, terminal) {
    return args.values['jsonl'] === true ? mintLines(args, terminal) : mintOne(args, terminal);
  },
};

async function mintLines(args: Arguments, terminal: Terminal): Promise<number> {
  const loaded = new Map<string, LoadedSinglePolicy>();
  const config = stringOption(args, 'config');
  const { environment } = terminal;
  const standIns = standInsOf(args);
  const code = await answerLines(terminal, {
    async answer({ policy, entry, request, at: written }, what) {
      const at = momentOf(inDoubles((written ?? null) as JsonValue), terminal);
      if (typeof policy !== 'string' || !isRecord(request) || at === undefined) {
        const form = '{"policy": PATH, "entry": {…}, "request": {…}, "at": TIME}';
        throw new CommandError(`${what} must have the form ${form}.`);
      }
      const given = givenKeys(request);
      const key = JSON.stringify([policy, entry, ...given]);
      const single = { file: policy, entry, config, given, environment, standInKeys: standIns };
      const loading = loaded.get(key) ?? (await loadAskingServices(single, diskFiles));
      loaded.set(key, loading);
      const tried = objectRequest({ record: request, file: `the request of ${what}` });
      return mintFields(await mintAlone(loading, tried, at));
    },
    refuse: (error) => ({ ok: false, error }),
  });
  tellStandIns(standIns, terminal);
  return code;
}

/** Undefined if it is not a time. */
function momentOf(written: JsonValue, terminal: Terminal): number | undefined {
  if (written === null) return terminal.now();
  return typeof written === 'number' || typeof written === 'string' ? readMoment(written) : undefined;
}

async function mintOne(args: Arguments, terminal: Terminal): Promise<number> {
  const file = stringOption(args, 'policy');
  const config = stringOption(args, 'config');
  const requestFile = stringOption(args, 'request');
  if (requestFile === undefined) throw new UsageError('The option --request is required.');
  const policyName = policyNameOption(args);
  const at = atOption(args, terminal);
  const format = stringOption(args, 'format');
  const request = readRequestFile(requestFile);
  const standIns = standInsOf(args);
  if (file === undefined) {
    if (config === undefined) throw new UsageError('One of the options --policy and --config is required.');
    return mintRoutes({ config, request, at, policyName, format, standIns }, terminal);
  }
  const { environment } = terminal;
  const given = keysGivenBy(request);
  const single = { file, entry: undefined, config, given, environment, standInKeys: standIns };
  const loading = await loadAskingServices(single, diskFiles);
  tellStandIns(standIns, terminal);
  const answer = await mintAlone(loading, tryRequest(request, loading.authentication), at);
  if (format === 'json') terminal.out(`${jsonText(mintFields(answer))}\n`);
  else showText(answer, { problems: loading.problems, format }, terminal);
  return answer.kind === 'minted' ? 0 : 1;
}

interface Shown {
  readonly problems: readonly Problem[];
  readonly format: string | undefined;
}

function showText(answer: MintAnswer, { problems, format }: Shown, terminal: Terminal): void {
  for (const problem of problems) {
    if (problem.severity !== 'note') terminal.error(formatProblem(problem));
  }
  if (answer.kind === 'refused') terminal.error(reasonText(answer.error));
  if (answer.kind === 'minted') terminal.out(tokenWriter(format)(answer.token, answer.policy.output));
}
