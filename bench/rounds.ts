/**
 * @module
 * Rounds of requests through Envoy, the servers in turns, so that whatever disturbs the machine meets all of them.
 */
import { bareCost } from './algorithms.ts';
import type { Effort } from './effort.ts';
import { type Answers, percentile } from './load/answers.ts';
import { askInTurns } from './load/closed-loop.ts';
import { cpuOf, residentOf } from './servers/process-use.ts';
import type { Subject } from './stand.ts';
import { ofServer, type Turns, takeTurns } from './turns.ts';

/** What one round of one server brought. */
export interface Round {
  /** Microseconds of CPU time of the server for each request. */
  readonly cpu: number;
  /** Requests a second. */
  readonly rate: number;
  /** Milliseconds that the caller waited. */
  readonly p50: number;
  readonly p99: number;
  /** Megabytes after the round. */
  readonly resident: number;
  readonly requests: number;
  /** Microseconds of CPU time of the bare operation, before the round and after it; undefined where the row has none. */
  readonly bare: number | undefined;
}

/** One server's rounds. */
export interface Measured extends Turns<Round> {
  readonly subject: Subject;
}

export type Progress = (line: string) => void;

/** Envoy's usual number of callers' connections in these measurements. */
const connections = 16;

type Load = (subject: Subject) => Promise<Answers>;

/** @returns the rounds of each subject, in the order of `subjects` */
export async function measureSaturated(
  subjects: readonly Subject[],
  effort: Effort,
  progress: Progress,
): Promise<Measured[]> {
  const load = ({ port, requests }: Subject, seconds: number): Promise<Answers> =>
    askInTurns({ port, requests, connections, seconds, most: effort.most });
  for (const subject of subjects) {
    progress(`warming up ${subject.row.name}`);
    for (let count = 0; count < effort.warmUpRequests; ) count += (await load(subject, effort.warmUp)).count;
  }
  return inTurns(subjects, effort, progress, (subject) => load(subject, effort.seconds));
}

export async function inTurns(
  subjects: readonly Subject[],
  effort: Effort,
  progress: Progress,
  load: Load,
): Promise<Measured[]> {
  const { all, calm } = await takeTurns(effort.rounds, async (number) => {
    const rounds = new Map<Subject, Round>();
    // Forth and back, so that nobody always comes after the same one.
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
