import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type Reply, RunLoop } from '../../../src/playground/page/run-loop.ts';

/** A process that answers when the test says so. */
function startLoop(): {
  readonly loop: RunLoop<string, string>;
  readonly log: string[];
  answer(reply?: Reply<string>): Promise<void>;
} {
  const log: string[] = [];
  let end: ((reply: Reply<string>) => void) | undefined;
  const loop = new RunLoop<string, string>({
    ask: (task) => {
      log.push(`ask ${task}`);
      const { promise, resolve } = Promise.withResolvers<Reply<string>>();
      end = resolve;
      return promise;
    },
    onReply: (reply, task) => log.push(`${reply.kind} ${task}`),
    onBusy: (isBusy) => log.push(isBusy ? 'busy' : 'idle'),
  });
  const answer = async (reply: Reply<string> = { kind: 'answer', answer: '' }): Promise<void> => {
    end?.(reply);
    // The loop goes on in microtasks.
    await new Promise(setImmediate);
  };
  return { loop, log, answer };
}

type Step = 'a' | 'b' | 'c' | 'now' | 'answer' | 'lost' | 'stop' | number;

const runs: [name: string, steps: readonly Step[], log: readonly string[]][] = [
  ['nothing before the pause', ['a', 149], []],
  ['one change after the pause', ['a', 150, 'answer'], ['busy', 'ask a', 'idle', 'answer a']],
  ['the last of several', ['a', 100, 'b', 149, 'c', 150], ['busy', 'ask c']],
  ['at once', ['now', 0], ['busy', 'ask now']],
  ['never two at once', ['a', 150, 'b', 1000], ['busy', 'ask a']],
  [
    'the last one after the running one',
    ['a', 150, 'b', 150, 'c', 150, 'answer', 0],
    ['busy', 'ask a', 'idle', 'answer a', 'busy', 'ask c'],
  ],
  ['again after a lost process', ['a', 150, 'lost', 1999], ['busy', 'ask a', 'idle', 'lost a']],
  ['again after the patience', ['a', 150, 'lost', 2000], ['busy', 'ask a', 'idle', 'lost a', 'busy', 'ask a']],
  [
    'a change after a lost process',
    ['a', 150, 'lost', 'b', 150, 'answer', 5000],
    ['busy', 'ask a', 'idle', 'lost a', 'busy', 'ask b', 'idle', 'answer b'],
  ],
  ['nothing after the end', ['a', 'stop', 1000], []],
];

for (const [name, steps, expected] of runs) {
  test(`asked: ${name}`, async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const { loop, log, answer } = startLoop();
    for (const step of steps) {
      if (typeof step === 'number') mock.timers.tick(step);
      else if (step === 'answer') await answer();
      else if (step === 'lost') await answer({ kind: 'lost' });
      else if (step === 'stop') loop.stop();
      else if (step === 'now') loop.now(step);
      else loop.change(step);
    }
    mock.timers.reset();
    assert.deepEqual(log, expected);
  });
}
