/**
 * `mintproc serve` as a process of its own, from its start until it says that it serves, and to its end.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ServeCase {
  /** The program and what comes before `serve`. */
  readonly command: readonly string[];
  /** Where its files are written. */
  readonly folder: string;
  /** By name. */
  readonly policies: Readonly<Record<string, string>>;
  /** The members of each policy's entry, and of the configuration. */
  readonly entry?: object;
  readonly settings?: object;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** Serves until everything listens, then stops it. */
export async function serveOnce({
  command,
  folder,
  policies,
  entry,
  settings,
  environment,
}: ServeCase): Promise<Ended> {
  const names = Object.keys(policies);
  for (const [name, text] of Object.entries(policies)) writeFileSync(join(folder, name), text);
  const configuration = {
    listen: '127.0.0.1:0',
    admin: '127.0.0.1:0',
    ...settings,
    policies: names.map((name) => ({ name, file: name, ...entry })),
    routes: names.map((name) => ({ match: { pathPrefix: `/${name}` }, policies: [name] })),
  };
  const file = join(folder, 'mintproc.yaml');
  writeFileSync(file, JSON.stringify(configuration));
  const [program = '', ...before] = command;
  const child = spawn(program, [...before, 'serve', '--config', file], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let out = '';
  for await (const chunk of child.stdout) {
    out += chunk;
    if (!child.killed && out.includes('The admin server is listening.')) child.kill('SIGTERM');
  }
  const [code] = (await exited) as [number | null];
  return { code, out };
}
