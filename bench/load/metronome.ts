/**
 * @module
 * A thread that reports when the next request is due. Node's timers have a resolution of a millisecond, in which
 * several requests are due. This thread sleeps with a precision of some 60 microseconds, without busy waiting.
 *
 * Requests arrive as from independent callers: the gaps are exponential. They come from a fixed seed, so that compared
 * servers get the same arrivals.
 */
import { parentPort, workerData } from 'node:worker_threads';

export interface Beat {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Milliseconds since the epoch, with microsecond precision. The same in both threads. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

/** A Lehmer random number generator: uniform in (0, 1). */
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
