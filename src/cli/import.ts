/**
 * @module
 * `mintproc import`: makes a folder that runs of vendors' exports.
 */
import { resolve } from 'node:path';
import { nearest } from '../diagnostics/suggest.ts';
import { readExports } from '../dialects/exports.ts';
import { type PlatformName, platforms } from '../envoy/platforms.ts';
import { importedFiles } from '../migration/imported-folder.ts';
import { jsonReport } from '../migration/json-report.ts';
import { type Migration, migrationOf } from '../migration/migration.ts';
import { textReport } from '../migration/text-report.ts';
import { type Arguments, type Command, stringOption } from './command.ts';
import { importFiles } from './import-files.ts';
import { importedEnvoyPart, importedNeeds } from './imported-envoy-part.ts';
import { jsonText } from './json-text.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';
import { writeFiles } from './written-files.ts';

const proxies = Object.keys(platforms);

const help = `Usage: mintproc import PATH… --out DIR [--proxy ${proxies.join('|')}] [--force] [--format text|json]

Makes a folder that runs of a vendor's export: mintproc.yaml with policies and routes, the vendor's policy files
unchanged, a list of the keys to provide, and REPORT.md, which says of each policy whether it is exact, which values it
needs, or why it cannot run here. What the export does not say with certainty is left open: mintproc.yaml then has the
string FILL IN at that place, and does not load until somebody has decided.

PATH is a folder, a .zip or a file: bundles of Apigee proxies and shared flows (apiproxy/), resources of Flex Gateway
(ApiInstance, PolicyBinding) or policies as API Manager gives them, APIs and products of API Connect. All of them
together are one export.

  --out DIR      the folder to write
  --proxy NAME   the proxy that mintproc will run beside: ${proxies.join(', ')}
  --force        replaces files in DIR that the import writes; other files stay
  --format FORM  text (default) or json:
                 {"policies": [{file, name, dialect, verdict, reasons, routes, output}], "variables", "keys", "files"}

The exit code is 0 if every policy is exact or needs values only, 1 if one cannot run here (the folder is written all
the same), and 2 if nothing was written: a wrong command line, or nothing found.`;

export const importCommand: Command = {
  help,
  options: {
    out: { type: 'string' },
    proxy: { type: 'string' },
    force: { type: 'boolean' },
    format: { type: 'string' },
  },
  choices: { proxy: proxies },
  async run(args, terminal) {
    try {
      return runImport(args, terminal);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      // The code 1 says that the folder was written.
      terminal.error(`mintproc import: ${error.message}`);
      return 2;
    }
  },
};

function runImport(args: Arguments, terminal: Terminal): number {
  const { paths, out, proxy, force } = readArguments(args);
  const { files: read, leftOut } = importFiles(paths, resolve(out));
  const apis = readExports(read);
  if (apis.every(({ policies }) => policies.length === 0)) throw new CommandError(nothingFound(paths, leftOut));
  const migration = { ...migrationOf(apis), ...listening[proxy] };
  const needs = importedNeeds(migration);
  const written = importedFiles(migration, importedEnvoyPart(migration, proxy, needs), needs?.policies);
  const files = Array.from(written, ([path, bytes]) => {
    // A copy of a policy may have a key in it.
    return { path, bytes, isPrivate: path.startsWith('policies/') };
  });
  writeFiles(resolve(out), files, { force });
  const names = files.map(({ path }) => path).toSorted();
  const asJson = stringOption(args, 'format') === 'json';
  terminal.out(asJson ? `${jsonText(jsonReport(migration, names), 2)}\n` : textReport(migration, out));
  return migration.policies.some(({ verdict }) => verdict === 'cannot') ? 1 : 0;
}

function readArguments(args: Arguments) {
  const out = stringOption(args, 'out');
  const proxy = stringOption(args, 'proxy') ?? 'envoy';
  if (args.positionals.length === 0) throw new UsageError('At least one PATH is required.');
  if (out === undefined || out === '') throw new UsageError('The option --out is required.');
  if (!isProxy(proxy)) throw new UsageError(wrongProxy(proxy));
  return { paths: args.positionals, out, proxy, force: args.values['force'] === true };
}

function wrongProxy(proxy: string): string {
  const guess = nearest(proxy, proxies);
  return `--proxy takes ${proxies.join(', ')}.${guess === undefined ? '' : ` Did you mean ${guess}?`}`;
}

function nothingFound(paths: readonly string[], leftOut: readonly string[]): string {
  return [
    `No policy that mints a token was found in ${paths.join(', ')}.`,
    'The import looks for GenerateJWT in bundles of Apigee, jwt-generation-flex in resources of Flex Gateway or JSON of',
    'API Manager, and jwt-generate in APIs of API Connect.',
    ...leftOut.map((folder) => `${folder} was written by \`mintproc import\` and is left out.`),
  ].join('\n');
}

/** Envoy Gateway connects to no loopback address; in one pod, both mount the folder of a socket. */
const listening: Readonly<Record<PlatformName, Pick<Migration, 'listen'>>> = {
  envoy: {},
  istio: {},
  'envoy-gateway': { listen: 'unix:/run/mintproc/mintproc.sock' },
  kgateway: {},
};

function isProxy(name: string): name is PlatformName {
  return proxies.includes(name);
}
