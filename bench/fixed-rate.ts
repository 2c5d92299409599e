/**
 * @module
 * The cost of a request at a low rate: each request then wakes the server, and shares no read and no write.
 */
import type { Effort } from './effort.ts';
import { askAtRate } from './load/open-loop.ts';
import { figuresOf, type Results } from './results.ts';
import { measureInTurns, type Progress } from './rounds.ts';
import { isAmong } from './rows.ts';
import type { Subject } from './test-bed.ts';

const perSecond = 2000;
const connections = 64;
export const fixedRateRows = ['constant', 'constant-tcp', 'RS256-reused', 'RS256-reused-tcp'];

/** Measures two rows, over unix sockets and over TCP, and the compared servers. */
export async function measureFixedRate(
  all: readonly Subject[],
  effort: Effort,
  progress: Progress,
): Promise<NonNullable<Results['fixedRate']>> {
  const subjects = all.filter(({ row }) => isAmong(row, fixedRateRows));
  const seconds = Math.min(effort.seconds, effort.maxRequests / perSecond);
  const measured = await measureInTurns(subjects, effort, progress, ({ port, requests }) =>
    askAtRate({ port, requests, connections, perSecond, seconds }),
  );
  return { perSecond, rows: measured.map(figuresOf) };
}
