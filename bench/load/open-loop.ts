/**
 * @module
 * An open loop at a fixed rate, like real traffic: no request waits for the answer to another.
 *
 * The latency of a request starts when it was due, not when it was sent. If Envoy stalls, requests that had to wait for
 * a connection include their wait (no coordinated omission).
 */
import { Worker } from 'node:worker_threads';
import { type Answers, gather } from './answers.ts';
import { HttpConnection } from './http-connection.ts';
import { type Beat, preciseNow } from './metronome.ts';

export interface OpenLoop extends Beat {
  readonly port: number;
  readonly requests: readonly Buffer[];
  /** Maximum requests in flight; more wait. */
  readonly connections: number;
}

interface Caller {
  ask(due: number): void;
  close(): void;
}

export async function askAtRate({ port, requests, connections, perSecond, seconds }: OpenLoop): Promise<Answers> {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const took: number[] = [];
  const idle: Caller[] = [];
  const late: number[] = [];
  let asked = 0;
  let over = false;

  function finishIfDone(): void {
    if (over && late.length === 0 && took.length === asked) resolve();
  }

  async function open(): Promise<Caller> {
    let begun = 0;
    const connection = await HttpConnection.open(port, {
      answered() {
        took.push(preciseNow() - begun);
        const next = late.shift();
        if (next === undefined) idle.push(caller);
        else caller.ask(next);
        finishIfDone();
      },
      failed: reject,
    });
    const caller: Caller = {
      ask(due) {
        const request = requests[asked++ % requests.length];
        if (request === undefined) throw new TypeError('a load needs a request');
        begun = due;
        connection.ask(request);
      },
      close: () => connection.close(),
    };
    return caller;
  }

  const callers = await Promise.all(Array.from({ length: connections }, open));
  idle.push(...callers);
  const begin = performance.now();
  const beat: Beat = { perSecond, seconds };
  const metronome = new Worker(new URL('metronome.ts', import.meta.url), { workerData: beat });
  metronome.on('error', reject);
  metronome.on('message', (due: number | 'over') => {
    if (due === 'over') {
      over = true;
      finishIfDone();
      return;
    }
    const caller = idle.pop();
    if (caller === undefined) late.push(due);
    else caller.ask(due);
  });
  try {
    await done;
    return gather(took, (performance.now() - begin) / 1000);
  } finally {
    for (const caller of callers) caller.close();
    await metronome.terminate();
  }
}
