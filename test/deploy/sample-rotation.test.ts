/**
 * @module
 * The key of samples of deploy/ is changed as their README.md says, under steady load, with two pods: one that has
 * run all the time, and one that starts after the change was applied and before the first pod's files are exchanged.
 *
 * No request fails, and a verifier that fetched the JWKS of either pod up to `publishAhead` ago can verify every token.
 *
 * Shorter than in the sample: `publishAhead`, and the time from which the new key signs (seconds from now, not half an
 * hour).
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { seenHeader } from '../../demo/upstream.ts';
import { type Answer, seenIn } from '../e2e/harness/client.ts';
import { type SteadyLoad, startLoad } from '../e2e/harness/steady-load.ts';
import { JwksWatch, judge, type Minted } from './samples/jwks-watch.ts';
import { type Neighbours, startNeighbours } from './samples/neighbours.ts';
import { deployed, type Pod, startPod } from './samples/pods.ts';
import { SampleFolder } from './samples/sample-folder.ts';

/** Requests a second for each pod. */
const rate = 40;

/** Milliseconds. */
const publishAhead = 2_000;
/** By which one volume of a pod is exchanged after the other. */
const apart = 700;

const scratch = mkdtempSync(join(tmpdir(), 'mintproc-samples-'));
let neighbours: Neighbours;
before(async () => {
  neighbours = await startNeighbours();
});
after(async () => {
  await neighbours[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true });
});

/** What has come of the requests so far. */
class Outcomes {
  readonly minted: Minted[] = [];
  readonly failures: string[] = [];

  /** Steady requests to a pod, until the end of the block that uses them. */
  loadOn(pod: Pod, authorization: string): SteadyLoad & AsyncDisposable {
    const headers: [string, string][] = [['authorization', authorization]];
    const load = startLoad(
      pod.port,
      rate,
      () => ({ headers }),
      (answer) => this.#take(answer),
    );
    return { ...load, [Symbol.asyncDispose]: () => load.stop() };
  }

  #take(answer: Answer | undefined): void {
    if (answer?.status !== 200) this.failures.push(answer === undefined ? 'broken' : `${answer.status} ${answer.body}`);
    else {
      const [value = ''] = seenHeader(seenIn(answer), 'authorization');
      this.minted.push({ token: value.replace('Bearer ', ''), at: performance.now() });
    }
  }
}

/** The other samples point to the same steps, and have the same keys. */
const rotated = ['kubernetes', 'istio'];

for (const [name, part] of Object.entries(deployed).filter(([sample]) => rotated.includes(sample))) {
  test(`deploy/${name}: the key is changed as README.md says, and no verifier meets an unknown key`, async (context) => {
    const sample = SampleFolder.copyOf(name, join(scratch, name));
    const steps = SampleFolder.copyOf('kubernetes', join(scratch, `${name}-steps`)).read('README.md');
    sample.runCommands(steps, 'Apply it');
    sample.set('config/mintproc.yaml', ['jwks', 'publishAhead'], `${publishAhead}ms`);
    const begin = performance.now();
    await using old = await startPod(sample, part, neighbours);
    const authorization = `Bearer ${await neighbours.callerToken('https://issuer.example.com')}`;
    // A busy machine needs more time for the second pod as well.
    const ahead = publishAhead + apart + 3 * (performance.now() - begin) + 2_000;
    const outcomes = new Outcomes();
    await using oldLoad = outcomes.loadOn(old, authorization);
    await using oldKeys = new JwksWatch(old.keySet);

    const signsFrom = Math.ceil((Date.now() + ahead) / 1000) * 1000;
    const dated = (text: string): string => withTime(text, signsFrom);
    sample.runCommands(steps, 'Publish the new key');
    sample.makeEdits(steps, 'Publish the new key', dated);
    await using young = await startPod(sample, part, neighbours);
    await using youngLoad = outcomes.loadOn(young, authorization);
    await using youngKeys = new JwksWatch(young.keySet);
    // The configuration first: the pod refuses it until the key is there.
    old.update('mintproc');
    await pause(apart);
    old.update('mintproc-keys');
    await oldKeys.until(2);
    assert.ok(Date.now() < signsFrom - publishAhead, 'the machine was too slow for the times of this test');
    await pause(signsFrom - Date.now() + 1_500);

    sample.makeEdits(steps, 'Take the old key out', dated);
    // The key first: the pod goes on with what it has until its configuration is exchanged too.
    old.update('mintproc-keys');
    young.update('mintproc');
    await pause(apart);
    old.update('mintproc');
    young.update('mintproc-keys');
    await pause(1_000);

    for (const load of [oldLoad, youngLoad]) await load.stop();
    assert.deepEqual(outcomes.failures, []);
    const { kids } = await judge(outcomes.minted, [oldKeys, youngKeys], publishAhead);
    context.diagnostic(
      `${outcomes.minted.length} tokens, ${kids} keys, ${oldKeys.looks + youngKeys.looks} looks at a JWKS`,
    );
    assert.equal(kids, 2);
  });
}

/** The README's text with another time (whole seconds), as an operator would write it. */
function withTime(text: string, time: number): string {
  const iso = new Date(time).toISOString().replace(/\.\d+/, '');
  const changed = text.replace(/(?<=activeFrom: )[\w:-]+/g, iso);
  if (text.includes('activeFrom') && changed === text) throw new Error('README.md writes no time');
  return changed;
}
