#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072 node --max-semi-space-size=1 --heap-growing-percent=20 --incremental-marking-hard-trigger=25 --no-memory-reducer --no-maglev --v8-pool-size=1 --expose-gc
/**
 * @module
 * The composition root: passes the arguments, environment, streams and signals of the process to the commands. The
 * first line sets the memory of Node for a sidecar (docs/decisions/0060).
 */
// First, before code that an older Node cannot load.
import './cli/node-version.ts';
import './cli/no-debugger.ts';
import './cli/last-words.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setPriority } from 'node:os';
import { run } from './cli/index.ts';
import { endWithNpm } from './cli/parent.ts';
import type { Terminal } from './cli/terminal.ts';
import type { ParentLink } from './serving/workers/messages.ts';

const packageFile = new URL('../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

let isStuck = false;

/** Whether the reader of standard output has gone. */
let isUnread = false;

const terminal: Terminal = {
  out: (text) => process.stdout.write(text),
  isColoured: process.stdout.isTTY && process.stdout.hasColors(),
  // Not before a command asks: whoever reads `process.stdin` opens it.
  get isInteractive() {
    return process.stdout.isTTY === true && process.stdin.isTTY === true;
  },
  error: (line) => process.stderr.write(`${line}\n`),
  async *lines() {
    const { createInterface } = process.getBuiltinModule('node:readline');
    const reader = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
    try {
      for await (const line of reader) {
        if (isUnread) return;
        yield line;
      }
    } finally {
      // A terminal that is still read keeps the process alive.
      reader.close();
    }
  },
  version,
  // Without a prototype, because the configuration names variables: `constructor` is not one of them.
  environment: Object.assign(Object.create(null), process.env),
  now: Date.now,
  collectGarbage: () => globalThis.gc?.({ execution: 'sync', flavor: 'last-resort', type: 'major' }),
  onStop(stop) {
    const signals = ['SIGTERM', 'SIGINT'] as const;
    for (const signal of signals) process.on(signal, stop);
    return () => {
      for (const signal of signals) process.off(signal, stop);
    };
  },
  onReload(reload) {
    process.on('SIGHUP', reload);
    return () => process.off('SIGHUP', reload);
  },
  ignoreSignals() {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  },
  threadIsStuck() {
    isStuck = true;
  },
  startWorker: (number) => startAgain(['worker', String(number)], 'inherit'),
  startChecker: () => startAgain(['check'], 'ignore', checkerFlags),
  startAnswering: (options) => startAgain(['answer', ...options], 'ignore', answeringFlags),
  primary: process.send === undefined ? undefined : linkToParent(),
  server: process.send === undefined ? undefined : linkToParent(),
  asker: process.send === undefined ? undefined : linkToParent(),
  stepBack() {
    setPriority(lowPriority);
    try {
      // If memory is short, the kernel kills this process first, and not the one that serves.
      writeFileSync('/proc/self/oom_score_adj', '1000');
    } catch {
      // Not available or not allowed on this system. Nothing depends on it.
    }
  },
};

/** A check runs for seconds, so its heap may be larger; in megabytes. */
const checkerFlags = ['--max-old-space-size=512', '--max-semi-space-size=16', '--heap-growing-percent=100'];

/** One run of hostile files may fill it. */
const answeringFlags = ['--max-old-space-size=768', '--max-semi-space-size=16', '--heap-growing-percent=100'];

/** Like `nice -n 5`: a third of the CPU share of the process that serves, if both need the CPU. */
const lowPriority = 5;

/** As a process with a channel to this one. @param output where its own output goes */
function startAgain(
  line: readonly string[],
  output: 'inherit' | 'ignore',
  flags: readonly string[] = [],
): ReturnType<Terminal['startChecker']> {
  return process.getBuiltinModule('node:child_process').fork(import.meta.filename, [...line], {
    serialization: 'advanced',
    stdio: ['ignore', output, output, 'ipc'],
    // No debugger from its first moment on; see `cli/no-debugger.ts`.
    execArgv: [...process.execArgv, '--disable-sigusr1', ...flags],
  });
}

function linkToParent<Sent, Received>(): ParentLink<Sent, Received> {
  return {
    send(message, onWritten) {
      // If the other process has ended, `onClose` reports it.
      if (process.connected) process.send?.(message, undefined, undefined, (error) => error ?? onWritten?.());
    },
    onMessage(listener) {
      process.on('message', (message, socket) => listener(message as Received, socket as Socket | undefined));
    },
    onClose: (listener) => void process.once('disconnect', listener),
    close() {
      if (process.connected) process.disconnect?.();
    },
  };
}

endWithNpm(process.env);

// `mintproc test … | head` closes the pipe, which is not an error. But tests that fail must still fail: the command
// goes on without output, and its exit code counts. What waits for files or lines ends, as by SIGTERM.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') {
    if (!isUnread) process.emit('SIGTERM');
    isUnread = true;
    return;
  }
  process.stderr.write(`mintproc: standard output cannot be written (${error.code}).\n`);
  process.exit(1);
});

// If standard error is full or closed, only the exit code can report.
process.stderr.on('error', () => undefined);

void run(process.argv.slice(2), terminal).then((code) => {
  process.exitCode = code;
  // An exit waits for all threads. Replacing the program ends them, with the same exit code.
  if (isStuck) process.execve?.(process.execPath, [process.execPath, '--eval', `process.exitCode = ${code}`], {});
});
