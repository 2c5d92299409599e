/**
 * @module
 * Compares our engines with Flex Gateway's own evaluator, or with DataWeave's, on generated expressions. This is a tool
 * and not a test: it needs an oracle, a program that reads lines of `{"expr", "context"}` and answers each with a line.
 *
 * An answer contains `ok` (a value), `compileErrors` or `parseError` (does not load), `error` with `phase` (`compile`:
 * does not load; `eval`: fails at a request) or `panic` (the vendor's program crashed). DataWeave's oracle gives only
 * `error`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { LocatedError } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { compileExpression, type ProfileName } from '../../src/expressions/expression.ts';
import { Dice } from '../search/dice.ts';
import { bindingsOf, type Context, inputsOf } from './context-bindings.ts';
import { DataWeaveGenerator } from './dataweave/generate.ts';
import { ArgumentGenerator } from './dataweave/generate-arguments.ts';
import { TimeGenerator } from './dataweave/generate-times.ts';
import { isExactNumber, parseWithNumbers } from './exact-numbers.ts';
import { ExpressionGenerator } from './flex/generate.ts';
import { StringGenerator } from './generate-strings.ts';
import { randomContext } from './random-context.ts';

const help = `Usage: node test/expressions/differential.ts --oracle COMMAND [--profile NAME] [--of KIND] [--seed N] [--seeds N] [--count N] [--show N] [--patience N] [--allowed N]

Evaluates generated expressions here and with an oracle for the profile, and prints each difference as a line of JSON.

  --oracle COMMAND  the command line of the oracle
  --profile NAME    flex (default) or dataweave
  --of KIND         everything (default), strings: rich in quotes, escapes and interpolations;
                    for dataweave times: literals and coercions of dates, times and periods, and
                    arguments: every function with arguments of every type
  --seed N          the first seed (default 1)
  --seeds N         number of seeds (default 10)
  --count N         expressions for each seed (default 1000)
  --show N          maximum number of differences to print (default 20)
  --patience N      seconds to wait for an answer before the oracle is started again (default 60)
  --allowed N       differences in 1000 expressions that are meant (default 0): docs/expressions.md lists those of
                    dataweave, and the generated expressions have some

Exit status: 0 without more differences than allowed, 1 with more, 2 for a wrong command line.`;

type Verdict =
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'unloadable' | 'failed' | 'crashed'; readonly why: string };

interface Case {
  readonly expr: string;
  readonly context: Context;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function ours({ expr, context }: Case, profile: ProfileName): Verdict {
  try {
    const source = SourceText.ofFile('expression', expr);
    const expression = compileExpression(source, { profile, inputs: inputsOf(context) });
    return { kind: 'value', value: comparable(expression.evaluate(bindingsOf(context))) };
  } catch (error) {
    if (error instanceof LocatedError) return { kind: 'unloadable', why: error.problem.code };
    if (error instanceof MintError) return { kind: 'failed', why: error.code };
    return { kind: 'crashed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Makes values comparable: every random id becomes `uuid`, and -0 becomes 0, because a JSON parser may do that. */
function comparable(value: JsonValue): JsonValue {
  if (typeof value === 'string' && uuid.test(value)) return 'uuid';
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, comparable(member)]));
}

interface OracleAnswer {
  readonly ok?: JsonValue;
  /** The JSON text of `ok`, as DataWeave wrote it. */
  readonly raw?: string;
  readonly compileErrors?: readonly string[];
  readonly parseError?: string;
  readonly error?: string;
  readonly phase?: string;
  readonly panic?: boolean;
}

function theirs(line: string): Verdict {
  // Python writes `Infinity` for a number beyond all doubles. `raw` has its digits.
  const answer: OracleAnswer = JSON.parse(line.replace(/(?<=[:,] |\[)-?Infinity(?=[,\]}])/g, 'null'));
  if (answer.raw !== undefined && answer.raw !== '')
    return { kind: 'value', value: comparable(parseWithNumbers(answer.raw)) };
  if (answer.ok !== undefined) return { kind: 'value', value: comparable(answer.ok) };
  if (answer.compileErrors !== undefined) return { kind: 'unloadable', why: answer.compileErrors.join('; ') };
  if (answer.parseError !== undefined) return { kind: 'unloadable', why: answer.parseError };
  if (answer.panic === true) return { kind: 'crashed', why: 'panic' };
  if (answer.phase === undefined) return { kind: 'failed', why: answer.error ?? '' };
  return { kind: answer.phase === 'compile' ? 'unloadable' : 'failed', why: answer.phase };
}

