/**
 * @module
 * How much longer a caller waits because of the filter, at half of the rate at which nothing more gets through: the same
 * requests at the same moments, once by a listener with the filter and once by one without, in turns.
 */
import type { Effort } from './effort.ts';
import { type Answers, percentile } from './load/answers.ts';
import { askAtRate } from './load/open-loop.ts';
import { type Latency, median, type Percentiles } from './results.ts';
import type { Progress } from './rounds.ts';
import type { Subject } from './stand.ts';

/** More than are ever in flight at half of saturation; beyond it requests wait, and their wait counts. */
const connections = 128;

const percentilesOf = (answers: Answers): Percentiles => ({
  p50: percentile(answers, 0.5),
  p99: percentile(answers, 0.99),
});

/** @param saturation requests a second */
export async function measureLatency(
  { row, port, requests }: Subject,
  plainPort: number,
  saturation: number,
  effort: Effort,
  progress: Progress,
): Promise<Latency> {
  const rate = saturation / 2;
  const seconds = Math.min(effort.seconds * 2, effort.most / rate);
  const ask = async (at: number): Promise<Percentiles> =>
    percentilesOf(await askAtRate({ port: at, requests, connections, perSecond: rate, seconds }));
  const rounds: Latency['rounds'][number][] = [];
  for (let number = 1; number <= effort.rounds; number++) {
    const [plain, filtered] = [await ask(plainPort), await ask(port)];
    rounds.push({ plain, filtered });
    progress(`latency ${number} of ${effort.rounds}: p99 ${plain.p99.toFixed(2)} ms, ${filtered.p99.toFixed(2)} ms`);
  }
  const added = (percent: keyof Percentiles): number =>
    median(rounds.map(({ plain, filtered }) => filtered[percent] - plain[percent]));
  return { name: row.name, rate, rounds, added: { p50: added('p50'), p99: added('p99') } };
}
