/**
 * @module
 * Another commit of this project beside this one: built in a folder of its own, and its rows compared with ours.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../demo/setup-error.ts';
import { intervalOf, type MedianInterval, ratiosOf } from './paired.ts';
import { costsOf, type Figures } from './results.ts';
import type { Row } from './rows.ts';
import { project } from './servers/shipped.ts';

/** A commit as a folder, built. */
export interface Build {
  /** What its rows are called by. */
  readonly label: string;
  /** The whole hash. */
  readonly commit: string;
  readonly root: string;
}

/** One row of ours beside the same row of the other commit. */
export interface Compared {
  readonly name: string;
  readonly title: string;
  /** Microseconds of CPU time for each request: the medians. */
  readonly ours: number;
  readonly theirs: number;
  /** Ours to theirs, of the rounds that are neighbours. */
  readonly ratio: MedianInterval;
  /** Megabytes resident after start, before the first request. */
  readonly idle: { readonly ours: number; readonly theirs: number };
}

const labelLength = 7;

/** Checks `commit` out of this clone, and builds it. The folder goes with this process. @throws SetupError */
export function buildCommit(commit: string): Build {
  const hash = resolved(commit);
  const root = join(tmpdir(), `mintproc-against-${hash.slice(0, labelLength)}-${process.pid}`);
  mkdirSync(root);
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  try {
    const archive = execFileSync('git', ['archive', hash], { cwd: project, maxBuffer: 2 ** 30 });
    execFileSync('tar', ['-x'], { cwd: root, input: archive });
    installPackages(root);
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    throw new SetupError(`${commit} cannot be built: what its tools said stands above.`, { cause: error });
  }
  return { label: hash.slice(0, labelLength), commit: hash, root };
}

function resolved(commit: string): string {
  try {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`];
    return execFileSync('git', args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch (error) {
    throw new SetupError(`There is no commit ${commit} in this clone.`, { cause: error });
  }
}

/** The same packages as ours are not installed twice. */
function installPackages(root: string): void {
  const lock = (folder: string): string => readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (lock(root) === lock(project)) symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  else execFileSync('npm', ['ci', '--silent'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Each row, and right after it the same of the other commit. */
export function beside(rows: readonly Row[], build: Build): Row[] {
  return rows.flatMap((row) => [
    row,
    { ...row, name: nameOf(row.name, build), title: `the same of ${build.label}`, build },
  ]);
}

const nameOf = (name: string, { label }: Build): string => `${name}@${label}`;

/** @param rows of both */
export function compare(rows: readonly Figures[], build: Build): Compared[] {
  return rows.flatMap((ours) => {
    const theirs = rows.find(({ name }) => name === nameOf(ours.name, build));
    if (theirs === undefined) return [];
    return {
      name: ours.name,
      title: ours.title,
      ours: ours.cpu,
      theirs: theirs.cpu,
      ratio: intervalOf(ratiosOf(costsOf(ours.rounds), costsOf(theirs.rounds))),
      idle: { ours: ours.resident.idle, theirs: theirs.resident.idle },
    };
  });
}
