/**
 * @module
 * A worker with the fault that its second argument names; run as a process by the tests of the pool.
 */
import { openSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Answer, FromWorker, Question, ToWorker } from '../../../src/serving/workers/messages.ts';

const counts = { families: {}, process: [] };

/** The behavior at each question. `loads` counts the `prepare` questions, from 1. */
const faults: Readonly<Record<string, (question: Question, loads: number) => Answer | undefined>> = {
  none: () => undefined,
  'refuses the second': ({ kind }, loads) =>
    kind === 'prepare' && loads === 2 && process.argv[2] === '2' ? { kind: 'refused' } : undefined,
  'ends at the second': ({ kind }, loads) => {
    if (kind === 'prepare' && loads === 2 && process.argv[2] === '2') process.exit(3);
    return undefined;
  },
  'cannot commit the second': ({ kind }, loads) =>
    kind === 'commit' && loads === 2 && process.argv[2] === '2' ? { kind: 'refused' } : undefined,
  'is stuck': ({ kind }) => {
    if (kind === 'ping' && process.argv[2] === '2') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    return undefined;
  },
  'has no file descriptor left': () => {
    try {
      for (;;) openSync('/dev/null', 'r');
    } catch {
      return undefined;
    }
  },
  'ends at the first': ({ kind }) => {
    if (kind === 'prepare' && process.argv[2] === '2') process.exit(3);
    return undefined;
  },
};

const usual: { readonly [K in Question['kind']]: Answer } = {
  prepare: { kind: 'done' },
  commit: { kind: 'done' },
  tls: { kind: 'done' },
  ping: { kind: 'done' },
  count: { kind: 'counted', counts },
  stop: { kind: 'stopped', end: 'drained', counts },
};

let loads = 0;

process.on('message', (message: ToWorker, socket: Socket | undefined) => {
  if (message.kind === 'connection') {
    if (process.argv[3] === 'ends before it takes') process.exit(3);
    const taken: FromWorker = { kind: 'taken', id: message.id };
    process.send?.(taken);
    if (process.argv[3] === 'ends when it has taken') process.exit(3);
    socket?.end('served');
  }
  if (message.kind === 'shed') {
    const closed: FromWorker = { kind: 'closed' };
    for (let i = 0; i < message.connections; i++) process.send?.(closed);
  }
  if (message.kind !== 'question') return;
  const { id, question } = message;
  if (question.kind === 'prepare') loads++;
  const answer = faults[process.argv[3] ?? '']?.(question, loads) ?? usual[question.kind];
  const said: FromWorker = { kind: 'answer', id, answer };
  process.send?.(said);
  if (answer.kind === 'stopped') process.disconnect?.();
});
