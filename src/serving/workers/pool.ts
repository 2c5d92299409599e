/**
 * @module
 * The pool of workers: all have the same configuration in force, and each worker that ends is replaced.
 *
 * One change at a time: a reload (prepare, commit) and the start of a new worker wait for each other, so that no worker
 * can miss a configuration.
 */
import type { ChildProcess } from 'node:child_process';
import type { ListenerTls } from '../../configuration/listener-tls.ts';
import type { LoadInputs } from '../../configuration/reload/load-inputs.ts';
import { activity } from '../../observe/activity.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Readiness } from '../../observe/readiness.ts';
import type { WorkerTotals } from '../../observe/worker-totals.ts';
import { WorkerLost, WorkerRefused } from '../worker-errors.ts';
import { Dispatch } from './dispatch.ts';
import type { Question } from './messages.ts';
import { restartDelay, stableAfter } from './restart-delay.ts';
import { type Ending, WorkerProcess } from './worker-process.ts';

/** Timeouts of a worker's answers, in milliseconds. */
const prepareTime = 60_000;
const commitTime = 10_000;
const countTime = 1_000;
/** As long as `prepareTime`, because a worker answers nothing else while it prepares. */
const pingTimeout = 60_000;
/** Added to the drain time of requests in flight. */
const endTime = 2_000;

/**
 * How often workers are checked, in milliseconds. One that has not answered until the next check gets no connections.
 */
const checkInterval = 5_000;

export interface PoolOptions {
  readonly count: number;
  readonly inputs: LoadInputs;
  readonly tls: ListenerTls | undefined;
  readonly metrics: Metrics;
  readonly totals: WorkerTotals;
  readonly readiness: Readiness;
  readonly log: Log;
  /** How long a worker may take to answer a ping, in milliseconds. */
  readonly pingTimeout?: number;
  /** Milliseconds. */
  readonly checkInterval?: number;
  startWorker(number: number): ChildProcess;
}

