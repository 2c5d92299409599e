/**
 * @module
 * Rounds of requests through Envoy. The servers take turns, so that a disturbance affects all of them.
 */
import { bareCost } from './algorithms.ts';
import type { Effort } from './effort.ts';
import { type Answers, percentile } from './load/answers.ts';
import { askInTurns } from './load/closed-loop.ts';
import { cpuOf, residentOf } from './servers/process-use.ts';
import type { Subject } from './test-bed.ts';
import { ofServer, type Turns, takeTurns } from './turns.ts';

/** The result of one round of one server. */
export interface Round {
  /** CPU time of the server per request, in microseconds. */
  readonly cpu: number;
  /** Requests per second. */
  readonly rate: number;
  /** Latency for the caller, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Resident megabytes after the round. */
  readonly resident: number;
  readonly requests: number;
  /**
   * CPU time of the bare operation in microseconds, the mean of before and after the round; undefined for a row without
   * one.
   */
  readonly bare: number | undefined;
}

/** The rounds of one server. */
export interface Measured extends Turns<Round> {
  readonly subject: Subject;
}

export type Progress = (line: string) => void;

/** The number of connections from callers. */
const connections = 16;

type Load = (subject: Subject) => Promise<Answers>;

/** @returns the rounds of each subject, in the order of `subjects` */
export async function measureSaturated(
  subjects: readonly Subject[],
  effort: Effort,
  progress: Progress,
): Promise<Measured[]> {
  const load = ({ port, requests }: Subject, seconds: number): Promise<Answers> =>
    askInTurns({ port, requests, connections, seconds, maxRequests: effort.maxRequests });
  for (const subject of subjects) {
    progress(`warming up ${subject.row.name}`);
    for (let count = 0; count < effort.warmUpRequests; ) count += (await load(subject, effort.warmUp)).count;
  }
  return measureInTurns(subjects, effort, progress, (subject) => load(subject, effort.seconds));
}

export async function measureInTurns(
  subjects: readonly Subject[],
  effort: Effort,
  progress: Progress,
  load: Load,
): Promise<Measured[]> {
  const { all, calm } = await takeTurns(effort.rounds, async (number) => {
    const rounds = new Map<Subject, Round>();
    // Alternating order, so that no server always follows the same one.
    for (const subject of number % 2 === 1 ? subjects : subjects.toReversed()) {
      const round = await oneRound(subject, effort, load);
      rounds.set(subject, round);
      const [cost, rate] = [round.cpu.toFixed(1), round.rate.toFixed(0)];
      progress(`round ${number} of ${effort.rounds}: ${subject.row.name} ${cost} µs at ${rate}/s`);
    }
    return subjects.flatMap((subject) => rounds.get(subject) ?? []);
  });
  return subjects.map((subject, index) => ({ subject, all: ofServer(all, index), calm: ofServer(calm, index) }));
}

async function oneRound(subject: Subject, effort: Effort, load: Load): Promise<Round> {
  const { row, server, keys, input } = subject;
  const minting = row.serving.kind === 'sidecar' ? row.serving.minting : undefined;
  const bareNow = (): number | undefined => minting && keys && bareCost(minting.algorithm, keys, input, effort.bare);
  const bareBefore = bareNow();
  const minted = await server.minted();
  const before = cpuOf(server.pid);
  const answers = await load(subject);
  const cpu = (cpuOf(server.pid) - before) / answers.count;
  const bareAfter = bareNow();
  const after = await server.minted();
  if (minted !== undefined && after !== minted + answers.count) {
    throw new Error(`${row.name} minted ${Number(after) - minted} tokens for ${answers.count} requests.`);
  }
  return {
    cpu,
    rate: answers.count / answers.seconds,
    p50: percentile(answers, 0.5),
    p99: percentile(answers, 0.99),
    resident: residentOf(server.pid),
    requests: answers.count,
    bare: bareBefore === undefined || bareAfter === undefined ? undefined : (bareBefore + bareAfter) / 2,
  };
}
