/**
 * @module
 * `mintproc keys`: shows the keys of a configuration, and adds the next one.
 */
import { durationSchema, milliseconds } from '../configuration/duration.ts';
import { signatureAlgorithms } from '../jose/signature-algorithms.ts';
import { momentForm, readMoment } from '../trial/moment.ts';
import { atOption } from './at-option.ts';
import { type Arguments, type Command, stringOption } from './command.ts';
import { durationOption } from './duration-option.ts';
import { jsonText } from './json-text.ts';
import { readDeclaredKeys } from './keys/declarations.ts';
import { type ListedKey, listedKeys, unusedKeys } from './keys/list.ts';
import { type RotateOptions, rotateKey } from './keys/rotate.ts';
import { recallKeys } from './remembered-keys.ts';
import { type Terminal, UsageError } from './terminal.ts';

const actions = ['list', 'rotate'] as const;

const help = `Usage: mintproc keys list --config FILE [--at TIME] [--format text|json]
       mintproc keys rotate --config FILE KEY [--alg NAME] [--active-from TIME|DURATION] [--overlap DURATION]
                            [--prune] [--dry-run] [--at TIME]

list shows each key: its kid and algorithm; whether it signs (active), will sign (coming), has signed (retired) or is
over (ended); from when to when; and where it is published.

rotate makes the key that follows KEY, one of \`keys\` with \`versions:\` or \`directory:\`, and adds it with the date from
which it signs: as late as verifiers need to know it. The files are replaced only if the configuration still loads, and
if each policy has the right key at each time. If one rotation is under way, it does not begin another.

  --config FILE    mintproc.yaml
  --alg NAME       the algorithm that the key is for, if the policies that sign with KEY have several
  --active-from T  when the new key begins to sign: a time, or a duration from now (default: when every verifier has it)
  --overlap D      how long the old key may sign after that, and is kept in any case (default: 24h)
  --prune          removes the keys whose last token has ended, and their files
  --dry-run        shows what would be done
  --at TIME        what the time is, in seconds since 1970 or as 2026-01-01T00:00:00Z (default: now)
  --format FORM    of list: text (default), or json: {"keys": [{key, policies, kid, algorithms, state, signsFrom,
                   signsUntil, publishedUntil, publishedAt}], "unused": [NAME]}`;

export const keysCommand: Command = {
  help,
  options: {
    config: { type: 'string' },
    alg: { type: 'string' },
    'active-from': { type: 'string' },
    overlap: { type: 'string' },
    prune: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    at: { type: 'string' },
    format: { type: 'string' },
  },
  choices: { alg: [...signatureAlgorithms.keys()] },
  positionals: actions,
  async run(args, terminal) {
    const [action, ...names] = args.positionals;
    const file = stringOption(args, 'config');
    if (action !== 'list' && action !== 'rotate') throw new UsageError('Write `keys list` or `keys rotate`.');
    if (file === undefined) throw new UsageError('The option --config is required: --config mintproc.yaml');
    if (action === 'list') await list(file, names, args, terminal);
    else await rotateKey(rotateOptions(file, names, args, terminal), terminal);
    return 0;
  },
};

const ofRotate = ['alg', 'active-from', 'overlap', 'prune', 'dry-run'];

async function list(file: string, names: readonly string[], args: Arguments, terminal: Terminal): Promise<void> {
  const foreign = ofRotate.find((name) => args.values[name] !== undefined);
  if (foreign !== undefined) throw new UsageError(`--${foreign} is an option of \`keys rotate\`.`);
  if (names.length > 0) throw new UsageError('`keys list` takes no name: it lists all keys.');
  const at = atOption(args, terminal);
  const declared = await readDeclaredKeys(file, at, { environment: terminal.environment, recall: recallKeys });
  const keys = listedKeys(declared, at);
  const unused = unusedKeys(declared);
  if (stringOption(args, 'format') === 'json') {
    terminal.out(`${jsonText({ keys, unused })}\n`);
    return;
  }
  for (const key of keys) terminal.out(textOf(key));
  for (const name of unused) terminal.out(`${name}\n  no policy signs with it\n`);
  if (keys.length + unused.length === 0) terminal.out('No policy signs with a key.\n');
}

function textOf({ key, policies, kid, algorithms, state, ...times }: ListedKey): string {
  const until = times.signsUntil === null ? '' : ` until ${times.signsUntil}`;
  const from = times.signsFrom === null ? '' : ` from ${times.signsFrom}`;
  const where = times.publishedAt ?? 'not published';
  const published = times.publishedUntil === null ? '' : ` until ${times.publishedUntil}`;
  const owner = key ?? (policies.length === 0 ? 'remembered' : `of ${policies.join(', ')}`);
  return [
    `${owner}  ${kid ?? 'without a kid'}  ${algorithms.join(' ')}  ${state}`,
    `  signs${from === '' && until === '' ? ' at all times' : `${from}${until}`}`,
    `  published at ${where}${published}`.replace('published at not', 'not'),
    '',
  ].join('\n');
}

function rotateOptions(
  file: string,
  [name, ...more]: readonly string[],
  args: Arguments,
  terminal: Terminal,
): RotateOptions {
  if (name === undefined || more.length > 0) throw new UsageError('`keys rotate` takes the name of one key.');
  if (args.values['format'] !== undefined) throw new UsageError('--format is an option of `keys list`.');
  const algorithm = stringOption(args, 'alg');
  if (algorithm !== undefined && !signatureAlgorithms.has(algorithm)) {
    throw new UsageError(`--alg takes one of ${[...signatureAlgorithms.keys()].join(', ')}.`);
  }
  return {
    file,
    name,
    algorithm,
    activeFrom: activeFromOption(args),
    overlap: durationOption(args, 'overlap', { byDefault: '24h', min: '0s', max: '3660d' }),
    at: atOption(args, terminal),
    prune: args.values['prune'] === true,
    isDryRun: args.values['dry-run'] === true,
  };
}

function activeFromOption(args: Arguments): RotateOptions['activeFrom'] {
  const written = stringOption(args, 'active-from');
  if (written === undefined) return undefined;
  if (durationSchema().safeParse(written).success) return { after: milliseconds(written) };
  const time = readMoment(written);
  if (time !== undefined) return { time };
  throw new UsageError(`--active-from takes ${momentForm}, or a duration such as 24h.`);
}
