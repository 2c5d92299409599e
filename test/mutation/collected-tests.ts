/**
 * @module
 * Stands in for `node:test` while mutants are tried: it collects the tests of a file, so that they can run again for
 * each mutant in one process. Node's own runner runs a test once.
 *
 * It has what the tests of this project use. A member that is missing stops the import of the test file, which is then
 * reported; it never makes a test pass.
 */
import { type MockTracker, mock } from 'node:test';

type Work = (context: unknown) => unknown;

interface Options {
  readonly skip?: boolean | string;
  readonly todo?: boolean | string;
}

/** The tests of a file, or of a `suite` in it, and what runs before and after them. */
export interface Suite {
  readonly id: string;
  readonly parent: Suite | undefined;
  readonly children: (Suite | Case)[];
  readonly before: Work[];
  readonly after: Work[];
  readonly beforeEach: Work[];
  readonly afterEach: Work[];
}

export interface Case {
  readonly id: string;
  readonly suite: Suite;
  readonly work: Work;
}

let open: Suite | undefined;
let running: Context | undefined;
let count = 0;

/** Collects the tests that `load` defines. */
export async function collect(file: string, load: () => Promise<unknown>): Promise<Suite> {
  // From 0 in each file, so that a test has the same identifier whichever other files are loaded.
  count = 0;
  const whole = newSuite(file, undefined);
  open = whole;
  try {
    await load();
  } finally {
    open = undefined;
  }
  return whole;
}

function newSuite(name: string, parent: Suite | undefined): Suite {
  const id = `${name}#${count++}`;
  return { id, parent, children: [], before: [], after: [], beforeEach: [], afterEach: [] };
}

function openSuite(): Suite {
  if (open === undefined) throw new Error('A test is defined outside of its file.');
  return open;
}

function read(given: readonly unknown[]): { name: string; options: Options; work: Work | undefined } {
  const name = given.find((one) => typeof one === 'string') ?? '';
  const options = given.find((one) => typeof one === 'object' && one !== null) ?? {};
  const work = given.find((one): one is Work => typeof one === 'function');
  return { name, options, work };
}

function isLeftOut({ skip, todo }: Options): boolean {
  return [skip, todo].some((one) => one !== undefined && one !== false);
}

export function test(...given: readonly unknown[]): Promise<void> {
  if (running !== undefined) return running.test(...given);
  const { name, options, work } = read(given);
  const suite = openSuite();
  if (work !== undefined && !isLeftOut(options))
    suite.children.push({ id: `${suite.id}/${name}#${count++}`, suite, work });
  return Promise.resolve();
}

export function suite(...given: readonly unknown[]): void {
  const { name, options, work } = read(given);
  const parent = openSuite();
  if (work === undefined || isLeftOut(options)) return;
  const inner = newSuite(`${parent.id}/${name}`, parent);
  parent.children.push(inner);
  open = inner;
  try {
    if (work({ name }) instanceof Promise) throw new Error(`The suite ${name} is asynchronous.`);
  } finally {
    open = parent;
  }
}

export { mock, suite as describe, test as it };

export function before(work: Work): void {
  openSuite().before.push(work);
}

export function after(work: Work): void {
  if (running === undefined) openSuite().after.push(work);
  else running.after(work);
}

export function beforeEach(work: Work): void {
  openSuite().beforeEach.push(work);
}

export function afterEach(work: Work): void {
  openSuite().afterEach.push(work);
}

/** What a test gets as `t`. */
class Context {
  readonly #cleanup: Work[] = [];
  readonly name: string;
  readonly signal = new AbortController().signal;
  readonly mock: MockTracker;
  /** The first failure of a test within this one. */
  failure: { readonly error: unknown } | undefined;

  constructor(name: string) {
    this.name = name;
    // Each test of Node's runner has a tracker of its own. Node has no other way to make one.
    this.mock = Reflect.construct(mock.constructor, []);
  }

  after(work: Work): void {
    this.#cleanup.push(work);
  }

  diagnostic(): void {}

  skip(): void {}

  async test(...given: readonly unknown[]): Promise<void> {
    const { name, options, work } = read(given);
    if (work === undefined || isLeftOut(options)) return;
    const outer = running;
    try {
      await runInContext(new Context(name), work);
    } catch (error) {
      this.failure ??= { error };
    } finally {
      running = outer;
    }
  }

  async end(): Promise<void> {
    for (const work of this.#cleanup) await work(this);
    this.mock.reset();
  }
}

async function runInContext(context: Context, work: Work): Promise<void> {
  running = context;
  try {
    await work(context);
  } finally {
    await context.end();
  }
  if (context.failure !== undefined) throw context.failure.error;
}

/** Runs one test with the hooks around each test. Rejects if it fails. */
export async function runCase({ id, suite: inner, work }: Case): Promise<void> {
  const around = outwards(inner);
  const context = new Context(id);
  try {
    for (const { beforeEach: hooks } of around.toReversed()) for (const hook of hooks) await hook(context);
    await runInContext(context, work);
  } finally {
    running = undefined;
    for (const { afterEach: hooks } of around) for (const hook of hooks) await hook(context);
  }
}

/**
 * What runs after each run of a suite. The `after` of a file without `before` ends what the file made when it was loaded.
 * That must last, because the file is not loaded again for the next mutant.
 */
export function endingsOf({ parent, before, after }: Suite): readonly Work[] {
  return parent === undefined && before.length === 0 ? [] : after;
}

function outwards(inner: Suite): Suite[] {
  return inner.parent === undefined ? [inner] : [inner, ...outwards(inner.parent)];
}
