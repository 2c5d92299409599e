/**
 * @module
 * `mintproc gen`: writes the Envoy part of a configuration.
 */
import { type EnvoyNeeds, loadEnvoyNeeds } from '../configuration/envoy-needs.ts';
import { diskFiles } from '../configuration/files.ts';
import { formatProblem, type Problem } from '../diagnostics/problem.ts';
import type { EnvoyPart, FilterName } from '../envoy/envoy-part.ts';
import type { GeneratedFile, Platform, PlatformOption, PlatformValues } from '../envoy/platform.ts';
import { platforms } from '../envoy/platforms.ts';
import { type Arguments, type Command, type Options, stringOption } from './command.ts';
import { envoyPartOf, pathOptions } from './envoy-part-of.ts';
import { statOf } from './folder-files.ts';
import { CommandError, UsageError } from './terminal.ts';
import { writeFiles } from './written-files.ts';

const platformNames = Object.keys(platforms);
const ownOptions: readonly (readonly [option: string, meaning: string])[] = [
  ['config FILE', 'mintproc.yaml'],
  ['filter NAME', 'the Envoy filter that calls mintproc: ext_proc (default) or ext_authz'],
  ['out DIR', 'writes the files into DIR instead of to standard output'],
  ['force', 'with --out: overwrites files that exist'],
  [
    'reuse-in-envoy',
    'envoy only: Envoy keeps tokens, and asks mintproc only for others (docs/guides/tokens-in-envoy.md)',
  ],
];

function help(): string {
  const synopsis = '--config FILE [--filter ext_proc|ext_authz] [--out DIR] [--force] [--reuse-in-envoy] [options]';
  return [
    `Usage: mintproc gen ${platformNames.join('|')} ${synopsis}`,
    about,
    optionLines([...ownOptions, ...Object.entries(pathOptions).map(described)]),
    ...Object.entries(platforms).map(platformHelp),
  ].join('\n\n');
}

const about = `Writes the Envoy part of a configuration: the filter with exactly the attributes and metadata that the policies and
routes read, and what must be around it so that no request goes on without its token, with a client's own copy of it, or
with a path or header of two spellings. The keys of the policies need not be there yet.`;

function platformHelp([name, { writes, options }]: [string, Platform]): string {
  return `${name}: ${writes}\n${optionLines(Object.entries(options).map(described))}`;
}

function described([name, { value, help: meaning, byDefault }]: [string, PlatformOption]): [string, string] {
  return [`${name} ${value}`, byDefault === '' ? meaning : `${meaning}; default: ${byDefault}`];
}

function optionLines(options: readonly (readonly [option: string, meaning: string])[]): string {
  const width = Math.max(...options.map(([option]) => option.length));
  return options.map(([option, meaning]) => `  --${option.padEnd(width)}  ${meaning}`).join('\n');
}

export const genCommand: Command = {
  help: help(),
  options: {
    config: { type: 'string' },
    filter: { type: 'string' },
    out: { type: 'string' },
    force: { type: 'boolean' },
    'reuse-in-envoy': { type: 'boolean' },
    ...parsedOptions([pathOptions, ...Object.values(platforms).map(({ options }) => options)]),
  },
  choices: { filter: ['ext_proc', 'ext_authz'] },
  positionals: platformNames,
  async run(args, terminal) {
    const { platform, filter, file, values, reusesInEnvoy } = readLine(args);
    const { needs, problems } = loadEnvoyNeeds(file, diskFiles);
    for (const problem of problems.filter(({ severity }) => severity !== 'note'))
      terminal.error(formatProblem(problem));
    if (needs === undefined) return 1;
    const reuse = reusesInEnvoy && needs.reuse.kind === 'kept' ? needs.reuse.kept : undefined;
    const part = { ...envoyPartOf(needs, values, filter), reuse };
    const refused = [...(reusesInEnvoy ? withoutKey(needs) : []), ...platform.problems(part)];
    for (const problem of refused) terminal.error(formatProblem(problem));
    if (refused.length > 0) return 1;
    const { files, notes } = generate(platform, part, values, file);
    const out = stringOption(args, 'out');
    if (out === undefined) terminal.out(files.map(({ text }) => text).join('---\n'));
    else for (const path of written(out, files, args)) terminal.out(`Wrote ${path}\n`);
    for (const note of [...notes, ...missingKeySet(values)]) terminal.error(`note: ${note}`);
    return 0;
  },
};

