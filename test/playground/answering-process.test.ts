/**
 * The process that answers the page: what takes too long or needs too much memory is ended, and the next call has its
 * answer.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type AnsweringBounds, AnsweringProcess, answeringBounds } from '../../src/playground/answering-process.ts';
import type { RunBody } from '../../src/playground/interface.ts';

const main = join(import.meta.dirname, '../../src/main.ts');
const started: ChildProcess[] = [];
const open: AnsweringProcess[] = [];
after(() => open.map((process) => process.close()));

/** The real process. @param bounds of one that a machine with other tests keeps, and no endless run does */
function processWith(bounds: Partial<AnsweringBounds> = {}, memory = 768) {
  const process = new AnsweringProcess(
    () => {
      const child = fork(main, ['answer'], {
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        execArgv: [`--max-old-space-size=${memory}`],
      });
      started.push(child);
      return child;
    },
    { ...answeringBounds, ...bounds },
  );
  open.push(process);
  const { handlers } = process;
  const call = async (name: string, body: unknown, isWanted?: () => boolean): Promise<unknown> =>
    handlers.get(name)?.(body, isWanted);
  return { process, call };
}

const sum = { profile: 'dataweave', expression: '1 + 1', context: '' };
const two = { problems: [], json: '2', type: 'number' };

/** One claim stays below every bound of an expression; all of them take minutes, and gigabytes if their value is text. */
function workspaceOf(claims: number, expression: string): RunBody {
  const entry = '{ name: a, file: a.yaml, expressions: dataweave, key: { file: k }, output: { header: x } }';
  const values = Array.from({ length: claims }, (_, at) => `      - { name: c${at}, value: "#[${expression}]" }\n`);
  return {
    files: [
      { name: 'mintproc.yaml', text: `policies: [${entry}]\nroutes: [{ match: {}, policies: [a] }]\n` },
      {
        name: 'a.yaml',
        text: `- policyRef: { name: jwt-generation-flex }\n  config:\n    signingMethod: ES256\n    customClaims:\n${values.join('')}`,
      },
    ],
    isFolder: false,
    case: 'request: { path: /a }',
  };
}

const slow = "sizeOf((1 to (9000 + sizeOf(attributes.headers))) map ($ as String {format: '0.00'}))";
const large = "(1 to (10000 + sizeOf(attributes.headers))) map ('0123456789' ++ $)";

const hostile: [name: string, body: RunBody, longest: number, memory: number, message: RegExp][] = [
  ['a link that runs for minutes', workspaceOf(4_000, slow), 3_000, 768, /^This took longer than 3 seconds/],
  ['a link that needs gigabytes', workspaceOf(4_000, large), 60_000, 80, /^The process that ran this has ended/],
];

for (const [name, body, longest, memory, message] of hostile) {
  test(`${name} is ended, and the next call has its answer`, async () => {
    const { call } = processWith({ longest }, memory);
    const run = call('run', body);
    const next = call('evaluate', sum);
    await assert.rejects(run, { status: 422, message });
    assert.deepEqual(await next, two);
  });
}

test('a process that somebody has ended is started again', async () => {
  const { call } = processWith();
  await call('evaluate', sum);
  const child = started.at(-1);
  assert.ok(child);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  assert.deepEqual(await call('evaluate', sum), two);
});

test('a process that cannot start refuses what waits, and is not started again for it', async () => {
  let starts = 0;
  const process = new AnsweringProcess(() => {
    starts += 1;
    return fork(main, ['answer', '--no-such-option'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  });
  const evaluate = process.handlers.get('evaluate') ?? assert.fail();
  const calls = await Promise.allSettled([evaluate(sum), evaluate(sum)]);
  assert.deepEqual([calls.map(({ status }) => status), starts], [['rejected', 'rejected'], 1]);
});

const shared = processWith({ waiting: 2 });

test('calls that wait: as many as may, and one more', async () => {
  const { call } = shared;
  const calls = [call('evaluate', sum), call('evaluate', sum)];
  await assert.rejects(call('evaluate', sum), { status: 429, message: /^Too many calls are waiting/ });
  assert.deepEqual(await Promise.all(calls), [two, two]);
});

test('a call whose page has gone is not answered, and makes place', async () => {
  const { call } = shared;
  let isWanted = true;
  const running = call('evaluate', sum);
  const left = [call('evaluate', sum, () => isWanted), call('evaluate', sum, () => isWanted)];
  const forgotten = Promise.allSettled(left);
  isWanted = false;
  assert.deepEqual(await Promise.all([running, call('evaluate', sum)]), [two, two]);
  assert.deepEqual(
    (await forgotten).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});

const refused: [name: string, called: string, body: unknown, status: number, message: RegExp][] = [
  ['a body that is not valid', 'run', {}, 400, /^The body of this call is not valid/],
  ['a folder that was not opened', 'save', { name: 'a', text: '', version: '' }, 400, /started without --config/],
];

test('what the process refuses is refused with its status and message', async () => {
  const { call } = shared;
  for (const [name, called, body, status, message] of refused) {
    await assert.rejects(call(called, body), { status, message }, name);
  }
});
