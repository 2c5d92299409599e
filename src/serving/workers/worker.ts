/**
 * @module
 * The program of a worker: it answers the primary's questions and serves the connections assigned to it. It opens no
 * file, except for credentials of services that sign, and does not listen.
 */

import type { Socket } from 'node:net';
import { drainTimes } from '../../configuration/drain-schema.ts';
import type { ListenerTls } from '../../configuration/listener-tls.ts';
import { CollectedInputs, type InputPart, repeatLoad } from '../../configuration/reload/load-inputs.ts';
import type { Snapshot } from '../../configuration/snapshot.ts';
import type { ProcessorServer } from '../../extproc/server.ts';
import type { OutsideSigners } from '../../keys/outside/outside-signers.ts';
import { outsideNames } from '../../keys/ring-state.ts';
import { type OnRefused, TlsTermination } from '../../net/tls-termination.ts';
import { reportingClients } from '../../observe/client-report.ts';
import { watchEventLoop } from '../../observe/event-loop-watch.ts';
import { createLog, type Log } from '../../observe/log.ts';
import type { LogOutput } from '../../observe/log-output.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { inSlices } from '../../observe/slices.ts';
import type { InForce } from '../in-force.ts';
import {
  auditOutput,
  countersIn,
  inForceOf,
  logOutput,
  type ProcessFacts,
  processorMetrics,
  signersOf,
  startProcessor,
  updateReuseMetrics,
} from '../processor.ts';
import { AssignedConnections } from './assigned-connections.ts';
import { type Answer, loadInputs, type PlainInputs, type PrimaryLink, type Question } from './messages.ts';

export interface WorkerOptions extends ProcessFacts {
  readonly number: number;
  readonly link: PrimaryLink;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Frees the garbage of a load. */
  collectGarbage(): void;
}

/** Returns when the worker is done: it was stopped, or the primary has ended. */
export function work(options: WorkerOptions): Promise<void> {
  const { link } = options;
  const worker = new Worker(options);
  return new Promise((resolve) => {
    link.onMessage((message, socket) => {
      switch (message.kind) {
        case 'question':
          void worker.answer(message.question).then((answer) => {
            link.send({ kind: 'answer', id: message.id, answer });
            if (answer.kind === 'stopped') link.close();
          });
          break;
        case 'part':
          worker.arrive(message.part);
          break;
        case 'drop':
          worker.drop();
          break;
        case 'shed':
          worker.shed(message.connections);
          break;
        case 'not-serving':
          worker.notServing();
          break;
        case 'connection':
          worker.take(message.id, socket);
      }
    });
    link.onClose(() => resolve(worker.orphaned()));
  });
}

/** The running server, from the first commit on. */
interface Running {
  readonly inForce: InForce;
  readonly server: ProcessorServer;
}

