/**
 * @module
 * When the process is asked: after a pause of typing, never twice at a time, and last for the last change. If it does
 * not answer, it is asked again until it does.
 */

/** How a call ended. */
export type Reply<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** The process takes no call of this page, or not this call. */
  | { readonly kind: 'refused'; readonly isLocked: boolean; readonly message: string }
  /** Nobody answers. */
  | { readonly kind: 'lost' };

export interface Loop<Task, Answer> {
  readonly ask: (task: Task) => Promise<Reply<Answer>>;
  readonly onReply: (reply: Reply<Answer>, task: Task) => void;
  readonly onBusy: (isBusy: boolean) => void;
}

/** Milliseconds without a change before the process is asked. */
const pause = 150;
/** Milliseconds before a process that did not answer is asked again. */
const patience = 2_000;

export class RunLoop<Task, Answer> {
  readonly #loop: Loop<Task, Answer>;
  #next: Task | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isBusy = false;

  constructor(loop: Loop<Task, Answer>) {
    this.#loop = loop;
  }

  /** Asks after a pause; what was waiting is replaced. */
  change(task: Task): void {
    this.#next = task;
    this.#wait(pause);
  }

  /** Asks at once, or as soon as the running call has ended. */
  now(task: Task): void {
    this.#next = task;
    this.#wait(0);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#next = undefined;
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), milliseconds);
  }

  async #run(): Promise<void> {
    const task = this.#next;
    // The end of the running call starts the next.
    if (task === undefined || this.#isBusy) return;
    this.#next = undefined;
    this.#isBusy = true;
    this.#loop.onBusy(true);
    const reply = await this.#loop.ask(task);
    this.#isBusy = false;
    this.#loop.onBusy(false);
    this.#loop.onReply(reply, task);
    if (reply.kind === 'lost') {
      this.#next ??= task;
      this.#wait(patience);
    } else if (this.#next !== undefined) this.#wait(0);
  }
}
