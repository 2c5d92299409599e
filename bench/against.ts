/**
 * @module
 * Builds another commit of this project in a separate folder and compares its rows with those of this commit.
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

/** The build of a commit. */
export interface Build {
  /** The label in the names of its rows. */
  readonly label: string;
  /** The full hash. */
  readonly commit: string;
  readonly root: string;
}

/** A row of this commit compared with the same row of the other commit. */
export interface Compared {
  readonly name: string;
  readonly title: string;
  /** Median CPU time per request, in microseconds. */
  readonly ours: number;
  readonly theirs: number;
  /** The ratio of ours to theirs, from paired rounds. */
  readonly ratio: MedianInterval;
  /** Megabytes resident after start, before the first request. */
  readonly idle: { readonly ours: number; readonly theirs: number };
}

const labelLength = 7;

/**
 * Checks out `commit` from this clone and builds it. The folder is removed when this process exits. @throws SetupError
 */
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
    throw new SetupError(`${commit} cannot be built. See the output above.`, { cause: error });
  }
  return { label: hash.slice(0, labelLength), commit: hash, root };
}

function resolved(commit: string): string {
  try {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`];
    return execFileSync('git', args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch (error) {
    throw new SetupError(`This clone has no commit ${commit}.`, { cause: error });
  }
}

/** Reuses our packages if the lock files are equal. */
function installPackages(root: string): void {
  const lock = (folder: string): string => readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (lock(root) === lock(project)) symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  else execFileSync('npm', ['ci', '--silent'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Each row, followed by the same row of the other commit. */
export function withBuild(rows: readonly Row[], build: Build): Row[] {
  return rows.flatMap((row) => [
    row,
    { ...row, name: nameOf(row.name, build), title: `the same at ${build.label}`, build },
  ]);
}

const nameOf = (name: string, { label }: Build): string => `${name}@${label}`;

/** @param rows of both commits */
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
