/**
 * @module
 * What is measured each second of a soak, and how a process and its workers are read.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Milliseconds where a unit is not named. Null: there was nothing to measure in this second. */
export interface Sample {
  /** Seconds since the start. */
  readonly at: number;
  readonly requests: number;
  readonly failures: number;
  readonly p50: number | null;
  readonly p99: number | null;
  /** Median of requests that Envoy answers without asking mintproc: how busy the machine is. */
  readonly control: number | null;
  /** Megabytes (of 10^6 bytes). */
  readonly resident: number;
  /** Megabytes in use, garbage included. */
  readonly heap: number;
  readonly descriptors: number;
  /** The longest delay of the event loop. */
  readonly lag: number;
  /** Microseconds of CPU time per request. */
  readonly cpu: number | null;
  /** Load average of the machine over a minute. */
  readonly load: number;
}

/** The process and its workers, without the short-lived ones that check a configuration. */
export function servingProcesses(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return [pid, ...children.map(Number).filter((child) => commandOf(child).includes('\0worker\0'))];
}

/** Empty if the process has ended meanwhile. */
function commandOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Megabytes. */
export function residentOf(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  return kilobytes.reduce((sum, each) => sum + (Number(each ?? 0) * 1024) / 1e6, 0);
}

export function descriptorsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);
}

/** Of a text in Prometheus's format: the sum of the series with this name. */
export function figure(metrics: string, name: string): number {
  const values = metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'));
  return Array.from(values, ([, value]) => Number(value)).reduce((sum, value) => sum + value, 0);
}

/** @param share 0.99 for the 99th percentile @returns null without values */
export function percentileOf(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
