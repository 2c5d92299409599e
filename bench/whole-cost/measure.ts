/**
 * @module
 * Measures all ways in turns: at the maximum rate, and at half of what ext_proc can do. Envoy and the process beside it
 * count together.
 *
 * Each measurement follows one that does not count, so that a token which callers share is there as under a steady load,
 * and has not expired while other ways had their turn.
 */
import type { Effort } from '../effort.ts';
import { type Answers, percentile } from '../load/answers.ts';
import { askInTurns } from '../load/closed-loop.ts';
import { askAtRate } from '../load/open-loop.ts';
import { median } from '../paired.ts';
import type { Progress } from '../rounds.ts';
import { cpuOf } from '../servers/process-use.ts';
import { ofServer, takeTurns } from '../turns.ts';
import type { Bed, Subject } from './bed.ts';
import type { MeasuredWay, Round } from './results.ts';

/** The number of connections from callers at the maximum rate. */
const connections = 16;
/** More than there are requests in flight at half of the maximum rate. */
const manyConnections = 128;
/** Turns at half of the maximum rate. They are long, since callers must also come again after their tokens' time. */
const longTurns = { rounds: 12, seconds: 5.5 };
/** The part of a turn that does not count. */
const lead = 0.1;
const leastLead = 0.2;

type Load = (subject: Subject, seconds: number) => Promise<Answers>;

export async function measureSaturated(bed: Bed, effort: Effort, progress: Progress): Promise<MeasuredWay[]> {
  const load: Load = ({ port, requests }, seconds) =>
    askInTurns({ port, requests: requests.next(), connections, seconds, maxRequests: effort.maxRequests });
  for (const subject of bed.subjects) {
    progress(`warming up ${subject.way.name}`);
    for (let count = 0; count < effort.warmUpRequests; ) count += (await load(subject, effort.warmUp)).count;
  }
  return measureInTurns(bed, effort, progress, load);
}

/** @param rate requests per second */
export async function measureHalfLoad(
  bed: Bed,
  rate: number,
  effort: Effort,
  progress: Progress,
): Promise<MeasuredWay[]> {
  const load: Load = ({ port, requests }, seconds) =>
    askAtRate({ port, requests: requests.next(), connections: manyConnections, perSecond: rate, seconds });
  const rounds = Math.min(effort.rounds, longTurns.rounds);
  const seconds = Math.min(longTurns.seconds, effort.maxRequests / rate);
  // Without a token in Envoy, the cost is of interest, but the latency is that of ext_proc.
  const subjects = bed.subjects.filter(({ way }) => way.requests === 'callers');
  return measureInTurns({ envoy: bed.envoy, subjects }, { rounds, seconds }, progress, load);
}

async function measureInTurns(
  { envoy, subjects }: Pick<Bed, 'envoy' | 'subjects'>,
  { rounds, seconds }: Pick<Effort, 'rounds' | 'seconds'>,
  progress: Progress,
  load: Load,
): Promise<MeasuredWay[]> {
  const { calm } = await takeTurns(rounds, async (number) => {
    const turn = new Map<Subject, Round>();
    // Alternating order, so that no way always follows the same one.
    for (const subject of number % 2 === 1 ? subjects : subjects.toReversed()) {
      await load(subject, Math.max(seconds * lead, leastLead));
      const round = await oneRound(envoy, subject, () => load(subject, seconds));
      turn.set(subject, round);
      const costs = `Envoy ${round.envoy.toFixed(1)} µs and ${round.server.toFixed(1)} µs`;
      progress(`turn ${number} of ${rounds}: ${subject.way.name} ${costs} at ${round.rate.toFixed(0)}/s`);
    }
    return subjects.flatMap((subject) => turn.get(subject) ?? []);
  });
  return subjects.map(({ way }, index) => ({ way, rounds: ofServer(calm, index) }));
}

async function oneRound(envoy: number, subject: Subject, load: () => Promise<Answers>): Promise<Round> {
  const { pid } = subject;
  const mintedBefore = await subject.minted();
  const [envoyBefore, serverBefore] = [cpuOf(envoy), pid === undefined ? 0 : cpuOf(pid)];
  const answers = await load();
  const [envoyAfter, serverAfter] = [cpuOf(envoy), pid === undefined ? 0 : cpuOf(pid)];
  const mintedAfter = await subject.minted();
  const minted = mintedBefore === undefined || mintedAfter === undefined ? undefined : mintedAfter - mintedBefore;
  checkAsked(subject, minted, answers.count);
  const envoyTook = envoyAfter - envoyBefore;
  return {
    envoy: envoyTook / answers.count,
    server: (serverAfter - serverBefore) / answers.count,
    rate: answers.count / answers.seconds,
    p50: percentile(answers, 0.5),
    p99: percentile(answers, 0.99),
    envoyBusy: envoyTook / 1e6 / answers.seconds,
    asked: minted === undefined ? undefined : minted / answers.count,
    requests: answers.count,
  };
}

/** A way that asks mintproc more or less often than it says is not what its row shows. */
function checkAsked({ way: { name, by } }: Subject, minted: number | undefined, count: number): void {
  if (by.kind !== 'mintproc') return;
  const { asks } = by;
  const isRight = minted !== undefined && (asks === 'each' ? minted === count : asks === 'none' || minted < count);
  if (!isRight) throw new Error(`${name} minted ${minted} tokens for ${count} requests.`);
}

/** Half of the requests per second that the named way can do. */
export function halfOfSaturation(saturated: readonly MeasuredWay[], name: string): number {
  const measured = saturated.find(({ way }) => way.name === name);
  if (measured === undefined) throw new TypeError(`the rate of ${name} at saturation was not measured`);
  return median(measured.rounds.map(({ rate }) => rate)) / 2;
}
