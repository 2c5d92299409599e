/**
 * @module
 * One policy for a program: from its file or its text, with or without an entry or a configuration.
 */
import { resolve } from 'node:path';
import { diskFiles, type FileContents, type FileReader, largestFile, tooLarge } from '../configuration/files.ts';
import { StandInKeys } from '../configuration/keys/stand-in-keys.ts';
import { type LoadedSinglePolicy, loadAskingServices } from '../configuration/single-policy.ts';
import { isRecord } from '../diagnostics/json.ts';
import { makeIdentify } from '../identity/authentication.ts';
import { mintFields } from '../trial/answer-fields.ts';
import { mintAlone } from '../trial/mint-alone.ts';
import {
  environmentOf,
  loadKinds,
  millisecondsOf,
  requestKinds,
  requireOptions,
  requirePath,
  requireText,
} from './arguments.ts';
import type { MintResult, PolicyOptions, PolicyResult, PolicyText, RequestInput, RequestOptions } from './interface.ts';
import { failureOf, loadProblems, publicProblems, publicStandIns } from './problems.ts';
import { readRequest } from './written-request.ts';

/** @throws TypeError if an argument is not what its type says */
export async function policyFrom(source: string | PolicyText, options: PolicyOptions): Promise<PolicyResult> {
  requireOptions(options, { ...loadKinds, entry: 'object', configuration: 'text', secrets: 'texts' });
  const { entry, configuration, secrets = {}, environment, now } = options;
  const { file, files } = filesOf(source);
  const standIns = options.standInKeys === true ? new StandInKeys() : undefined;
  const loaded = await loadAskingServices(
    {
      ...{ file, entry, config: configuration, given: new Map(Object.entries(secrets)) },
      ...{ environment: environmentOf(environment), now: millisecondsOf(now, 'now'), standInKeys: standIns },
      insteadOfConfiguration,
    },
    files,
  );
  const problems = loadProblems(loaded.problems, options);
  const { policy } = loaded;
  if (policy === undefined) return { ok: false, problems };
  return {
    ok: true,
    problems,
    name: policy.name,
    dialect: policy.dialect,
    standInKeys: publicStandIns(standIns),
    mint: (request, given = {}) => mint(request, given, loaded),
  };
}

const insteadOfConfiguration =
  'Write `loadPolicy(NAME, { configuration: FILE })`, with the name of one of its policies, or `loadConfiguration(FILE)`.';

async function mint(request: RequestInput, options: RequestOptions, loaded: LoadedSinglePolicy): Promise<MintResult> {
  requireOptions(options, requestKinds);
  const time = millisecondsOf(options.at, 'at');
  const read = readRequest(request, loaded.authentication, makeIdentify(loaded.authentication));
  if (read.ok) {
    const answer = mintFields(await mintAlone(loaded, read.value, time));
    return answer.ok ? answer : { ...answer, problems: [] };
  }
  const [first] = read.problems;
  return { ok: false, error: first === undefined ? {} : failureOf(first), problems: publicProblems(read.problems) };
}

interface PolicySource {
  readonly file: string;
  readonly files: FileReader;
}

function filesOf(source: string | PolicyText): PolicySource {
  if (!isRecord(source)) {
    requirePath(source, 'the policy');
    return { file: source, files: diskFiles };
  }
  const { text, file = 'policy' } = source;
  requireText(text, '`text` of the policy');
  requireText(file, '`file` of the policy');
  const path = resolve(file);
  const bytes = new TextEncoder().encode(text);
  const contents: FileContents = bytes.length > largestFile ? tooLarge : { kind: 'bytes', bytes };
  const read: FileReader['read'] = (wanted) => (resolve(wanted) === path ? contents : diskFiles.read(wanted));
  return { file, files: { ...diskFiles, read } };
}