/** Why there is no key for tokens that Envoy keeps. */
function withoutKey({ reuse }: EnvoyNeeds): readonly Problem[] {
  return reuse.kind === 'kept' ? [] : reuse.problems;
}

/** Envoy reads the file, perhaps on another machine. A slip of the pen would be seen only when Envoy does not start. */
function missingKeySet({ jwks = '' }: PlatformValues): readonly string[] {
  if (jwks === '' || jwks.startsWith('https://') || statOf(jwks) !== undefined) return [];
  return [`The file ${jwks} of --jwks does not exist here: it must be where Envoy runs, or Envoy does not start.`];
}

function written(folder: string, files: readonly GeneratedFile[], args: Arguments): readonly string[] {
  const encoded = files.map(({ name, text }) => ({ path: name, bytes: Buffer.from(text) }));
  return writeFiles(folder, encoded, { force: args.values['force'] === true });
}

function generate(platform: Platform, part: EnvoyPart, values: PlatformValues, file: string) {
  const refusals = platform.refusals(part, values);
  if (refusals.length > 0) throw new CommandError(`${file}: ${refusals.join(`\n${file}: `)}`);
  return platform.generate(part, values);
}

interface Line {
  readonly platform: Platform;
  readonly filter: FilterName;
  readonly file: string;
  readonly values: PlatformValues;
  /** Whether Envoy is to keep tokens. */
  readonly reusesInEnvoy: boolean;
}

function readLine(args: Arguments): Line {
  const [name, ...more] = args.positionals;
  const platform = Object.entries(platforms).find(([known]) => known === name)?.[1];
  if (platform === undefined || more.length > 0) {
    throw new UsageError(`One platform is required: ${platformNames.join(', ')}.`);
  }
  const file = stringOption(args, 'config');
  if (file === undefined) throw new UsageError('The option --config is required.');
  const filter = filterOf(stringOption(args, 'filter') ?? 'ext_proc', platform);
  if (args.values['force'] === true && args.values['out'] === undefined) {
    throw new UsageError('--force needs --out: without it no file is written.');
  }
  const reusesInEnvoy = args.values['reuse-in-envoy'] === true;
  if (reusesInEnvoy) checkReuseInEnvoy(platform, filter);
  return { platform, filter, file, values: valuesOf(args, { ...pathOptions, ...platform.options }), reusesInEnvoy };
}

function checkReuseInEnvoy(platform: Platform, filter: FilterName): void {
  if (!platform.canKeepTokens) {
    throw new UsageError(
      '--reuse-in-envoy is for `mintproc gen envoy`: this platform has no object for a filter that is skipped by what ' +
        'another filter found. `reuse` in the entries of policies works everywhere.',
    );
  }
  if (filter === 'ext_authz') {
    throw new UsageError(
      '--reuse-in-envoy needs --filter ext_proc: an answer of ext_authz does not say how long a token may be kept.',
    );
  }
}

function filterOf(name: string, { filters }: Platform): FilterName {
  const filter = filters.find((known) => known === name);
  if (filter !== undefined) return filter;
  const hint = name === 'ext_authz' ? ' docs/ext-authz.md says why.' : '';
  throw new UsageError(`--filter takes ${filters.join(' or ')} for this platform.${hint}`);
}

function valuesOf(args: Arguments, options: Readonly<Record<string, PlatformOption>>): PlatformValues {
  const others = Object.values(platforms).flatMap((platform) => Object.keys(platform.options));
  const foreign = others.find((name) => !Object.hasOwn(options, name) && args.values[name] !== undefined);
  if (foreign !== undefined) throw new UsageError(`--${foreign} is an option of another platform.`);
  return Object.fromEntries(
    Object.entries(options).map(([name, { byDefault, check }]) => {
      const given = stringOption(args, name);
      const fault = given === undefined ? undefined : check(given);
      if (fault !== undefined) throw new UsageError(`--${name} ${fault}.`);
      return [name, given ?? byDefault];
    }),
  );
}

function parsedOptions(tables: readonly Readonly<Record<string, PlatformOption>>[]): Options {
  return Object.fromEntries(tables.flatMap((table) => Object.keys(table).map((name) => [name, { type: 'string' }])));
}
