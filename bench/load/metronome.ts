/**
 * @module
 * A thread that says when the next request is due. Node's own timers know milliseconds only, and thousands of requests a
 * second are due in each; this thread sleeps to some 60 microseconds and burns no core meanwhile.
 *
 * Requests come as from callers who know nothing of each other: the gaps are exponential. They are drawn from a fixed
 * seed, so that what is compared has met the same arrivals.
 */
import { parentPort, workerData } from 'node:worker_threads';

export interface Beat {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Milliseconds since the epoch, to the microsecond: what both threads understand. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

/** A generator of Lehmer's: evenly spread over 0 to 1, both excluded. */
function* chances(): Generator<number, never> {
  for (let state = 20_261_122; ; ) {
    state = (state * 48_271) % 0x7fff_ffff;
    yield state / 0x7fff_ffff;
  }
}

function beat({ perSecond, seconds }: Beat, due: (moment: number | 'over') => void): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  const end = preciseNow() + seconds * 1000;
  let next = preciseNow();
  for (const chance of chances()) {
    next -= (Math.log(chance) / perSecond) * 1000;
    if (next > end) break;
    const left = next - preciseNow();
    if (left > 0) Atomics.wait(sleeper, 0, 0, left);
    due(next);
  }
  due('over');
}

if (parentPort !== null) beat(workerData as Beat, (moment) => parentPort?.postMessage(moment));
