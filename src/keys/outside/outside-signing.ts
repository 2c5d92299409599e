/**
 * @module
 * Asks a service for the signatures of one key (docs/decisions/0098): a bounded number of calls at a time, a bounded
 * queue before them, a deadline for each signature with retries inside it, and a circuit breaker. Every signature is
 * verified with the published key before it is used. More requests than the service can sign for are refused without
 * any effect on those that it can.
 */
import type { KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Code } from '../../diagnostics/codes.ts';
import { Later } from '../../diagnostics/later.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Sign, SignatureAlgorithm } from '../../jose/signature-algorithms.ts';
import { Circuit, type CircuitState } from './circuit.ts';
import { asSignerError, inTime, isTransient, type SignerService, signerError } from './signer-service.ts';

/** What happens to one key, for metrics and the log. */
export interface SigningObserver {
  /** A call ended. @param code undefined if it returned a signature that verifies */
  called(seconds: number, code: Code | undefined): void;
  /** A signature was refused without a call. */
  refused(code: Code): void;
  /** How many signatures wait for a call. */
  waiting(count: number): void;
  /** @param failure why it opens */
  circuit(state: CircuitState, failure: MintError | undefined): void;
}

export interface SigningOptions {
  /** As a sentence begins with it. */
  readonly name: string;
  readonly publicKey: KeyObject;
  /** Milliseconds. */
  readonly deadline: number;
  readonly queue: number;
  /** Calls at the same time. */
  readonly concurrency: number;
  readonly observer: SigningObserver;
  readonly service: SignerService;
}

/** Calls for one signature. */
const maxAttempts = 4;

/** The pause before the first retry is random up to this, in milliseconds; before each further one up to twice that. */
const firstPause = 25;

/** No service answers sooner, in milliseconds, so a call with less time is not begun. */
const shortestCall = 1;

/** How much of the time of each signature counts for the usual time. */
const share = 1 / 8;

interface Wanted {
  readonly input: string;
  readonly algorithm: SignatureAlgorithm;
  readonly later: Later<string>;
  /** In milliseconds of `performance.now()`. */
  readonly deadline: number;
}

export class OutsideSigning {
  readonly #options: SigningOptions;
  readonly #circuit: Circuit;
  /** In the order of their deadlines, which is that of their arrival. */
  readonly #queue = new Set<Wanted>();
  #calls = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastFailure: MintError | undefined;
  /** How long signatures take lately, without their time in the queue, in milliseconds. */
  #usual = shortestCall;

  constructor(options: SigningOptions) {
    this.#options = options;
    this.#circuit = new Circuit((state) => options.observer.circuit(state, this.#lastFailure));
  }

  signer(algorithm: SignatureAlgorithm): Sign {
    return (input) => this.#sign(input, algorithm);
  }

  /** @throws MintError if the signature is refused at once */
  #sign(input: string, algorithm: SignatureAlgorithm): Later<string> {
    const { deadline, queue, observer, concurrency, name } = this.#options;
    const now = performance.now();
    if (this.#circuit.refuses(now)) throw this.#refused(paused(name));
    const wanted = { input, algorithm, later: new Later<string>(), deadline: now + deadline };
    if (this.#calls < concurrency) {
      void this.#serve(wanted);
      return wanted.later;
    }
    if (this.#queue.size >= queue) {
      throw this.#refused(signerError('signer.busy', `${queue} signatures wait for ${inSentence(name)} already.`));
    }
    this.#queue.add(wanted);
    wanted.later.whenUnneeded(() => this.#leave(wanted));
    observer.waiting(this.#queue.size);
    this.#timer ??= setTimeout(() => this.#expire(), deadline).unref();
    return wanted.later;
  }

  #refused(error: MintError): MintError {
    this.#options.observer.refused(error.code);
    return error;
  }

  /** Makes one signature. Never throws. */
  async #serve(wanted: Wanted): Promise<void> {
    this.#calls++;
    this.#circuit.begin();
    const began = performance.now();
    let settle: () => void;
    try {
      const signature = await this.#attempts(wanted);
      this.#usual += share * (performance.now() - began - this.#usual);
      this.#circuit.succeeded();
      settle = () => wanted.later.settle(signature);
    } catch (error) {
      if (this.#isToBlame(error, wanted.deadline - began)) this.#circuit.failed(performance.now());
      settle = () => wanted.later.fail(error);
    }
    this.#calls--;
    settle();
    this.#serveNext();
  }

  /**
   * Whether a failure is the service's. Under a flood of requests the queue takes most of their time, and a service
   * that works would soon count as broken.
   *
   * @param time what was left for the service, in milliseconds
   */
  #isToBlame(error: unknown, time: number): boolean {
    const isLate = error instanceof MintError && error.code === 'signer.timeout';
    return !isLate || this.#circuit.state === 'half-open' || time >= this.#options.deadline / 2;
  }

