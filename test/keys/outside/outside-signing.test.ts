/**
 * The queue, the deadline and the circuit before a service, with a service that answers when the test says so.
 */
import assert from 'node:assert/strict';
import { createPublicKey, sign } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { arrival, type Later } from '../../../src/diagnostics/later.ts';
import { MintError } from '../../../src/diagnostics/mint-error.ts';
import { signatureAlgorithms } from '../../../src/jose/signature-algorithms.ts';
import { maxFailures } from '../../../src/keys/outside/circuit.ts';
import { OutsideSigning, type SigningOptions } from '../../../src/keys/outside/outside-signing.ts';
import { asSignerError, type SignerService, signerError } from '../../../src/keys/outside/signer-service.ts';
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
  const made = world();
  const { calls, ask, codeOf, events } = made;
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
  assert.equal(made.waiting, 0);
});

test('what nobody waits for leaves the queue at once, and is never asked for', async () => {
  const made = world();
  const { calls, ask, codeOf } = made;
  const gone = new Set<number>();
  const codes: unknown[] = [];
  const leave = Array.from({ length: 5 }, (_, number) => {
    const later = ask(String(number));
    later.listen(
      () => codes.push('signed'),
      (error) => {
        assert.ok(error instanceof MintError);
        assert.equal(error.message, 'Nobody waits for the signature of the service any more.');
        codes.push(error.code);
      },
      () => !gone.has(number),
    );
    return () => {
      gone.add(number);
      later.reconsider();
    };
  });
  assert.equal(made.waiting, 3);
  leave[2]?.();
  leave[3]?.();
  assert.deepEqual(codes, ['signer.timeout', 'signer.timeout']);
  assert.equal(made.waiting, 1);
  // The calls go on.
  leave[0]?.();
  const more = [codeOf(ask('5')), codeOf(ask('6'))];
  assert.equal(await codeOf(() => ask('7')), 'signer.busy');
  // One that leaves without a word is found when its turn comes.
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
  assert.equal(made.waiting, 0);
});

const reasons: readonly [code: string, shown: string][] = [
  ['ECONNREFUSED', ' (ECONNREFUSED)'],
  ['SELF_SIGNED_CERT_IN_CHAIN', ' (SELF_SIGNED_CERT_IN_CHAIN)'],
  ['a text of the service', ''],
];

for (const [code, shown] of reasons) {
  test(`a connection that fails with ${code} is described${shown}`, () => {
    const error = asSignerError(Object.assign(new Error('secret'), { code }), 'Vault', new AbortController().signal);
    assert.equal(error.message, `Vault could not be reached, or closed the connection${shown}.`);
  });
}

test('the deadline passes in the queue and at the service', async () => {
  const made = world({ deadline: 50 });
  const { calls, ask, codeOf, events } = made;
  const codes = ['1', '2'].map((input) => codeOf(ask(input)));
  const message = 'The service was not free within the deadline.';
  await assert.rejects(arrival(ask('3')), { code: 'signer.timeout', message });
  assert.deepEqual(await Promise.all(codes), Array(2).fill('signer.timeout'));
  assert.equal(calls.length, 2);
  assert.deepEqual(events.toSorted(), ['called signer.timeout', 'called signer.timeout', 'refused signer.timeout']);
  assert.equal(made.waiting, 0);
});

