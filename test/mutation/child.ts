/**
 * @module
 * A process that tries mutants. It loads the sources with their mutants in place of `src/`, and the tests with
 * `collected-tests.ts` in place of `node:test`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { collect, type Suite } from './collected-tests.ts';
import { Judge, type Measured, switches, type Timed, type Verdict } from './judge.ts';
import type { LimitData } from './limits.ts';

export interface Settings {
  readonly root: string;
  /** With the sources that have mutants. */
  readonly folder: string;
  readonly tests: readonly string[];
  /** A mutant that is active while the modules are loaded. */
  readonly active: string | undefined;
}

export type Request =
  | { readonly kind: 'measure' }
  | {
      readonly kind: 'judge';
      readonly mutant: string;
      readonly tests: readonly Timed[];
      readonly maxHits: number;
    };

export type Reply =
  | { readonly kind: 'ready'; readonly problems: readonly string[] }
  | ({ readonly kind: 'measured' } & Measured)
  | { readonly kind: 'verdict'; readonly verdict: Verdict };

/** For random inputs, so that each run tries the same. */
const seed = 20261130;

/** Bytes. What executes all tests of `rest` needs less than 2.5 GB. */
const memoryLimit = 4e9;

/** Microseconds of CPU time for loading. */
const loadLimit = 120_000_000;

const collectedTests = import.meta.resolve('./collected-tests.ts');
const shared = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
const cpuLimit = new Float64Array(shared);

function limitCpu(microseconds: number): void {
  const { user, system } = process.cpuUsage();
  cpuLimit[0] = user + system + microseconds;
}

function replaceModules({ root, folder }: Settings): void {
  registerHooks({
    resolve(specifier, context, next) {
      const isOurs = context.parentURL === collectedTests;
      return specifier === 'node:test' && !isOurs
        ? { url: collectedTests, shortCircuit: true }
        : next(specifier, context);
    },
    load(url, context, next) {
      const file = url.startsWith('file:') ? join(folder, relative(root, fileURLToPath(url))) : undefined;
      return file?.startsWith(join(folder, 'src')) && existsSync(file)
        ? { format: 'module', source: readFileSync(file, 'utf8'), shortCircuit: true }
        : next(url, context);
    },
  });
}

async function load({ root, tests }: Settings): Promise<{ readonly files: Suite[]; readonly problems: string[] }> {
  const fastCheck = await import('fast-check');
  // A smaller counterexample is of no use here.
  fastCheck.configureGlobal({ seed, endOnFailure: true });
  const files: Suite[] = [];
  const problems: string[] = [];
  for (const test of tests) {
    try {
      files.push(await collect(test, () => import(pathToFileURL(join(root, test)).href)));
    } catch (error) {
      problems.push(`${test}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { files, problems };
}

function answer(reply: Reply): void {
  process.send?.(reply);
}

async function begin(settings: Settings): Promise<void> {
  limitCpu(loadLimit);
  const limits: LimitData = { cpu: shared, memory: memoryLimit, parent: process.ppid };
  new Worker(new URL('./limits.ts', import.meta.url), { workerData: limits }).unref();
  switches().activeMutant = settings.active;
  replaceModules(settings);
  const { files, problems } = await load(settings);
  const judge = new Judge(settings.active, files, limitCpu);
  process.on('message', async (request: Request) => {
    if (request.kind === 'measure') {
      answer({ kind: 'measured', ...(await judge.measure()) });
      return;
    }
    const verdict = await judge.judge(request.mutant, request.tests, request.maxHits);
    limitCpu(Number.POSITIVE_INFINITY);
    answer({ kind: 'verdict', verdict });
  });
  answer({ kind: 'ready', problems });
}

process.once('disconnect', () => process.exit());
process.once('message', begin);
