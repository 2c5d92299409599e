/**
 * @module
 * A closed loop at maximum rate: each connection sends its next request as soon as it has the answer.
 */
import { type Answers, gather } from './answers.ts';
import { HttpConnection } from './http-connection.ts';

export interface ClosedLoop {
  readonly port: number;
  /** Sent in order, repeatedly. */
  readonly requests: readonly Buffer[];
  readonly connections: number;
  /** Ends after this time… */
  readonly seconds: number;
  /** …or after this number of requests, whichever comes first. */
  readonly maxRequests: number;
}

export async function askInTurns({ port, requests, connections, seconds, maxRequests }: ClosedLoop): Promise<Answers> {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const took: number[] = [];
  const open: HttpConnection[] = [];
  let asked = 0;
  let waiting = 0;
  let end = 0;

  async function connect(): Promise<() => void> {
    let begun = 0;
    const ask = (): void => {
      const request = requests[asked++ % requests.length];
      if (request === undefined) throw new TypeError('a load needs a request');
      waiting++;
      begun = performance.now();
      connection.ask(request);
    };
    const connection = await HttpConnection.open(port, {
      answered() {
        waiting--;
        const now = performance.now();
        took.push(now - begun);
        if (now < end && asked < maxRequests) ask();
        else if (waiting === 0) resolve();
      },
      failed: reject,
    });
    open.push(connection);
    return ask;
  }

  const starts = await Promise.all(Array.from({ length: Math.min(connections, maxRequests) }, connect));
  const begin = performance.now();
  end = begin + seconds * 1000;
  try {
    for (const start of starts) start();
    await done;
    return gather(took, (performance.now() - begin) / 1000);
  } finally {
    for (const connection of open) connection.close();
  }
}