test('a service that does not heed the deadline keeps no place', async () => {
  const { calls, ask, codeOf } = world({ deadline: 300, concurrency: 1, queue: 1 });
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

test('a service that is always busy is asked four times', async () => {
  const { calls, ask, codeOf } = world();
  const asked = codeOf(ask());
  for (let call = 0; call < 4; call++) {
    while (calls.length <= call) await turn();
    calls[call]?.answer(throttled);
  }
  assert.equal(await asked, 'signer.throttled');
  assert.equal(calls.length, 4);
});

test('when the circuit has opened, nothing is tried again', async () => {
  const { calls, ask, codeOf } = world({ concurrency: maxFailures + 1 });
  const asked = Array.from({ length: maxFailures + 1 }, () => codeOf(ask()));
  const last = calls.at(-1);
  for (const call of calls.slice(0, maxFailures)) call.answer(denied);
  await Promise.all(asked.slice(0, maxFailures));
  last?.answer(throttled);
  assert.equal(await asked.at(-1), 'signer.throttled');
  assert.equal(calls.length, maxFailures + 1);
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

/** A call of a service, which is counted until it ends or is given up. */
class CountedCall {
  readonly #signal: AbortSignal;
  readonly #over = Promise.withResolvers<void>();
  readonly #end: () => void;

  constructor(atOnce: { count: number }, signal: AbortSignal) {
    this.#signal = signal;
    this.#end = () => {
      signal.removeEventListener('abort', this.#end);
      atOnce.count--;
      this.#over.resolve();
    };
    atOnce.count++;
    signal.addEventListener('abort', this.#end);
    if (signal.aborted) this.#end();
  }

  /** @throws if it is given up before */
  async lasts(milliseconds: number): Promise<void> {
    await Promise.race([this.#over.promise, pause(milliseconds, undefined, { ref: false })]);
    this.#signal.throwIfAborted();
    this.#end();
  }
}

const behaviours = ['signs', 'throttled', 'denied', 'hangs', 'another key', 'given up'] as const;

test('whatever a service does: every request ends, with a right signature or an error, within all bounds', async () => {
  const other = privateKeyFor('EdDSA', 'second');
  const asked = fc.record({ does: fc.constantFrom(...behaviours), waits: fc.integer({ min: 0, max: 8 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 30 }), async (requests) => {
      const atOnce = { count: 0 };
      const service: SignerService = {
        describe: () => assert.fail(),
        async sign(input, _, signal) {
          const call = new CountedCall(atOnce, signal);
          assert.ok(atOnce.count <= 2, 'too many calls at once');
          const { does, waits } = requests[Number(input.toString())] ?? assert.fail();
          await call.lasts(does === 'hangs' ? 60_000 : waits);
          if (does === 'throttled') throw throttled;
          if (does === 'denied') throw denied;
          return sign(null, input, does === 'another key' ? other : key);
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
            const signature = ask(String(number));
            signature.listen(resolve, resolve, () => does !== 'given up');
            if (does === 'given up') setTimeout(() => signature.reconsider(), waits);
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

test('the time of a call is reported in seconds', async (t) => {
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  const times: number[] = [];
  const observer = { called: (seconds: number) => void times.push(seconds), refused() {}, waiting() {}, circuit() {} };
  const { calls, ask } = world({ observer });
  const asked = arrival(ask());
  now = 3_500;
  calls[0]?.answer();
  await asked;
  assert.deepEqual(times, [2.5]);
});

/** As many signatures as there are calls at a time, and as many that wait. */
async function flooded(deadline: number, answeredAt: number) {
  const it = world({ deadline, concurrency: maxFailures, queue: maxFailures });
  const asked = Array.from({ length: 2 * maxFailures }, (_, index) => it.codeOf(it.ask(String(index))));
  await pause(answeredAt);
  for (const call of it.calls.slice()) call.answer();
  return { ...it, codes: await Promise.all(asked) };
}

test('time in the queue is no failure of the service: a flood of requests does not open the circuit', async () => {
  const { codes, events } = await flooded(2000, 1200);
  const [signed, late] = [Array(maxFailures).fill('signed'), Array(maxFailures).fill('signer.timeout')];
  assert.deepEqual(codes, [...signed, ...late]);
  assert.deepEqual(
    events.filter((event) => event.startsWith('open')),
    [],
  );
});

test('what has less time left than signatures take lately is not asked for', async () => {
  const { calls, events } = await flooded(1000, 920);
  assert.equal(calls.length, maxFailures);
  assert.equal(events.filter((event) => event === 'refused signer.timeout').length, maxFailures);
});
