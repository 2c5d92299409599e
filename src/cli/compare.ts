/**
 * @module
 * `mintproc compare`: a token that a gateway made against the one that is made here for the same request.
 */
import type { StandInKeys } from '../configuration/keys/stand-in-keys.ts';
import { printable } from '../diagnostics/printable.ts';
import {
  type Compared,
  comparedPath,
  compareTokens,
  differenceOf,
  ignoring,
  issueOf,
  pathOf,
  type ReadableToken,
} from '../trial/compare-tokens.ts';
import { severalText, whyNone } from '../trial/outcome-words.ts';
import { readableToken } from '../trial/readable-token.ts';
import { type MintedToken, mintedBy } from '../trial/run-trial.ts';
import { keysOfSnapshot, keysOfStandIns } from '../trial/snapshot-keys.ts';
import type { VerifyingKey } from '../verification/verifying-key.ts';
import { atOption } from './at-option.ts';
import { type Arguments, type Command, listOption, stringOption } from './command.ts';
import { type RequestFile, readRequestFile } from './request-option.ts';
import { policyNameOption, type RouteTrial, tryRoutes } from './route-trial.ts';
import { standInOption, standInsOf } from './stand-in-keys-option.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';
import { readTokenText } from './token-argument.ts';
import { keyChoices, keyOptions, keysOfConfiguration, keysOfOptions } from './verifying-keys.ts';

const help = `Usage: mintproc compare TOKEN|- --request FILE --config FILE [--policy-name NAME] [--at TIME] [--key FILE]
                        [--encoding NAME] [--passphrase-file FILE] [--ignore PART.NAME] [--claims] [--stand-in-keys]
                        [--format text|json]

Compares a token that the old gateway made with the one that is made here for the same request: header and claims,
member by member, with their order and types. Times are compared as their distance from \`iat\`, random identifiers by
their form, and signatures not at all, so the gateway's key is not needed. With -, the token is read from standard
input. White space and \`Bearer\` around it do not matter.

  --request FILE      the request that the gateway got, as for mint
  --config FILE       mintproc.yaml: the request goes through its routes
  --policy-name NAME  the policy to compare with, where the request's route has several
  --at TIME           the time of the request, in seconds since 1970 or as 2026-01-01T00:00:00Z (default: the token's
                      iat, else now)
  --key FILE          a private key or a secret that opens encrypted tokens; may be repeated
  --encoding NAME     how the secrets of --key are written: utf8 (default), hex, base64 or base64url
  --passphrase-file FILE  the passphrase of an encrypted key of --key
  --ignore PART.NAME  a member that may differ, such as header.kid or claims.ver; may be repeated. A part alone
                      (claims) ignores the order of its members, and that nobody can read them
  --claims            also shows the values that differ
  --stand-in-keys     makes the keys that are not at hand, for this run, and says which
  --format FORM       text (default), or json: {"same", "policy", "members": [{part, name, result, message}]}; with
                      --claims also recorded and made

The exit code is 0 if the tokens are the same, and 1 if not.`;

export const compareCommand: Command = {
  help,
  options: {
    request: { type: 'string' },
    config: { type: 'string' },
    'policy-name': { type: 'string' },
    at: { type: 'string' },
    ...keyOptions,
    ...standInOption,
    ignore: { type: 'string', multiple: true },
    claims: { type: 'boolean' },
    format: { type: 'string' },
  },
  choices: keyChoices,
  async run(args, terminal) {
    const { request, config, ignored } = readLine(args);
    const text = await readTokenText(args, terminal);
    const { keys } = keysOfOptions(args);
    const standIns = standInsOf(args);
    const given = stringOption(args, 'at') === undefined ? undefined : atOption(args, terminal);
    const at = given ?? (await issueOfText({ text, keys, config, standIns }, terminal)) ?? terminal.now();
    const options = { config, request, at, policyName: policyNameOption(args), standIns };
    const trial = await tryRoutes(options, terminal);
    if (trial === undefined) return 1;
    const all = [...keys, ...keysOfSnapshot(trial.snapshot, config, at).keys, ...keysOfStandIns(standIns, config)];
    const { policy, token } = mintedOf(trial);
    const [recorded, made] = [await readable(text, all, given), await readable(token, all, at)];
    const compared = ignoring(compareTokens(recorded, made), ignored);
    const result = { policy: policy.name, compared, withClaims: args.values['claims'] === true };
    terminal.out(stringOption(args, 'format') === 'json' ? json(result) : textOf(result));
    return isSame(compared) ? 0 : 1;
  },
};

