/**
 * @module
 * Starts processes and makes sure that all are stopped.
 *
 * Each runs in a separate process group, so that Ctrl-C reaches only this process, which stops them in order. If this
 * process is killed, a watchdog (a shell that waits for the end of its input) kills them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SetupError, systemCode } from './setup-error.ts';

/** Milliseconds from SIGTERM to SIGKILL. Longer than the sidecar's drain. */
const stopTimeout = 30_000;

/** Keeps a list of process ids from its input (`+ 12`, `- 12`), and kills the remaining ones when the input ends. */
const watchdogScript = `
trap '' INT TERM HUP
pids=
while read -r sign pid; do
  case $sign in
    +) pids="$pids $pid" ;;
    -) kept=; for p in $pids; do [ "$p" = "$pid" ] || kept="$kept $p"; done; pids=$kept ;;
  esac
done
[ -z "$pids" ] || kill -KILL $pids`;

export interface Command {
  /** Its name in messages, and the name of its log file. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Variables in addition to those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** How a process ended: its exit code, or the signal that ended it. */
export type Ending = number | NodeJS.Signals;

export interface Running {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  readonly ended: Promise<Ending>;
  /** How it ended; undefined while it runs. */
  readonly ending: Ending | undefined;
  signal(signal: NodeJS.Signals): void;
  /** Sends SIGTERM, and SIGKILL after a timeout. */
  stop(): Promise<Ending>;
}

export class ProcessGroup implements AsyncDisposable {
  readonly #logs: string;
  readonly #running: Running[] = [];
  #watchdog: ChildProcess | undefined;

  /** @param logs the folder that receives one log file per process */
  constructor(logs: string) {
    this.#logs = logs;
  }

  /** @throws SetupError when the program cannot be started */
  async start(command: Command): Promise<Running> {
    const log = join(this.#logs, `${command.name}.log`);
    const output = openSync(log, 'w', 0o600);
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...process.env, ...command.environment },
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const { promise: spawned, resolve, reject } = Promise.withResolvers<number>();
    child.on('spawn', () => resolve(child.pid ?? 0));
    child.on('error', (error) => {
      const reason = systemCode(error) ?? error.message;
      reject(
        new SetupError(`Cannot start ${command.name}: ${command.file} cannot be run (${reason}).`, {
          cause: error,
        }),
      );
    });
    const pid = await spawned;
    this.#notifyWatchdog(`+ ${pid}`);
    const running = watch(command.name, child, pid, log);
    running.ended.then(() => this.#notifyWatchdog(`- ${pid}`));
    this.#running.push(running);
    return running;
  }

  /** The first process that ends by itself. */
  get firstExit(): Promise<Running> {
    return Promise.race(this.#running.map((running) => running.ended.then(() => running)));
  }

  /** Stops all processes, the last started first, and waits until they have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#running.toReversed()) await running.stop();
    this.#watchdog?.stdin?.end();
  }

  #notifyWatchdog(line: string): void {
    this.#watchdog ??= startWatchdog();
    this.#watchdog.stdin?.write(`${line}\n`);
  }
}

function startWatchdog(): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watchdog.unref();
  return watchdog;
}

function watch(name: string, child: ChildProcess, pid: number, log: string): Running {
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  child.on('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
  return {
    name,
    pid,
    log,
    ended,
    get ending() {
      return child.exitCode ?? child.signalCode ?? undefined;
    },
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGTERM');
      const giveUp = setTimeout(() => child.kill('SIGKILL'), stopTimeout);
      const ending = await ended;
      clearTimeout(giveUp);
      return ending;
    },
  };
}

/** Describes how a process ended, with the last lines of its log. */
export function describeExit({ name, ending, log }: Running): string {
  const lines = readFileSync(log, 'utf8').trim().split('\n').slice(-12);
  return `${name} ended (${ending}). The last lines of ${basename(log)}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