export class Pool {
  readonly dispatch = new Dispatch();
  readonly #options: PoolOptions;
  readonly #workers = new Map<number, WorkerProcess>();
  readonly #earlyEnds = new Map<number, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #inForce: LoadInputs;
  #tls: ListenerTls | undefined;
  #change: Promise<unknown> = Promise.resolve();
  #care: NodeJS.Timeout | undefined;
  #isServing = true;
  #phase: 'starting' | 'serving' | 'stopping' = 'starting';

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#inForce = options.inputs;
    this.#tls = options.tls;
  }

  /** @throws WorkerLost, WorkerRefused when a worker does not start; then all are killed */
  async start(): Promise<void> {
    const numbers = Array.from({ length: this.#options.count }, (_, index) => index + 1);
    const started = numbers.map((number) => this.#start(number));
    const results = await Promise.allSettled(started.map((worker) => this.#setUp(worker)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined || this.dispatch.workers.size < started.length) {
      await this.kill();
      throw failed?.reason ?? new WorkerLost('a worker ended');
    }
    this.#phase = 'serving';
    this.#care = setInterval(() => this.#check(), this.#options.checkInterval ?? checkInterval).unref();
  }

  /** Prepares a configuration in every worker. `commit` must be called once. @throws WorkerLost, WorkerRefused */
  async prepare(inputs: LoadInputs): Promise<{ commit(): Promise<void> }> {
    const { promise: over, resolve: finish } = Promise.withResolvers<void>();
    const before = this.#change;
    this.#change = before.then(() => over);
    await before;
    const workers = [...this.dispatch.workers];
    try {
      await allOf(workers.map((worker) => worker.prepare(inputs, prepareTime)));
    } catch (error) {
      for (const worker of workers) worker.tell({ kind: 'drop' });
      finish();
      throw error;
    }
    return {
      commit: async () => {
        this.#inForce = inputs;
        await allOf(workers.map((worker) => this.#apply(worker, { kind: 'commit' }))).finally(finish);
      },
    };
  }

  /** Every worker uses `pair` for new connections, including workers that start later. */
  async useTls(pair: ListenerTls): Promise<void> {
    const used = this.#change.then(async () => {
      this.#tls = pair;
      await Promise.all(Array.from(this.dispatch.workers, (worker) => this.#apply(worker, { kind: 'tls', pair })));
    });
    this.#change = used.catch(() => undefined);
    await used;
  }

  #check(): void {
    for (const worker of this.dispatch.workers) {
      if (worker.askedAt === undefined) void this.#killIfStuck(worker);
      else if (!worker.isSilent) this.#silent(worker, worker.askedAt);
    }
    this.dispatch.balance();
  }

  /** A worker that is stuck serves nothing and would never end. */
  async #killIfStuck(worker: WorkerProcess): Promise<void> {
    worker.askedAt = performance.now();
    const answer = await worker.ask({ kind: 'ping' }, this.#pingTimeout).catch(unlessReported);
    if (!this.dispatch.workers.has(worker) || this.#phase === 'stopping') return;
    if (answer !== undefined) {
      this.#answered(worker, worker.askedAt);
      return;
    }
    const fields = { code: 'serving.worker-silent', worker: worker.number } as const;
    this.#options.log.error('A worker does not answer and is killed.', fields);
    worker.kill();
  }

  /** Envoy's requests on its connections wait for their timeout. Others must not be added to them. */
  #silent(worker: WorkerProcess, askedAt: number): void {
    worker.isSilent = true;
    this.#reportServing();
    this.#options.log.warn('A worker does not answer; it gets no connections until it does.', {
      code: 'serving.worker-silent',
      worker: worker.number,
      seconds: secondsSince(askedAt),
      suggestion: silentHelp(worker.pid, this.#pingTimeout / 1000),
    });
  }

  #answered(worker: WorkerProcess, askedAt: number): void {
    worker.askedAt = undefined;
    if (!worker.isSilent) return;
    worker.isSilent = false;
    this.dispatch.add(worker);
    this.#reportServing();
    const fields = { worker: worker.number, seconds: secondsSince(askedAt) };
    this.#options.log.info('A worker answers again and gets connections.', fields);
  }

  get #pingTimeout(): number {
    return this.#options.pingTimeout ?? pingTimeout;
  }

  /** Collects the counts of the workers that answer in time. */
  async count(): Promise<void> {
    const asked = this.dispatch.reachable.map(async (worker) => {
      const answer = await worker.ask({ kind: 'count' }, countTime).catch(unlessReported);
      if (answer?.kind === 'counted') this.#options.totals.heard(worker.number, answer.counts);
    });
    await Promise.all(asked);
  }

  /** Every worker reports NOT_SERVING, including workers that start later. */
  notServing(): void {
    this.#isServing = false;
    for (const worker of this.dispatch.workers) worker.tell({ kind: 'not-serving' });
  }

  /** Drains all workers. Requests that are not finished after `milliseconds` are cut off. */
  async stop(milliseconds: number): Promise<'drained' | 'cut-off'> {
    this.#stopping();
    const ends = await Promise.all(
      Array.from(this.#workers.values(), async (worker) => {
        const end = await this.#drain(worker, milliseconds);
        // A drained worker may still write its last log lines before it ends.
        const timer = setTimeout(() => worker.kill(), end === 'lost' ? 0 : endTime);
        await worker.ended;
        clearTimeout(timer);
        return end;
      }),
    );
    return ends.every((end) => end === 'drained') ? 'drained' : 'cut-off';
  }

  async kill(): Promise<void> {
    this.#stopping();
    const ending = Array.from(this.#workers.values(), (worker) => {
      worker.kill();
      return worker.ended;
    });
    await Promise.all(ending);
  }

  #stopping(): void {
    this.#phase = 'stopping';
    clearInterval(this.#care);
    for (const timer of this.#timers) clearTimeout(timer);
    this.dispatch.close();
  }

  async #drain(worker: WorkerProcess, milliseconds: number): Promise<'drained' | 'cut-off' | 'lost'> {
    const answer = await worker.ask({ kind: 'stop', milliseconds }, milliseconds + endTime).catch(unlessReported);
    if (answer?.kind !== 'stopped') return 'lost';
    this.#options.totals.heard(worker.number, answer.counts);
    return answer.end;
  }

  #start(number: number): WorkerProcess {
    const child = activity.run('start of a worker', () => this.#options.startWorker(number));
    const worker = new WorkerProcess(number, child, () => this.#reportSigners());
    this.#workers.set(number, worker);
    void worker.ended.then((ending) => this.#ended(worker, ending));
    return worker;
  }

  /**
   * Gives a new worker the configuration in force, and then connections. It first loads the configuration of the start,
   * because settings that are read only at the start, such as `transport`, must be the same in all workers.
   */
  async #setUp(worker: WorkerProcess): Promise<void> {
    // The first question waits until the process has started.
    if (this.#tls !== undefined) await worker.ask({ kind: 'tls', pair: this.#tls }, prepareTime);
    for (const inputs of new Set([this.#options.inputs, this.#inForce])) {
      await worker.prepare(inputs, prepareTime);
      await worker.ask({ kind: 'commit' }, commitTime);
    }
    if (!this.#isServing) worker.tell({ kind: 'not-serving' });
    this.dispatch.add(worker);
    this.#reportServing();
    this.#options.log.info('A worker is serving.', { worker: worker.number });
  }

  /** A worker that fails must not serve a configuration that is no longer in force. */
  async #apply(worker: WorkerProcess, question: Question): Promise<void> {
    const answer = await worker.ask(question, commitTime).catch(unlessReported);
    if (answer === undefined) worker.kill();
  }

  #ended(worker: WorkerProcess, { exitCode, signal }: Ending): void {
    const { number } = worker;
    const { log, metrics, totals } = this.#options;
    this.#workers.delete(number);
    this.dispatch.remove(worker);
    totals.ended(number);
    if (this.#phase === 'stopping') return;
    this.#reportServing();
    this.#reportSigners();
    const fields = { code: 'serving.worker-ended', worker: number, exitCode, signal } as const;
    if (this.#phase === 'starting') {
      log.error('A worker ended before it was serving.', fields);
      return;
    }
    const delay = this.#delay(worker);
    log.error('A worker ended and is replaced.', { ...fields, seconds: delay / 1000 });
    metrics.workerRestarted();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#replace(number);
    }, delay);
    this.#timers.add(timer);
  }

  #replace(number: number): void {
    const worker = this.#start(number);
    const brought = this.#change.then(() => this.#setUp(worker));
    // A worker that failed must end, so that another one is started.
    this.#change = brought.catch((error: unknown) => {
      if (!isReported(error))
        this.#options.log.failure('A new worker could not load the configuration in force.', error);
      worker.kill();
    });
  }

  #delay({ number, since }: WorkerProcess): number {
    const early = performance.now() - since < stableAfter ? (this.#earlyEnds.get(number) ?? 0) + 1 : 0;
    this.#earlyEnds.set(number, early);
    return restartDelay(early);
  }

  #reportServing(): void {
    const { readiness, metrics, count } = this.#options;
    const { reachable, workers } = this.dispatch;
    readiness.workersServing(reachable.length, count);
    metrics.workersServing(reachable.length, [...workers].filter(({ isSilent }) => isSilent).length);
  }

  #reportSigners(): void {
    const paused = [...this.#workers.values()].flatMap((worker) => worker.signersPaused);
    this.#options.readiness.signersPaused([...new Set(paused)]);
  }
}

/** @param pid the id of its process @param seconds after which it is killed */
function silentHelp(pid: number | undefined, seconds: number): string {
  return `Look at process ${pid}: if \`ps -o stat= ${pid}\` prints T, it is stopped, and \`kill -CONT ${pid}\` continues it; otherwise it is stuck or gets no CPU. It is killed and replaced after ${seconds} s without an answer.`;
}

function secondsSince(time: number): number {
  return (performance.now() - time) / 1000;
}

/** Waits for all promises, then throws the first error. */
async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Whether the error is already logged: a lost worker when it ends, a refusal in the worker's own log. */
function isReported(error: unknown): boolean {
  return error instanceof WorkerLost || error instanceof WorkerRefused;
}

function unlessReported(error: unknown): undefined {
  if (!isReported(error)) throw error;
}
