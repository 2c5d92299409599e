/**
 * @module
 * The latency that the filter adds, at a fraction of the saturation rate: the same requests at the same times, through
 * a listener without the filter and through those with it, in turns.
 */
import type { Effort } from './effort.ts';
import { percentile } from './load/answers.ts';
import { askAtRate } from './load/open-loop.ts';
import { differenceOf, median } from './paired.ts';
import type { Latency, LatencyRow } from './results.ts';
import type { Progress } from './rounds.ts';
import { cpuOf } from './servers/process-use.ts';
import type { Subject, TestBed } from './test-bed.ts';
import { ofServer, takeTurns } from './turns.ts';

/**
 * More connections than requests in flight at half of saturation. Further requests would wait, and their wait counts.
 */
const connections = 128;

const loads: readonly (readonly [load: Latency['load'], part: number])[] = [
  ['half', 1 / 2],
  ['a quarter', 1 / 4],
];

interface Listener {
  readonly name: string;
  readonly port: number;
  readonly requests: readonly Buffer[];
}

/** The result of one listener in one turn: milliseconds, and the share of time in which Envoy was busy. */
interface Waits {
  readonly p50: number;
  readonly p99: number;
  readonly envoyBusy: number;
}

/** @param saturation the maximum rate of RS256 reused, in requests per second */
export async function measureLatency(
  testBed: TestBed,
  measured: readonly Subject[],
  saturation: number,
  effort: Effort,
  progress: Progress,
): Promise<Latency[]> {
  const [first] = measured;
  if (first === undefined) throw new TypeError('there is no server to measure');
  const listeners = [
    { name: 'no filter', port: testBed.plainPort, requests: first.requests },
    ...measured.map(({ row: { name }, port, requests }) => ({ name, port, requests })),
  ];
  const found: Latency[] = [];
  for (const [load, part] of loads) {
    found.push({ load, ...(await atRate(testBed.envoy.pid, listeners, saturation * part, effort, progress)) });
  }
  return found;
}

async function atRate(
  envoy: number,
  listeners: readonly Listener[],
  rate: number,
  effort: Effort,
  progress: Progress,
): Promise<Omit<Latency, 'load'>> {
  const seconds = Math.min(effort.seconds * 2, effort.maxRequests / rate);
  const { calm } = await takeTurns(effort.rounds, async (number) => {
    const waits: Waits[] = [];
    for (const { name, port, requests } of listeners) {
      const before = cpuOf(envoy);
      const answers = await askAtRate({ port, requests, connections, perSecond: rate, seconds });
      const envoyBusy = (cpuOf(envoy) - before) / 1e6 / answers.seconds;
      const [p50, p99] = [percentile(answers, 0.5), percentile(answers, 0.99)];
      waits.push({ p50, p99, envoyBusy });
      progress(`latency at ${rate.toFixed(0)}/s, ${number} of ${effort.rounds}: ${name} p99 ${p99.toFixed(2)} ms`);
    }
    return waits;
  });
  const [plain, ...rows] = listeners.map(({ name }, index) => rowOf(name, ofServer(calm, index), ofServer(calm, 0)));
  if (plain === undefined) throw new TypeError('the listener without the filter was not measured');
  return { rate, plain, rows };
}

function rowOf(name: string, waits: readonly Waits[], plain: readonly Waits[]): LatencyRow {
  const [p50, p99] = [p50Of(waits), p99Of(waits)];
  return {
    name,
    p50: median(p50),
    p99: median(p99),
    worstP99: Math.max(...p99),
    added: { p50: differenceOf(p50, p50Of(plain)), p99: differenceOf(p99, p99Of(plain)) },
    envoyBusy: median(waits.map(({ envoyBusy }) => envoyBusy)),
  };
}

const p50Of = (waits: readonly Waits[]): number[] => waits.map(({ p50 }) => p50);
const p99Of = (waits: readonly Waits[]): number[] => waits.map(({ p99 }) => p99);