class Worker {
  readonly #options: WorkerOptions;
  readonly #metrics: Metrics;
  readonly #signers: OutsideSigners;
  readonly #connections: AssignedConnections;
  readonly #output: LogOutput;
  #log: Log;
  #arriving = new CollectedInputs();
  readonly #clients: OnRefused;
  #tls: TlsTermination | undefined;
  #ready: Snapshot | undefined;
  #commit: (() => void) | undefined;
  #running: Running | undefined;
  #stopping = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#metrics = processorMetrics(options.version);
    this.#signers = signersOf(options.environment, this.#metrics);
    this.#connections = new AssignedConnections(options.link);
    this.#output = logOutput(this.#metrics, options.number);
    this.#log = createLog('info', this.#output.write, options.number);
    // The level of the log is known later than the TLS pair.
    this.#clients = reportingClients(this.#metrics, { warn: (...line) => this.#log.warn(...line) });
  }

  async answer(question: Question): Promise<Answer> {
    try {
      return await this.#do(question);
    } catch (error) {
      this.#log.failure('A worker failed to handle a message of the primary; this is a defect in mintproc.', error);
      return { kind: 'refused' };
    }
  }

  arrive(part: InputPart): void {
    this.#arriving.take(part);
  }

  drop(): void {
    this.#arriving = new CollectedInputs();
    this.#ready = undefined;
    this.#commit = undefined;
  }

  shed(connections: number): void {
    this.#running?.server.shed(connections);
  }

  notServing(): void {
    this.#running?.server.health.set('NOT_SERVING');
  }

  take(id: number, socket: Socket | undefined): void {
    this.#connections.take(id, socket);
  }

  /** The primary has ended. Without it this process cannot be reloaded or stopped, so it drains and ends. */
  async orphaned(): Promise<void> {
    const wasStopping = this.#stopping;
    this.#stopping = true;
    const running = this.#running;
    await running?.server.stop(wasStopping ? 0 : drainTimes(running.inForce.current.snapshot.settings).timeout);
    if ((await this.#output.close()) === 'stuck') this.#options.threadIsStuck();
  }

  async #do(question: Question): Promise<Answer> {
    switch (question.kind) {
      case 'prepare':
        return this.#prepare(question.inputs);
      case 'tls':
        await this.#useTls(question.pair);
        return { kind: 'done' };
      case 'ping':
        return { kind: 'done' };
      case 'commit':
        await this.#putInForce();
        return { kind: 'done' };
      case 'count':
        if (this.#running !== undefined) {
          await inSlices(updateReuseMetrics(this.#running.inForce.current.snapshot, this.#metrics), 'scrape');
        }
        return { kind: 'counted', counts: await this.#metrics.counts() };
      case 'stop': {
        this.#stopping = true;
        const end = (await this.#running?.server.stop(question.milliseconds)) ?? 'drained';
        this.#running = undefined;
        return { kind: 'stopped', end, counts: await this.#metrics.counts() };
      }
    }
  }

  async #prepare(plain: PlainInputs): Promise<Answer> {
    const inputs = loadInputs(plain, this.#arriving);
    this.#arriving = new CollectedInputs();
    const { environment } = this.#options;
    const context = { ...countersIn(this.#metrics), environment, signers: this.#signers };
    const { snapshot, problems } = await inSlices(repeatLoad(inputs, context), 'reload');
    if (snapshot === undefined) {
      const [first] = problems.filter(({ severity }) => severity === 'error');
      this.#log.error('A worker refused a configuration that the primary had loaded; this is a defect in mintproc.', {
        code: first?.code,
      });
      return { kind: 'refused' };
    }
    this.#ready = snapshot;
    this.#commit = this.#running?.inForce.prepare(snapshot);
    return { kind: 'done' };
  }

  async #useTls(pair: ListenerTls): Promise<void> {
    if (this.#tls === undefined) this.#tls = new TlsTermination(pair, this.#clients);
    else await inSlices(this.#tls.use(pair), 'reload');
  }

  async #putInForce(): Promise<void> {
    const snapshot = this.#ready;
    if (snapshot === undefined) throw new TypeError('no configuration was prepared');
    if (this.#running === undefined) {
      this.#running = await this.#serve(snapshot);
      this.#options.collectGarbage();
    } else this.#commit?.();
    this.drop();
    const { byPolicy } = snapshot.settings.metrics;
    await inSlices(this.#metrics.policiesLoaded([...snapshot.policies.keys()], byPolicy), 'reload');
    this.#metrics.signers.keepOnly(outsideNames(snapshot.keys.rings.values()));
  }

  async #serve(snapshot: Snapshot): Promise<Running> {
    const { number, now } = this.#options;
    this.#log = createLog(snapshot.settings.log.level, this.#output.write, number);
    watchEventLoop({ metrics: this.#metrics, log: this.#log });
    const inForce = inForceOf(snapshot, now);
    const accept = this.#connections.acceptWith(this.#tls);
    return {
      inForce,
      server: await startProcessor(inForce, {
        ...this.#options,
        metrics: this.#metrics,
        log: this.#log,
        audit: auditOutput(this.#output, number),
        connections: { accept },
      }),
    };
  }
}
