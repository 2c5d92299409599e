/**
 * @module
 * A server's process, and what it has used: CPU time of all its threads, and resident memory. Reads Linux's /proc.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export class MeasuredProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts `command`, split at blanks, and waits until it listens at `port`. */
  static async start(command: string, port: number): Promise<MeasuredProcess> {
    const [file = '', ...args] = command.split(' ');
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const failed = once(child, 'exit').then(() => Promise.reject(new Error(`${command} has ended`)));
    failed.catch(() => undefined);
    await Promise.race([failed, untilListening(port)]);
    return new MeasuredProcess(child);
  }

  /** Microseconds of CPU time so far. */
  get cpu(): number {
    const folder = `/proc/${this.#child.pid}/task`;
    let nanoseconds = 0;
    for (const thread of readdirSync(folder)) {
      nanoseconds += Number(readFileSync(`${folder}/${thread}/schedstat`, 'latin1').split(' ')[0]);
    }
    return nanoseconds / 1000;
  }

  /** Megabytes (of 10^6 bytes). */
  get resident(): number {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'latin1'))?.[1];
    return (Number(kilobytes) * 1024) / 1e6;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

async function untilListening(port: number): Promise<void> {
  for (const giveUp = performance.now() + 15_000; performance.now() < giveUp; ) {
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await pause(20);
  }
  throw new Error(`nothing listens at port ${port}`);
}
