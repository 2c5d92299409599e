/**
 * @module
 * Tools that check our files and that a machine may lack.
 */
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isExecutable } from '../../demo/executable.ts';
import { project } from './samples/sample-folder.ts';

export interface Tool {
  readonly file: string;
  /** For `test`: why its tests are skipped, or false. */
  readonly skip: string | false;
}

/** What `.ci/run` installs of `.ci/tools.txt`. */
const ofPython = join(project, '.cache', 'tools', 'bin');

/** Where `.ci/run` installs it with pip, on the PATH, or where it installs it with Go. */
export function findTool(name: string): Tool {
  const places = [ofPython, ...(process.env['PATH'] ?? '').split(':'), join(gopath(), 'bin')];
  const file = places.map((place) => join(place, name)).find(isExecutable);
  return file === undefined ? { file: name, skip: `${name} is not on the PATH` } : { file, skip: false };
}

function gopath(): string {
  const { stdout } = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' });
  return (stdout ?? '').trim() || join(homedir(), 'go');
}