  #serveNext(): void {
    const { concurrency, name, observer } = this.#options;
    for (const wanted of this.#queue) {
      const now = performance.now();
      const isRefused = this.#circuit.refuses(now);
      if (!isRefused && this.#calls >= concurrency) break;
      this.#queue.delete(wanted);
      if (!wanted.later.isAwaited) wanted.later.fail(abandoned(name));
      else if (isRefused) wanted.later.fail(this.#refused(paused(name)));
      // A call that would end too late takes the place of one that would not.
      else if (now + Math.max(this.#usual, shortestCall) > wanted.deadline) {
        wanted.later.fail(this.#refused(late(name)));
      } else void this.#serve(wanted);
    }
    observer.waiting(this.#queue.size);
  }

  /** A signature that nobody waits for any more leaves the queue at once; a call for it goes on. */
  #leave(wanted: Wanted): void {
    if (!this.#queue.delete(wanted)) return;
    this.#options.observer.waiting(this.#queue.size);
    wanted.later.fail(abandoned(this.#options.name));
  }

  #expire(): void {
    const { observer, name } = this.#options;
    const now = performance.now();
    this.#timer = undefined;
    for (const wanted of this.#queue) {
      if (wanted.deadline > now) {
        this.#timer = setTimeout(() => this.#expire(), wanted.deadline - now).unref();
        break;
      }
      this.#queue.delete(wanted);
      wanted.later.fail(this.#refused(late(name)));
    }
    observer.waiting(this.#queue.size);
  }

  async #attempts(wanted: Wanted): Promise<string> {
    const { name } = this.#options;
    // Rounded up: a deadline of no time is refused by the timer itself.
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(wanted.deadline - performance.now())));
    for (let attempt = 1; ; attempt++) {
      const began = performance.now();
      try {
        const signature = await this.#attempt(wanted, signal);
        this.#ended(began, undefined);
        return signature;
      } catch (error) {
        const failure = asSignerError(error, name, signal);
        this.#ended(began, failure);
        const pause = Math.random() * firstPause * 2 ** (attempt - 1);
        const isLast = attempt === maxAttempts || performance.now() + pause >= wanted.deadline;
        if (isLast || !isTransient(failure) || this.#circuit.state !== 'closed' || !wanted.later.isAwaited)
          throw failure;
        await sleep(pause);
      }
    }
  }

  #ended(began: number, failure: MintError | undefined): void {
    this.#options.observer.called((performance.now() - began) / 1000, failure?.code);
    this.#lastFailure = failure;
  }

  async #attempt({ input, algorithm }: Wanted, signal: AbortSignal): Promise<string> {
    const { service, publicKey, name } = this.#options;
    const toSign = Buffer.from(input, 'latin1');
    const bytes = await inTime(service.sign(toSign, algorithm.name, signal), signal);
    const signature = bytes.toString('base64url');
    if (await algorithm.verify?.(toSign, publicKey, bytes)) return signature;
    throw signerError('signer.wrong-signature', `${name} returned no signature of the published key.`);
  }
}

function paused(name: string): MintError {
  return signerError('signer.paused', `${name} failed repeatedly and is not called for some seconds.`);
}

function late(name: string): MintError {
  return signerError('signer.timeout', `${name} was not free within the deadline.`);
}

function abandoned(name: string): MintError {
  return signerError('signer.timeout', `Nobody waits for the signature of ${inSentence(name)} any more.`);
}

function inSentence(name: string): string {
  return name.replace(/^The /, 'the ');
}
