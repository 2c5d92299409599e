/**
 * @module
 * A descriptor that accepts, accepts partly, stalls, fails and hangs in random order, and lines of all sizes: no line
 * is torn, duplicated, out of order or lost without being counted, and the queue is limited.
 */
import { type LineStream, LineWriter } from '../../src/observe/line-writer.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';

export const search: Search = {
  name: 'log',
  property: 'Every line is written whole, once and in order, or counted in its place; what waits is bounded.',
  inputs: 300_000,
  share: 12_000,
  run,
};

/** The result of a write, by the state of the descriptor. */
const states = {
  takes: (bytes: Buffer) => bytes.length,
  'takes a part': (bytes: Buffer, dice: Dice) => 1 + dice.roll(bytes.length),
  'takes nothing': () => 0,
  stalls: () => 'EAGAIN',
  'is interrupted': () => 'EINTR',
  'is full': () => 'ENOSPC',
  'is closed': () => 'EPIPE',
  fails: () => 'EIO',
} as const satisfies Record<string, (bytes: Buffer, dice: Dice) => number | string>;

type State = keyof typeof states;

const allStates = Object.keys(states) as State[];
const bounds = { flowing: { lines: 12, bytes: 16_000 }, stalled: { lines: 6, bytes: 8_000 } };
const sizes = [1, 40, 300, 300, 2_000, 4_095, 4_096, 4_097, 9_000, 15_999, 16_000, 16_001];
const fillings = ['x', 'é', '€', '😀'];

/** A simulated descriptor with its own clock. A write ends at a random time. */
class Fixture {
  readonly writer: LineWriter;
  readonly #dice: Dice;
  readonly #timers: (() => void)[] = [];
  #writes: (() => void)[] = [];
  #output: Buffer[] = [];
  state: State = 'takes';
  readonly dropped = { log: 0, audit: 0 };
  given = 0;
  /** The stream of each line that was written. */
  readonly streams: LineStream[] = [];

  constructor(dice: Dice) {
    this.#dice = dice;
    this.writer = new LineWriter({
      bounds,
      write: (bytes, done) => {
        if (this.#writes.length > 0) throw new Finding('Two writes are under way.');
        this.#writes.push(() => {
          const result = states[this.state](bytes, dice);
          if (typeof result === 'string') {
            done(Object.assign(new Error(result), { code: result }), 0);
            return;
          }
          this.#output.push(Buffer.from(bytes.subarray(0, result)));
          done(null, result);
        });
      },
      later: (callback) => void this.#timers.push(callback),
      gapLine: ({ log, audit }) => `gap ${log} ${audit}\n`,
      onDropped: ({ log, audit }) => {
        this.dropped.log += log;
        this.dropped.audit += audit;
      },
    });
  }

  step(): void {
    const what = this.#dice.roll(10);
    if (what < 4) this.#log();
    else if (what < 7) this.#endWrite();
    else if (what < 9) this.#timers.shift()?.();
    else this.state = this.#dice.pick(allStates);
    const { log, audit } = this.writer.waiting;
    const { lines, bytes } = bounds.flowing;
    if (log.lines + audit.lines > lines || log.bytes + audit.bytes > bytes) {
      throw new Finding(`${JSON.stringify(this.writer.waiting)} wait.`);
    }
    if (audit.lines > lines / 2 || audit.bytes > bytes / 2) {
      throw new Finding(`The audit takes more than half: ${JSON.stringify(this.writer.waiting)}.`);
    }
  }

  /** The descriptor recovers. @returns what was written */
  end(): string {
    this.state = 'takes';
    while (this.#writes.length + this.#timers.length > 0) {
      this.#endWrite();
      this.#timers.shift()?.();
    }
    return Buffer.concat(this.#output).toString();
  }

  #log(): void {
    const start = `${this.given++} `;
    const filling = this.#dice.pick(fillings);
    const room = this.#dice.pick(sizes) - start.length - 1;
    const line = `${start}${filling.repeat(Math.max(0, Math.floor(room / Buffer.byteLength(filling))))}\n`;
    const stream = this.#dice.chance(40) ? 'audit' : 'log';
    this.streams.push(stream);
    const before = this.dropped.log;
    const waiting = { ...this.writer.waiting.log };
    this.writer.write(line, stream);
    if (this.dropped.log === before) return;
    // Half of the queue is reserved for the log.
    const { lines, bytes } = bounds.stalled;
    if (waiting.lines < lines / 2 && waiting.bytes + Buffer.byteLength(line) <= bytes / 2) {
      throw new Finding(`A line of the log is dropped though only ${JSON.stringify(waiting)} of the log waits.`);
    }
  }

  #endWrite(): void {
    const [end] = this.#writes;
    this.#writes = [];
    end?.();
  }
}

async function run(effort: Effort): Promise<string> {
  let lines = 0;
  let dropped = 0;
  let droppedAudit = 0;
  for await (const number of effort.inputs()) {
    const dice = new Dice(effort.seed + number);
    const fixture = new Fixture(dice);
    for (let steps = 10 + dice.roll(150); steps > 0; steps--) fixture.step();
    judge(fixture.end(), fixture);
    lines += fixture.given;
    dropped += fixture.dropped.log;
    droppedAudit += fixture.dropped.audit;
  }
  return `${lines} lines, ${dropped} of the log and ${droppedAudit} of the audit dropped`;
}

/** Checks that each number from 0 is present, as a line or in a gap. */
function judge(output: string, { given, dropped, streams, writer }: Fixture): void {
  if (Object.values(writer.waiting).some(({ lines, bytes }) => lines !== 0 || bytes !== 0)) {
    throw new Finding(`${JSON.stringify(writer.waiting)} wait although all was taken.`);
  }
  let next = 0;
  const inGaps = { log: 0, audit: 0 };
  for (const line of output.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const found = readLine(line);
    if (found.kind === 'gap') {
      const lost = streams.slice(next, next + found.log + found.audit);
      const lostAudit = lost.filter((stream) => stream === 'audit').length;
      if (lostAudit !== found.audit)
        throw new Finding(`A gap counts ${found.audit} lines of the audit for ${lostAudit}.`);
      inGaps.log += found.log;
      inGaps.audit += found.audit;
      next += lost.length;
    } else if (found.number !== next++) throw new Finding(`Line ${found.number} instead of ${next - 1}.`);
  }
  if (next !== given) throw new Finding(`${given} lines were written, but ${next} are present or counted.`);
  if (inGaps.log !== dropped.log || inGaps.audit !== dropped.audit) {
    throw new Finding(`${JSON.stringify(dropped)} were counted, and the gaps name ${JSON.stringify(inGaps)}.`);
  }
}

type Stands =
  | { readonly kind: 'gap'; readonly log: number; readonly audit: number }
  | { readonly kind: 'line'; readonly number: number };

function readLine(line: string): Stands {
  const [, log, audit, number, filling = ''] = /^(?:gap (\d+) (\d+)|(\d+) (.*))\n$/.exec(line) ?? [];
  if (log !== undefined) return { kind: 'gap', log: Number(log), audit: Number(audit) };
  const one = fillings.find((text) => filling.startsWith(text)) ?? '';
  if (number === undefined || filling !== one.repeat(filling.length / Math.max(one.length, 1))) {
    throw new Finding(`A line is torn, or holds a part of another: ${line.slice(0, 80)}`);
  }
  return { kind: 'line', number: Number(number) };
}
