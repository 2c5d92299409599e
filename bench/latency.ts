/**
 * @module
 * How much longer a caller waits because of the filter, at half of the rate at which nothing more gets through: the same
 * requests at the same moments, once by a listener without the filter and once by those with it, in turns.
 */
import type { Effort } from './effort.ts';
import { percentile } from './load/answers.ts';
import { askAtRate } from './load/open-loop.ts';
import { differenceOf, median } from './paired.ts';
import type { Latency, LatencyRow } from './results.ts';
import type { Progress } from './rounds.ts';
import type { Subject } from './stand.ts';
import { calmTurns, observingStolen } from './stolen.ts';

/** More than are ever in flight at half of saturation; beyond it requests wait, and their wait counts. */
const connections = 128;

interface Listener {
  readonly name: string;
  readonly port: number;
  readonly p50: number[];
  readonly p99: number[];
}

/**
 * @param measured whose rate it is, before others to compare with
 * @param saturation requests a second that it brings at most
 */
export async function measureLatency(
  measured: readonly Subject[],
  plainPort: number,
  saturation: number,
  effort: Effort,
  progress: Progress,
): Promise<Latency> {
  const [first] = measured;
  if (first === undefined) throw new TypeError('there is nobody to measure');
  const { requests } = first;
  const rate = saturation / 2;
  const seconds = Math.min(effort.seconds * 2, effort.most / rate);
  const plain: Listener = { name: 'no filter', port: plainPort, p50: [], p99: [] };
  const filtered = measured.map(({ row, port }): Listener => ({ name: row.name, port, p50: [], p99: [] }));
  const shares: number[] = [];
  for (let number = 1; number <= effort.rounds; number++) {
    const { share } = await observingStolen(async () => {
      for (const { name, port, p50, p99 } of [plain, ...filtered]) {
        const answers = await askAtRate({ port, requests, connections, perSecond: rate, seconds });
        p50.push(percentile(answers, 0.5));
        p99.push(percentile(answers, 0.99));
        progress(`latency ${number} of ${effort.rounds}: ${name} p99 ${p99.at(-1)?.toFixed(2)} ms`);
      }
    });
    shares.push(share);
  }
  const calm = calmTurns(shares);
  const plainCalm = inTurns(plain, calm);
  return {
    rate,
    plain: rowOf(plainCalm, plainCalm),
    rows: filtered.map((one) => rowOf(inTurns(one, calm), plainCalm)),
  };
}

function inTurns(listener: Listener, turns: readonly number[]): Listener {
  const of = (values: readonly number[]): number[] => turns.flatMap((turn) => values[turn] ?? []);
  return { ...listener, p50: of(listener.p50), p99: of(listener.p99) };
}

function rowOf({ name, p50, p99 }: Listener, plain: Listener): LatencyRow {
  return {
    name,
    p50: median(p50),
    p99: median(p99),
    worstP99: Math.max(...p99),
    added: { p50: differenceOf(p50, plain.p50), p99: differenceOf(p99, plain.p99) },
    leastAddedP99: Math.min(...p99) - Math.min(...plain.p99),
  };
}