interface Line {
  readonly request: RequestFile;
  readonly config: string;
  readonly ignored: ReadonlySet<string>;
}

/** @throws UsageError, CommandError */
function readLine(args: Arguments): Line {
  const [request, config] = [stringOption(args, 'request'), stringOption(args, 'config')];
  if (args.positionals.length === 0) throw new UsageError('The token is required, or - to read standard input.');
  if (request === undefined || config === undefined) {
    throw new UsageError('The options --request and --config are required.');
  }
  const ignored = listOption(args, 'ignore');
  if (!ignored.every((path) => comparedPath.test(path))) {
    throw new UsageError('--ignore takes header.NAME or claims.NAME, such as header.kid; or claims, for their order.');
  }
  return { request: readRequestFile(request), config, ignored: new Set(ignored) };
}

/** @param at milliseconds since the epoch, if that is known @throws CommandError */
async function readable(text: string, keys: readonly VerifyingKey[], at: number | undefined): Promise<ReadableToken> {
  const reading = await readableToken(text, keys, at === undefined ? undefined : Math.floor(at / 1000));
  if (!reading.ok) throw new CommandError(`The token cannot be read. ${reading.message}`);
  return reading.token;
}

interface Recorded {
  readonly text: string;
  readonly keys: readonly VerifyingKey[];
  readonly config: string;
  readonly standIns: StandInKeys | undefined;
}

/** When the recorded token says that it was issued, in milliseconds since the epoch. @throws CommandError */
async function issueOfText(
  { text, keys, config, standIns }: Recorded,
  terminal: Terminal,
): Promise<number | undefined> {
  const first = await readable(text, keys, undefined);
  const more =
    first.claims === undefined ? (await keysOfConfiguration(config, terminal.now(), terminal, standIns)).keys : [];
  return issueOf(more.length === 0 ? first : await readable(text, [...keys, ...more], undefined));
}

/** The token that the request gets. @throws CommandError if it gets no token, or more than one */
function mintedOf({ decision, policies }: RouteTrial): MintedToken {
  const minted = mintedBy(policies);
  const [first, second] = minted;
  if (first === undefined) {
    throw new CommandError(`There is no token to compare with. ${whyNone({ decision, policies })}`);
  }
  if (second !== undefined) throw new CommandError(severalText(minted, '--policy-name'));
  return first;
}

function isSame(compared: readonly Compared[]): boolean {
  return compared.every(({ result }) => result === 'same');
}

interface Result {
  readonly policy: string;
  readonly compared: readonly Compared[];
  readonly withClaims: boolean;
}

function textOf({ compared, withClaims }: Result): string {
  const paths = compared.map((row) => printable(pathOf(row)));
  const width = Math.max(...paths.map((path) => path.length));
  const lines = compared.map((row, index) => {
    const line = `${row.result.padEnd(8)} ${(paths[index] ?? '').padEnd(width)}  ${differenceOf(row)}`.trimEnd();
    return `${line}\n${withClaims && row.result !== 'same' ? valuesOf(row) : ''}`;
  });
  const differing = paths.filter((_, index) => compared[index]?.result !== 'same');
  const verdict = differing.length === 0 ? 'The tokens are the same.' : `The tokens differ: ${differing.join(', ')}.`;
  return `${lines.join('')}${verdict}\n`;
}

function valuesOf({ recorded, made }: Compared): string {
  const rows = [
    ['recorded', recorded],
    ['made', made],
  ] as const;
  return rows
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`           ${name} ${printable(JSON.stringify(value))}\n`],
    )
    .join('');
}

function json({ policy, compared, withClaims }: Result): string {
  const members = compared.map((row) => {
    const { part, name = null, result, recorded, made } = row;
    return { part, name, result, message: differenceOf(row), ...(withClaims ? { recorded, made } : {}) };
  });
  return `${JSON.stringify({ same: isSame(compared), policy, members })}\n`;
}
