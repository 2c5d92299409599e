/**
 * @module
 * As many requests as Envoy takes: each connection asks again as soon as it has its answer.
 */
import { type Answers, gather } from './answers.ts';
import { HttpConnection } from './http-connection.ts';

export interface ClosedLoop {
  readonly port: number;
  /** Asked one after the other, and again from the first. */
  readonly requests: readonly Buffer[];
  readonly connections: number;
  /** It ends after so long… */
  readonly seconds: number;
  /** …or after so many requests, whichever comes first. */
  readonly most: number;
}

export async function askInTurns({ port, requests, connections, seconds, most }: ClosedLoop): Promise<Answers> {
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
        if (now < end && asked < most) ask();
        else if (waiting === 0) resolve();
      },
      failed: reject,
    });
    open.push(connection);
    return ask;
  }

  const starts = await Promise.all(Array.from({ length: Math.min(connections, most) }, connect));
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