class Oracle {
  readonly #command: string;
  readonly #patience: number;
  #child: ChildProcess;
  #lines: AsyncIterator<string>;
  /** How often it had to be started again, because it ended or gave no answer. */
  restarts = 0;

  constructor(command: string, patience: number) {
    this.#command = command;
    this.#patience = patience;
    [this.#child, this.#lines] = this.#started();
  }

  #started(): [child: ChildProcess, lines: AsyncIterator<string>] {
    // A group of its own: the shell and what it starts end together.
    const child = spawn(this.#command, { shell: true, detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    // A program that dies closes its input while we write to it. The missing answer shows that.
    child.stdin.on('error', () => undefined);
    return [child, createInterface({ input: child.stdout })[Symbol.asyncIterator]()];
  }

  /** If the oracle dies or gives no answer, the case counts as its crash, and a new process answers those after it. */
  async ask(cases: readonly Case[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    while (verdicts.length < cases.length) {
      const rest = cases.slice(verdicts.length);
      this.#child.stdin?.write(rest.map((one) => `${JSON.stringify(one)}\n`).join(''));
      if (await this.#answers(rest.length, verdicts)) break;
      verdicts.push({ kind: 'crashed', why: 'the oracle stopped' });
      this.#restart();
    }
    return verdicts;
  }

  #restart(): void {
    this.restarts += 1;
    killGroup(this.#child);
    [this.#child, this.#lines] = this.#started();
  }

  async #answers(count: number, verdicts: Verdict[]): Promise<boolean> {
    for (let i = 0; i < count; i++) {
      const line = await this.#nextLine();
      if (line === undefined) return false;
      verdicts.push(theirs(line));
    }
    return true;
  }

  /** Undefined if the oracle has ended, or if there is none in time. */
  async #nextLine(): Promise<string | undefined> {
    const waiting = new AbortController();
    const late = setTimeout(this.#patience * 1000, undefined, { signal: waiting.signal }).catch(() => undefined);
    const found = await Promise.race([this.#lines.next(), late]);
    waiting.abort();
    return found === undefined || found.done === true ? undefined : found.value;
  }

  stop(): void {
    this.#child.stdin?.end();
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Whether the vendor's compiler crashed because of a character above U+00FF, which we accept. */
function isKnownCrash(expr: string, verdict: Verdict): boolean {
  return verdict.kind === 'crashed' && /[^\0-\u00ff]|\\u(?!00)[0-9A-Fa-f]{4}/u.test(expr);
}

/** The engine's static types also refuse what is never evaluated. We do not model them (docs/expressions.md). */
const staticTypes = /Expecting Type:|^Unable to call|^Expects `\d+` argument/;

/** Functions that the engine writes in its own language call a lambda with all arguments, ours with those it names. */
const lambdaArity = /^(?:Too many|Not enough) arguments \(\d+\) for function/;

function isNotModelled(why: string): boolean {
  return staticTypes.test(why) || lambdaArity.test(why);
}

function agree(expr: string, mine: Verdict, oracle: Verdict): boolean {
  if (oracle.kind === 'crashed') {
    if (oracle.why !== 'panic') return mine.kind !== 'crashed';
    return isKnownCrash(expr, oracle) || mine.kind === 'unloadable' || mine.kind === 'failed';
  }
  if (mine.kind === 'value' && oracle.kind === 'value') return isDeepStrictEqual(mine.value, oracle.value);
  // DataWeave's oracle does not say whether an expression does not load or fails.
  if (oracle.kind === 'failed' && oracle.why !== 'eval') {
    return isNotModelled(oracle.why) ? mine.kind !== 'crashed' : mine.kind !== 'value' && mine.kind !== 'crashed';
  }
  return mine.kind === oracle.kind;
}

/** The vendor takes `object[0]` from a map in random order, so it gives different answers to repeated questions. */
async function isUnstable(oracle: Oracle, one: Case): Promise<boolean> {
  const answers = await oracle.ask(Array.from({ length: 24 }, () => one));
  return answers.some((answer) => !isDeepStrictEqual(answer, answers[0]));
}

interface Tally {
  readonly counts: Record<Verdict['kind'] | 'known-crash' | 'unstable' | 'difference', number>;
  shown: number;
}

/** DataWeave's oracle takes all of the request from the context, so the context must be consistent. */
const dataweaveContext: Context = JSON.parse(
  readFileSync(new URL('../conformance/dataweave/corpus-context.json', import.meta.url), 'utf8'),
);

type MakeGenerator = (dice: Dice, profile: ProfileName) => { next(): string };

const generators: ReadonlyMap<string, MakeGenerator> = new Map<string, MakeGenerator>([
  [
    'everything',
    (dice, profile) => (profile === 'flex' ? new ExpressionGenerator(dice) : new DataWeaveGenerator(dice)),
  ],
  ['strings', (dice, profile) => new StringGenerator(dice, profile)],
  ['times', (dice) => new TimeGenerator(dice)],
  ['arguments', (dice) => new ArgumentGenerator(dice)],
]);

interface Comparison {
  readonly oracle: Oracle;
  readonly profile: ProfileName;
  readonly generator: MakeGenerator;
  readonly count: number;
  readonly maxShown: number;
  readonly tally: Tally;
}

async function compareSeed(comparison: Comparison, seed: number): Promise<void> {
  const { oracle, profile, count } = comparison;
  const dice = new Dice(seed);
  const generator = comparison.generator(dice, profile);
  const context = (): Context => (profile === 'flex' ? randomContext(dice) : dataweaveContext);
  const cases = Array.from({ length: count }, () => ({ expr: generator.next(), context: context() }));
  const verdicts = await oracle.ask(cases);
  for (const [i, one] of cases.entries()) {
    const verdict = verdicts[i];
    if (verdict !== undefined) await compareOne(comparison, one, verdict);
  }
}

async function compareOne(comparison: Comparison, one: Case, verdict: Verdict): Promise<void> {
  const { oracle, profile, maxShown, tally } = comparison;
  tally.counts[verdict.kind] += 1;
  if (isKnownCrash(one.expr, verdict)) tally.counts['known-crash'] += 1;
  const mine = ours(one, profile);
  if (agree(one.expr, mine, verdict)) return;
  if (profile === 'flex' && (await isUnstable(oracle, one))) {
    tally.counts.unstable += 1;
    return;
  }
  tally.counts.difference += 1;
  if (tally.shown++ < maxShown) process.stdout.write(`${JSON.stringify({ ...one, mine, oracle: verdict })}\n`);
}

function readNumber(text: string | undefined, otherwise: number): number {
  const number = text === undefined ? otherwise : Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Error(`\`${text}\` is not a non-negative integer.`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      oracle: { type: 'string' },
      profile: { type: 'string' },
      of: { type: 'string' },
      seed: { type: 'string' },
      seeds: { type: 'string' },
      count: { type: 'string' },
      show: { type: 'string' },
      patience: { type: 'string' },
      allowed: { type: 'string' },
    },
  });
  const generator = generators.get(values.of ?? 'everything');
  if (values.help === true || values.oracle === undefined || generator === undefined) {
    process.stdout.write(`${help}\n`);
    return values.help === true ? 0 : 2;
  }
  const oracle = new Oracle(values.oracle, readNumber(values.patience, 60));
  const first = readNumber(values.seed, 1);
  const tally: Tally = {
    counts: { value: 0, unloadable: 0, failed: 0, crashed: 0, 'known-crash': 0, unstable: 0, difference: 0 },
    shown: 0,
  };
  const comparison: Comparison = {
    oracle,
    profile: values.profile === 'dataweave' ? 'dataweave' : 'flex',
    generator,
    count: readNumber(values.count, 1000),
    maxShown: readNumber(values.show, 20),
    tally,
  };
  const end = first + readNumber(values.seeds, 10);
  for (let seed = first; seed < end; seed++) await compareSeed(comparison, seed);
  oracle.stop();
  process.stdout.write(`${JSON.stringify({ ...tally.counts, restarts: oracle.restarts })}\n`);
  const { value, unloadable, failed, crashed, difference } = tally.counts;
  const compared = value + unloadable + failed + crashed;
  return difference * 1000 <= readNumber(values.allowed, 0) * compared ? 0 : 1;
}

process.exitCode = await main();
