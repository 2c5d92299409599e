/**
 * @module
 * The machine of a run. Figures mean nothing without it.
 */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  /** The start of the run, in ISO 8601. */
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  /** Gigabytes (of 10^9 bytes). */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  readonly envoy: string;
  /** The load average of the minute before the run. */
  readonly load: number;
}

export function describeMachine(envoyBinary: string): Machine {
  const [first] = cpus();
  const version = execFileSync(envoyBinary, ['--version'], { encoding: 'utf8' });
  return {
    date: new Date().toISOString(),
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: totalmem() / 1e9,
    system: `${type()} ${release()}`,
    node: process.version,
    envoy: /\/(\d+\.\d+\.\d+)/.exec(version)?.[1] ?? version.trim(),
    load: loadavg()[0] ?? 0,
  };
}
