/**
 * @module
 * Plays a fault while requests keep coming, and judges what clients, the upstream and the operator saw.
 */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ending } from '../mixed/mixed-load.ts';
import type { Fault } from './fault.ts';
import { type Mark, type Stage, sumOf, type Use } from './stage.ts';

/** Milliseconds. */
const calm = 1_500;
const after = 2_000;
const usualTime = [1_500, 3_000] as const;
/** Envoy's own limit on mintproc's answer. */
const patience = 3_000;
/** Until service is back, and until an operator sees a fault or a change is in force. */
const backWithin = 1_000;
const seenWithin = 15_000;
/**
 * By how much mintproc may have grown: connections of the load come and go, and each of its three processes has run for
 * a few seconds only when it is measured first. What it grows by in the long run, a soak measures.
 */
const growth = { descriptors: 6, resident: 75 } as const;

export interface Result {
  readonly requests: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly longest: number;
  /** From the end of the fault until the last request that failed was sent. */
  readonly back: number;
  /** Until a new configuration was in force, at the end. */
  readonly reload: number;
  readonly growth: Use;
  readonly problems: readonly string[];
}

/** How much longer things take, for all the other things that this machine does. */
export function slowness(): number {
  return Math.min(5, Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()));
}

interface Times {
  readonly begin: number;
  readonly over: number;
}

export async function play(stage: Stage, fault: Fault): Promise<Result> {
  await stage.begin(fault);
  await pause(calm);
  const [use, mark] = [stage.use(), await stage.mark()];
  const problems: string[] = [];
  const begin = performance.now();
  const end = await fault.begin(stage);
  if (end !== undefined) await stage.sometime(...(fault.lasts ?? usualTime));
  if (end !== undefined) await untilSeen(stage, fault, mark);
  problems.push(...(await unseen(fault.shows, async (name) => (await stage.figure(name)) > 0)));
  const ended = performance.now();
  await end?.();
  const times = { begin, over: stage.overAt ?? ended };
  await pause(after);
  const reload = await reloadTime(stage);
  if (reload === undefined) problems.push('a new configuration does not come into force');
  await stage.endLoad();
  problems.push(...(await operatorProblems(stage, fault, mark)), ...stage.leaks().slice(0, 3));
  const grown = await settled(stage, use);
  if (grown.descriptors > growth.descriptors) problems.push(`${grown.descriptors} more descriptors`);
  if (grown.resident > growth.resident) problems.push(`${grown.resident.toFixed(0)} MB more`);
  const back = backAfter(stage.endings, times);
  problems.push(...clientProblems(stage, fault, times, back));
  const longest = Math.max(...stage.endings.map(({ took }) => took));
  const refused = counted(stage.endings);
  return { requests: stage.endings.length, refused, longest, back, reload: reload ?? 0, growth: grown, problems };
}

const failed = ({ asked, status }: Ending): boolean => status !== asked.status;

function backAfter(endings: readonly Ending[], { over }: Times): number {
  return Math.max(0, ...endings.filter(failed).map(({ sent }) => sent - over));
}

function counted(endings: readonly Ending[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status, body } of endings.filter(failed)) {
    const code = /"code":"([\w.-]+)"/.exec(body)?.[1];
    const key = status === undefined ? 'broken' : [status, code].filter((part) => part !== undefined).join(' ');
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function clientProblems(stage: Stage, fault: Fault, { begin, over }: Times, back: number): string[] {
  const { endings, arrivals } = stage;
  const failures = endings.filter(failed);
  const answered = endings.filter(({ status }) => status === 200).length;
  const arrived = arrivals.right + arrivals.wrong;
  const slow = slowness();
  const most = patience + 1_000 * slow + (fault.delays === true ? over - begin : 0);
  const tooLong = endings.filter(({ took }) => took > most);
  const early = failures.filter(({ sent, took }) => sent + took < begin);
  const broken = endings.filter(({ status }) => status === undefined);
  const passed = failures.filter(({ status }) => status === 200);
  const isCounted = fault.breaksConnections === true ? arrived >= answered : arrived === answered;
  const found: readonly (string | false)[] = [
    arrivals.wrong > 0 && `${arrivals.wrong} requests at the upstream were wrong: ${arrivals.problems[0]}`,
    !isCounted && `${answered} requests were answered, and ${arrived} arrived`,
    passed.length > 0 && `${passed.length} requests passed that must be refused: ${passed[0]?.asked.path}`,
    early.length > 0 && `${early.length} requests failed before the fault: ${JSON.stringify(counted(early))}`,
    fault.breaksConnections !== true && broken.length > 0 && `${broken.length} without an answer: ${broken[0]?.body}`,
    fault.served === true && failures.length > 0 && `${failures.length} requests failed`,
    tooLong.length > 0 && `${tooLong.length} requests took longer than ${most.toFixed(0)} ms`,
    back > (fault.backWithin ?? backWithin) * slow && `service is back only ${back.toFixed(0)} ms after the fault`,
  ];
  return found.filter((problem) => problem !== false);
}

/** @returns milliseconds; undefined if it does not come into force */
async function reloadTime(stage: Stage): Promise<number | undefined> {
  const begin = performance.now();
  stage.publish();
  while (stage.arrivals.generation < stage.generation) {
    if (performance.now() - begin > seenWithin * slowness()) return undefined;
    await pause(20);
  }
  return performance.now() - begin;
}

async function unseen(names: readonly string[] = [], isSeen: (name: string) => Promise<boolean>): Promise<string[]> {
  const missing: string[] = [];
  for (const name of names) {
    const until = performance.now() + seenWithin * slowness();
    let found = await isSeen(name);
    while (!found && performance.now() < until) {
      await pause(50);
      found = await isSeen(name);
    }
    if (!found) missing.push(`the operator does not see ${name}`);
  }
  return missing;
}

/** A busy machine may take long to notice a fault. It does not end before: what is not seen at all is said later. */
async function untilSeen(stage: Stage, { grows }: Fault, mark: Mark): Promise<void> {
  if (stage.world.runs) await unseen(grows, async (name) => (await stage.figure(name)) > sumOf(mark.figures, name));
}

async function operatorProblems(stage: Stage, fault: Fault, mark: Mark): Promise<string[]> {
  const { world } = stage;
  if (!world.runs) return ['mintproc does not run any more'];
  const isSame = world.sidecar.pid === mark.pid;
  const before = (name: string): number => (isSame ? sumOf(mark.figures, name) : 0);
  const lines = (): readonly unknown[] =>
    world
      .log()
      .slice(isSame ? mark.lines : 0)
      .map((line) => line['msg'] ?? line['message']);
  return [
    ...(await unseen(fault.grows, async (name) => (await stage.figure(name)) > before(name))),
    ...(await unseen(fault.envoy, async (name) => sumOf(await world.envoyStats(), name) > sumOf(mark.envoy, name))),
    ...(await unseen(fault.log, async (message) => lines().includes(message))),
    ...(await unseen(fault.shows, async (name) => (await stage.figure(name)) === 0)).map((text) => `${text} end`),
  ];
}

/** What mintproc has more than before, once that is little. */
async function settled(stage: Stage, before: Use): Promise<Use> {
  const until = performance.now() + seenWithin * slowness();
  for (;;) {
    const now = stage.use();
    const grown = { descriptors: now.descriptors - before.descriptors, resident: now.resident - before.resident };
    const isLittle = grown.descriptors <= growth.descriptors && grown.resident <= growth.resident;
    if (isLittle || performance.now() > until) return grown;
    await pause(200);
  }
}
