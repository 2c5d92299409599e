/**
 * @module
 * Requests at a steady rate, whatever becomes of them, as callers send them: none waits for the one before.
 */
import { Agent } from 'node:http';
import { type Answer, ask, type Question } from './client.ts';

export interface SteadyLoad {
  /** Stops asking, and returns once everything is answered. */
  stop(): Promise<void>;
}

/** @param onAnswer gets undefined if the connection broke */
export function startLoad(
  port: number,
  perSecond: number,
  question: (number: number) => Question,
  onAnswer: (answer: Answer | undefined) => void,
): SteadyLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const waiting = new Set<Promise<void>>();
  const begin = performance.now();
  let asked = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begin) / 1000) * perSecond);
    while (asked < due) {
      const answered = ask(port, { ...question(asked++), agent })
        .catch(() => undefined)
        .then((answer) => {
          waiting.delete(answered);
          onAnswer(answer);
        });
      waiting.add(answered);
    }
  }, 5);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(waiting);
      agent.destroy();
    },
  };
}
