/**
 * @module
 * Answers calls in a process of its own, one after another, within bounds of time and memory: what a page runs may come
 * from anybody, through a link. A process that exceeds a bound is ended, its call is refused, and the next call starts
 * another one. So no file, expression or link keeps the page, its server or Ctrl-C waiting.
 */
import type { ChildProcess } from 'node:child_process';
import { CallRefused, callNames, defect, type Handlers } from './calls.ts';

/** To the process. */
export interface Asked {
  readonly name: string;
  readonly body: unknown;
}

/** From the process: once when it can be asked, and for each call. */
export type Answered =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: unknown }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string };

export interface AnsweringBounds {
  /** Milliseconds of one call. */
  readonly longest: number;
  /** Calls that wait for another. */
  readonly waiting: number;
}

/**
 * A run of a policy takes milliseconds, and services that hold keys have some seconds. A page has one call at a time.
 *
 * @internal Exported for the tests with other bounds.
 */
export const answeringBounds: AnsweringBounds = { longest: 15_000, waiting: 16 };

interface Call {
  readonly asked: Asked;
  readonly isWanted: () => boolean;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: CallRefused) => void;
}

export class AnsweringProcess {
  readonly #start: () => ChildProcess;
  readonly #bounds: AnsweringBounds;
  #child: ChildProcess | undefined;
  #isReady = false;
  #waiting: Call[] = [];
  #running: Call | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param start starts a process that answers by `answerCalls` */
  constructor(start: () => ChildProcess, bounds = answeringBounds) {
    this.#start = start;
    this.#bounds = bounds;
  }

  /** Every call, by its name. */
  get handlers(): Handlers {
    return new Map(
      callNames.map((name) => [name, (body: unknown, isWanted = () => true) => this.#ask({ name, body }, isWanted)]),
    );
  }

  /** Before the first call, which then need not wait for it. */
  start(): void {
    this.#next();
  }

  close(): void {
    this.#waiting = [];
    this.#end(new CallRefused(503, 'The playground ends.'));
  }

  #ask(asked: Asked, isWanted: () => boolean): Promise<unknown> {
    this.#forgetUnwanted();
    if (this.#waiting.length >= this.#bounds.waiting) {
      throw new CallRefused(429, 'Too many calls are waiting. Close other tabs of the playground.');
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.push({ asked, isWanted, resolve, reject });
    this.#next();
    return promise;
  }

  #next(): void {
    if (this.#running !== undefined) return;
    this.#child ??= this.#started();
    if (!this.#isReady) return;
    this.#forgetUnwanted();
    const call = this.#waiting.shift();
    if (call === undefined) return;
    this.#running = call;
    this.#timer = setTimeout(() => this.#end(tooLong(this.#bounds)), this.#bounds.longest);
    this.#child.send(call.asked);
  }

  /** A page that was closed or reloaded wants no answer any more. */
  #forgetUnwanted(): void {
    for (const call of this.#waiting) if (!call.isWanted()) call.reject(gone);
    this.#waiting = this.#waiting.filter((call) => call.isWanted());
  }

  #started(): ChildProcess {
    const child = this.#start();
    child.on('message', (message) => this.#receive(message as Answered));
    // A message to a process that has ended; `exit` says so as well.
    child.on('error', () => undefined);
    child.once('exit', () => {
      if (child === this.#child) this.#end(ended);
    });
    return child;
  }

  #receive(message: Answered): void {
    if (message.kind === 'ready') this.#isReady = true;
    else {
      clearTimeout(this.#timer);
      const call = this.#running;
      this.#running = undefined;
      if (message.kind === 'answer') call?.resolve(message.answer);
      else call?.reject(new CallRefused(message.status, message.message));
    }
    this.#next();
  }

  /** A process that cannot even start is not started again for those that wait. */
  #end(why: CallRefused): void {
    clearTimeout(this.#timer);
    const child = this.#child;
    const refused = this.#running === undefined ? this.#waiting.splice(0) : [this.#running];
    this.#running = undefined;
    this.#child = undefined;
    this.#isReady = false;
    child?.kill('SIGKILL');
    for (const call of refused) call.reject(why);
    if (this.#waiting.length > 0) this.#next();
  }
}

function tooLong({ longest }: AnsweringBounds): CallRefused {
  const message = `This took longer than ${longest / 1000} seconds, so it was ended. Keys are made again for the next run.`;
  return new CallRefused(422, message);
}

const gone = new CallRefused(410, 'Nobody waits for this answer.');

const ended = new CallRefused(
  422,
  'The process that ran this has ended: it needed more memory than it may have, or somebody has ended it.',
);

/** The other end of the channel. */
export interface AskerLink {
  send(message: Answered): void;
  onMessage(listener: (message: Asked) => void): void;
}

/** Answers what is asked; one call at a time is asked. */
export function answerCalls(link: AskerLink, handlers: Handlers): void {
  link.onMessage(async ({ name, body }) => {
    try {
      const handler = handlers.get(name);
      if (handler === undefined) throw new CallRefused(404, 'There is no such call.');
      link.send({ kind: 'answer', answer: await handler(body) });
    } catch (error) {
      const { status, message } = error instanceof CallRefused ? error : defect(error);
      link.send({ kind: 'refused', status, message });
    }
  });
  link.send({ kind: 'ready' });
}
