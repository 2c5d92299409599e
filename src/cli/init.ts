/**
 * @module
 * `mintproc init`: writes a folder that runs, with a policy, a key, a test and the Envoy part.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem } from '../diagnostics/problem.ts';
import type { PlatformValues } from '../envoy/platform.ts';
import { platforms } from '../envoy/platforms.ts';
import { type Arguments, type Command, listOption, type Options, stringOption } from './command.ts';
import { type Answers, answersOf, callerNames, dialectNames, proxyNames } from './init/answers.ts';
import { type NewFolder, newFolder, testTime } from './init/new-folder.ts';
import type { NewPolicy } from './init/new-policy.ts';
import { ownPolicies } from './init/own-policies.ts';
import { plainText, starterPolicy } from './init/starters.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';
import { type NewFile, refuseExisting, writeFiles } from './written-files.ts';

const help = `Usage: mintproc init [DIR] [options]

Writes a folder that runs: mintproc.yaml, a policy in the form of a gateway, a new private key that git ignores, a test,
the Envoy part, and a README.md with the next commands. On a terminal, up to four questions are asked; an option answers
its question. DIR is the working directory by default.

  --dialect NAME     the gateway whose form the policy has: ${dialectNames.join(', ')}; default: flex
  --policy FILE      instead of that, a policy file of your own, copied byte for byte; may be repeated
  --header NAME      the header that carries the token; default: authorization, or that of your policy
  --caller NAME      who authenticates the callers: ${callerNames.join(', ')} (default: none, nobody yet)
  --proxy NAME       the proxy that mintproc will run beside: ${proxyNames.join(', ')}; default: envoy
  --issuer ISSUER    \`iss\` of the tokens; default: https://gateway.example.com
  --audience NAME    \`aud\` of the tokens; default: backend
  --yes              asks nothing: what no option says has its default. So it is without a terminal
  --force            replaces files that exist; keys stay

For --caller jwt_authn and --proxy envoy, these complete the filter that verifies the callers' tokens, as for gen:

  --caller-issuer ISSUER    \`iss\` of the callers' tokens
  --caller-audience NAME    their \`aud\`
  --caller-jwks URL|FILE    the issuer's key set

Nothing is written if one of the files exists already (without --force). The exit code is 1 if mintproc.yaml does not
load yet: the folder is written, without the Envoy part, and the problems say what your policy needs.`;

/** The options of `gen envoy` that say who issues the callers' tokens. */
const issuerOptions = ['issuer', 'audience', 'jwks'] as const;

const texts = ['dialect', 'header', 'caller', 'proxy', 'issuer', 'audience'];

export const initCommand: Command = {
  help,
  options: {
    ...stringOptions([...texts, ...issuerOptions.map((name) => `caller-${name}`)]),
    policy: { type: 'string', multiple: true },
    yes: { type: 'boolean' },
    force: { type: 'boolean' },
  },
  choices: { dialect: dialectNames, caller: callerNames, proxy: proxyNames },
  async run(args, terminal) {
    const folder = folderOf(args);
    const own = listOption(args, 'policy');
    checkOptions(args, own);
    if (asks(args, terminal) && args.values['force'] !== true) refuseExisting(folder, 'mintproc.yaml');
    const answers = await readAnswers(args, own, terminal);
    const policies = own.length > 0 ? ownPolicies(own, ownHeader(args, answers)) : [starter(answers, args)];
    const made = newFolder(answers, policies, platformValues(args, answers));
    return write(folder, made, args, terminal);
  },
};

function stringOptions(names: readonly string[]): Options {
  return Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
}

function folderOf({ positionals: [folder = '.', ...more] }: Arguments): string {
  if (more.length > 0) throw new UsageError('Only one DIR can be given. A policy file is named by --policy.');
  if (folder === '') throw new UsageError('DIR is empty.');
  return folder;
}

function checkOptions(args: Arguments, own: readonly string[]): void {
  const ofStarter = ['dialect', 'issuer', 'audience'].find((name) => stringOption(args, name) !== undefined);
  if (own.length > 0 && ofStarter !== undefined) {
    throw new UsageError(`--${ofStarter} is for a new policy: with --policy, the policy file says it.`);
  }
  for (const name of ['issuer', 'audience']) {
    const value = stringOption(args, name);
    if (value === undefined || plainText.test(value)) continue;
    throw new UsageError(`--${name} takes a name or a URL, of letters, digits and the characters :/.@_~+-`);
  }
}

function asks(args: Arguments, terminal: Terminal): boolean {
  return terminal.isInteractive && args.values['yes'] !== true;
}

/** The header of one's own policy is not asked for: the policy says it. */
async function readAnswers(args: Arguments, own: readonly string[], terminal: Terminal): Promise<Answers> {
  const given = Object.fromEntries(
    ['dialect', 'header', 'caller', 'proxy'].flatMap((name) => {
      const value = stringOption(args, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const known = own.length > 0 ? { dialect: 'flex', header: 'authorization' } : {};
  return answersOf({ ...known, ...given }, asks(args, terminal), terminal);
}

function ownHeader(args: Arguments, { header }: Answers): string | undefined {
  return stringOption(args, 'header') === undefined ? undefined : header;
}

function starter(answers: Answers, args: Arguments): NewPolicy {
  const token = {
    issuer: stringOption(args, 'issuer') ?? 'https://gateway.example.com',
    audience: stringOption(args, 'audience') ?? 'backend',
  };
  return starterPolicy(answers, token, Date.parse(testTime) / 1000);
}

function platformValues(args: Arguments, { caller, proxy }: Answers): PlatformValues {
  const rows = platforms.envoy.options;
  return Object.fromEntries(
    issuerOptions.flatMap((name) => {
      const value = stringOption(args, `caller-${name}`);
      if (value === undefined) return [];
      if (caller !== 'jwt_authn' || proxy !== 'envoy') {
        throw new UsageError(`--caller-${name} is for --caller jwt_authn and --proxy envoy.`);
      }
      const fault = rows[name]?.check(value);
      if (fault !== undefined) throw new UsageError(`--caller-${name} ${fault}.`);
      return [[name, value]];
    }),
  );
}

function write(folder: string, { files, envoy, problems }: NewFolder, args: Arguments, terminal: Terminal): number {
  if (problems.length === 0 && envoy.files.size === 0) throw new CommandError(envoy.notes.join('\n'));
  const force = args.values['force'] === true;
  const kept = force ? files.filter((file) => isKeyThere(folder, file)) : [];
  const written = writeFiles(
    folder,
    files.filter((file) => !kept.includes(file)),
    { force },
  );
  for (const path of written) terminal.out(`Wrote ${path}\n`);
  for (const { path } of kept) terminal.out(`Kept ${join(folder, path)}\n`);
  const left = problems.filter(({ severity }) => severity !== 'note');
  for (const problem of left) terminal.error(formatProblem(problem));
  terminal.out(`Next: ${join(folder, 'README.md')}\n`);
  return left.some(({ severity }) => severity === 'error') ? 1 : 0;
}

/** A key that was replaced would be lost, and the tokens of a running mintproc with it. */
function isKeyThere(folder: string, { path, isPrivate }: NewFile): boolean {
  if (isPrivate !== true || !path.startsWith('keys/')) return false;
  return lstatSync(join(folder, path), { throwIfNoEntry: false }) !== undefined;
}
