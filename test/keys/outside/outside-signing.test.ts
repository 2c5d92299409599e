/**
 * The queue, the deadline and the circuit before a service, with a service that answers when the test says so.
 */
import assert from 'node:assert/strict';
import { createPublicKey, sign } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { arrival, type Later } from '../../../src/diagnostics/later.ts';
import { signatureAlgorithms } from '../../../src/jose/signature-algorithms.ts';
import { maxFailures } from '../../../src/keys/outside/circuit.ts';
import { OutsideSigning, type SigningOptions } from '../../../src/keys/outside/outside-signing.ts';
import { type SignerService, signerError } from '../../../src/keys/outside/signer-service.ts';
import { rowNamed } from '../../jose/algorithm-rows.ts';
import { privateKeyFor } from './service-keys.ts';

const key = privateKeyFor('EdDSA');
const row = rowNamed(signatureAlgorithms, 'EdDSA');

interface Call {
  readonly input: string;
  answer(error?: Error): void;
}

function world(options: Partial<SigningOptions> = {}) {
  const calls: Call[] = [];
  const events: string[] = [];
  let waiting = 0;
  const service: SignerService = {
    describe: () => assert.fail(),
    sign: (input) =>
      new Promise((resolve, reject) => {
        const answer = (error?: Error): void => {
          if (error === undefined) resolve(sign(null, input, key));
          else reject(error);
        };
        calls.push({ input: input.toString(), answer });
      }),
  };
  const signing = new OutsideSigning({
    ...{ name: 'The service', publicKey: createPublicKey(key), deadline: 30_000, queue: 3, concurrency: 2, service },
    observer: {
      called: (_, code) => void events.push(`called ${code ?? 'signed'}`),
      refused: (code) => void events.push(`refused ${code}`),
      waiting: (count) => {
        waiting = count;
      },
      circuit: (state, failure) => void events.push(`${state} ${failure?.code ?? ''}`.trim()),
    },
    ...options,
  });
  const ask = signing.signer(row);
  return {
    calls,
    events,
    get waiting() {
      return waiting;
    },
    ask: (input = 'a.b') => ask(input) as Later<string>,
    /** The code of the error, or `signed`. */
    codeOf: async (later: Later<string> | (() => Later<string>)): Promise<unknown> => {
      try {
        await arrival(typeof later === 'function' ? later() : later);
        return 'signed';
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : error;
      }
    },
  };
}

const throttled = signerError('signer.throttled', 'Too many.');
const denied = signerError('signer.denied', 'No.');

/** Until promises that are ready have settled. */
const turn = (): Promise<void> => pause(20);

test('a queue of its length is served in order, and one more is refused at once', async () => {
  const { calls, ask, codeOf, events, ...rest } = world();
  const asked = ['1', '2', '3', '4', '5'].map((input) => codeOf(ask(input)));
  assert.equal(calls.length, 2);
  assert.equal(await codeOf(() => ask('6')), 'signer.busy');
  for (let next = 0; next < 5; next++) {
    await turn();
    calls[next]?.answer();
  }
  assert.deepEqual(await Promise.all(asked), Array(5).fill('signed'));
  assert.deepEqual(
    calls.map(({ input }) => input),
    ['1', '2', '3', '4', '5'],
  );
  assert.deepEqual(
    events.filter((event) => event !== 'called signed'),
    ['refused signer.busy'],
  );
  assert.equal(rest.waiting, 0);
});

test('what nobody waits for leaves the queue, and is never asked for', async () => {
  const { calls, ask, codeOf } = world();
  const gone = new Set<number>();
  const codes: unknown[] = [];
  for (let number = 0; number < 5; number++) {
    ask(String(number)).listen(
      () => codes.push('signed'),
      (error) => codes.push((error as { code: string }).code),
      () => !gone.has(number),
    );
  }
  gone.add(2).add(3);
  // The queue is full of others, so one more finds place.
  const more = [codeOf(ask('5')), codeOf(ask('6'))];
  assert.deepEqual(codes, ['signer.timeout', 'signer.timeout']);
  gone.add(4);
  for (let next = 0; next < 4; next++) {
    await turn();
    calls[next]?.answer();
  }
  assert.deepEqual(await Promise.all(more), ['signed', 'signed']);
  assert.deepEqual(
    calls.map(({ input }) => input),
    ['0', '1', '5', '6'],
  );
});

test('the deadline passes in the queue and at the service', async () => {
  const { calls, ask, codeOf, events, ...rest } = world({ deadline: 50 });
  const codes = await Promise.all(['1', '2', '3'].map((input) => codeOf(ask(input))));
  assert.deepEqual(codes, Array(3).fill('signer.timeout'));
  assert.equal(calls.length, 2);
  assert.deepEqual(events.toSorted(), ['called signer.timeout', 'called signer.timeout', 'refused signer.timeout']);
  assert.equal(rest.waiting, 0);
});

test('a service that does not heed the deadline keeps no place', async () => {
  const { calls, ask, codeOf } = world({ deadline: 50, concurrency: 1, queue: 1 });
  assert.equal(await codeOf(ask('1')), 'signer.timeout');
  const second = codeOf(ask('2'));
  await turn();
  calls[1]?.answer();
  assert.equal(await second, 'signed');
});

