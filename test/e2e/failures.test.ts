/**
 * @module
 * Each row of the failure table (docs/operations/failures.md) happens behind a real Envoy, with both filters.
 */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { seenHeader } from '../../demo/upstream.ts';
import type { ClientSees, Failure, OperatorSees } from './failures/failure.ts';
import type { Scene } from './failures/scene.ts';
import { scenes } from './failures/scenes.ts';
import { type FailureName, failures } from './failures/table.ts';
import { type Figures, World } from './failures/world.ts';
import { type Answer, seenIn } from './harness/client.ts';

let world: World;
before(async () => {
  world = await World.create();
});
after(() => world?.[Symbol.asyncDispose]());

/** Milliseconds until the operator must have seen the fault. */
const longest = 20_000;

/** What the operator could see before. */
interface Before {
  readonly figures: Figures;
  readonly pid: number | undefined;
  readonly lines: number;
  readonly envoy: Figures;
}

for (const name of Object.keys(scenes) as FailureName[]) {
  const scene = scenes[name];
  test(name, { skip: scene.missing ?? false }, (context) => play(failures[name], scene, context));
}

async function play(failure: Failure, scene: Scene, context: TestContext): Promise<void> {
  const was: Before = {
    figures: await world.figures(),
    pid: world.runs ? world.sidecar.pid : undefined,
    lines: world.runs ? world.log().length : 0,
    envoy: await world.envoyStats(),
  };
  const end = await scene.begin(world);
  try {
    for (const filter of ['ext_proc', 'ext_authz'] as const) await checkClient(failure, scene, filter);
    await checkOperator(failure.operator, was);
  } catch (error) {
    if (world.wasStarted) context.diagnostic(JSON.stringify(world.log().slice(-5)));
    throw error;
  } finally {
    if (typeof end === 'function') await end();
  }
}

type Filter = 'ext_proc' | 'ext_authz';

async function checkClient({ client, reaches = false }: Failure, scene: Scene, filter: Filter): Promise<void> {
  const expected = client[filter];
  if (expected === null) return;
  const before = world.seen.length;
  const requests = filter === 'ext_proc' ? scene.requests : 1;
  const answer = await (scene.send?.(world, filter) ?? sent(scene, filter, requests));
  checkAnswer(answer, expected, `${filter}: ${answer.status} ${answer.body.slice(0, 200)}`);
  if (expected.status !== 200 && !reaches) assert.equal(world.seen.length, before, 'the upstream got nothing');
}

/** @returns the last answer */
async function sent(scene: Scene, filter: Filter, requests = 1): Promise<Answer> {
  const via = scene.variant === undefined ? filter : (`${filter}+${scene.variant}` as const);
  const ask = (): Promise<Answer> =>
    world.ask(via as 'ext_proc', scene.path ?? '/orders', scene.headers?.(world), scene.body);
  for (let left = requests - 1; left > 0; left--) await ask();
  return ask();
}

function checkAnswer(answer: Answer, { status, body, header }: ClientSees, message: string): void {
  assert.equal(answer.status, status, message);
  if (header !== undefined) assert.equal(answer.headers[header[0]], header[1], message);
  if (body === 'empty') assert.equal(answer.body, '', message);
  else if (body === 'Envoy') assert.match(answer.body, /^\w/, message);
  else if (body === 'token' || body === "the client's header") checkForwarded(answer, body);
  else assert.equal(JSON.parse(answer.body).error.code, body, message);
}

function checkForwarded(answer: Answer, sent: string): void {
  const [value = '', second] = seenHeader(seenIn(answer), 'authorization');
  assert.equal(second, undefined);
  if (sent === 'token') assert.match(value, /^Bearer ey/);
  else assert.equal(value, 'Bearer spoofed');
}

async function checkOperator(expected: OperatorSees, was: Before): Promise<void> {
  const isOther = !world.wasStarted || world.sidecar.pid !== was.pid;
  const begin = isOther ? new Map<string, number>() : was.figures;
  if (expected.exit !== undefined) assert.equal(world.sidecar.ending, expected.exit);
  for (const name of expected.grows ?? []) {
    await until(name, async () => ((await world.figures()).get(name) ?? 0) > (begin.get(name) ?? 0));
  }
  for (const [name, value] of Object.entries(expected.figures ?? {})) {
    await until(name, async () => (await world.figures()).get(name) === value);
  }
  for (const name of expected.envoy ?? []) {
    await until(
      `Envoy's ${name}`,
      async () => ((await world.envoyStats()).get(name) ?? 0) > (was.envoy.get(name) ?? 0),
    );
  }
  if (expected.log !== undefined) {
    const [message, code] = expected.log;
    const isThere = async () =>
      world
        .log()
        .slice(isOther ? 0 : was.lines)
        .some((line) => line['message'] === message && line['code'] === code);
    await until(`the line ${message} ${code}`, isThere);
  }
  await checkReady(expected.ready);
}

async function checkReady(expected: OperatorSees['ready']): Promise<void> {
  if (expected === undefined) return;
  const readiness = await world.readiness();
  if (expected === 'no answer') return assert.equal(readiness, undefined);
  const [status, member, value] = expected;
  assert.equal(readiness?.status, status);
  assert.ok(member in readiness.body, `readyz has ${member}`);
  if (value !== undefined) assert.equal(readiness.body[member], value);
}

async function until(what: string, isSeen: () => Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + longest;
  while (!(await isSeen())) {
    assert.ok(Date.now() < giveUp, `${what} was not seen in ${longest / 1000} s`);
    await pause(50);
  }
}