test('transient errors are tried again, others are not', async () => {
  const { calls, ask, codeOf } = world();
  const [first, second] = [codeOf(ask('1')), codeOf(ask('2'))];
  calls[0]?.answer(throttled);
  calls[1]?.answer(denied);
  assert.equal(await second, 'signer.denied');
  while (calls.length < 3) await turn();
  calls[2]?.answer();
  assert.equal(await first, 'signed');
});

test('nobody waits any more: it is not tried again', async () => {
  const { calls, ask } = world();
  let isWaiting = true;
  const ended = new Promise((resolve) => ask().listen(resolve, resolve, () => isWaiting));
  isWaiting = false;
  calls[0]?.answer(throttled);
  assert.equal(await ended, throttled);
  await pause(100);
  assert.equal(calls.length, 1);
});

test('the open circuit refuses at once, also those who wait, and one call closes it', async () => {
  const { calls, ask, codeOf, events } = world({ queue: 100 });
  const asked = Array.from({ length: maxFailures + 2 }, () => codeOf(ask()));
  for (let failed = 0; failed < maxFailures; failed++) {
    await turn();
    calls[failed]?.answer(denied);
  }
  const codes = await Promise.all(asked.slice(0, maxFailures));
  assert.deepEqual(codes, Array(maxFailures).fill('signer.denied'));
  // One was with the service already.
  assert.equal(await asked.at(-1), 'signer.paused');
  assert.equal(await codeOf(() => ask()), 'signer.paused');
  assert.ok(events.includes('open signer.denied'), events.join());
  const count = calls.length;
  await pause(1_100);
  const probe = codeOf(ask());
  assert.equal(calls.length, count + 1);
  assert.equal(await codeOf(() => ask()), 'signer.paused');
  calls.at(-1)?.answer();
  assert.equal(await probe, 'signed');
  assert.deepEqual(events.slice(-3), ['refused signer.paused', 'called signed', 'closed']);
  const last = codeOf(ask());
  calls.at(-1)?.answer();
  assert.equal(await last, 'signed');
});

test('a signature of another key, or of another text, is never returned', async () => {
  const other = privateKeyFor('EdDSA', 'second');
  for (const wrong of [() => sign(null, Buffer.from('a.b'), other), () => sign(null, Buffer.from('a.c'), key)]) {
    const { ask, codeOf } = world({ service: { describe: () => assert.fail(), sign: async () => wrong() } });
    assert.equal(await codeOf(ask('a.b')), 'signer.wrong-signature');
  }
});

test('a defect of the service is no error of it', async () => {
  const defect = new TypeError('a defect');
  const { ask, codeOf } = world({ service: { describe: () => assert.fail(), sign: () => Promise.reject(defect) } });
  assert.equal(await codeOf(ask()), defect);
});

const behaviours = ['signs', 'throttled', 'denied', 'hangs', 'another key', 'given up'] as const;

test('whatever a service does: every request ends, with a right signature or an error, within all bounds', async () => {
  const other = privateKeyFor('EdDSA', 'second');
  const asked = fc.record({ does: fc.constantFrom(...behaviours), waits: fc.integer({ min: 0, max: 8 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 30 }), async (requests) => {
      const calls = new Set<AbortSignal>();
      const service: SignerService = {
        describe: () => assert.fail(),
        async sign(input, _, signal) {
          calls.add(signal);
          // On a busy machine, a call that was given up may still be here.
          assert.ok([...calls].filter(({ aborted }) => !aborted).length <= 2, 'too many calls at once');
          try {
            const { does, waits } = requests[Number(input.toString())] ?? assert.fail();
            await pause(waits);
            if (does === 'throttled') throw throttled;
            if (does === 'denied') throw denied;
            if (does === 'hangs') await new Promise((resolve) => signal.addEventListener('abort', resolve));
            return sign(null, input, does === 'another key' ? other : key);
          } finally {
            calls.delete(signal);
          }
        },
      };
      let waiting = 0;
      const observer: SigningOptions['observer'] = {
        called() {},
        refused() {},
        circuit() {},
        waiting(count) {
          assert.ok(count <= 3, 'too many in the queue');
          waiting = count;
        },
      };
      const { ask } = world({ service, deadline: 40, observer });
      const ends = requests.map(async ({ does, waits }, number) => {
        await pause(waits);
        return new Promise((resolve) => {
          try {
            ask(String(number)).listen(resolve, resolve, () => does !== 'given up');
          } catch (error) {
            resolve(error);
          }
        });
      });
      for (const [number, end] of (await Promise.all(ends)).entries()) {
        if (typeof end === 'string') {
          assert.ok(
            await row.verify?.(Buffer.from(String(number)), createPublicKey(key), Buffer.from(end, 'base64url')),
          );
          assert.notEqual(requests[number]?.does, 'another key');
        } else assert.match(String((end as { code: unknown }).code), /^signer\./);
      }
      assert.equal(waiting, 0);
    }),
    { numRuns: 40, seed: 26 },
  );
});
