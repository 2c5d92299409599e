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
import { isDeepStrictEqual, parseArgs } from 'node:util';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { LocatedError } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { compileExpression, type ProfileName } from '../../src/expressions/expression.ts';
import { Dice } from '../search/dice.ts';
import { bindingsOf, type Context, inputsOf } from './context-bindings.ts';
import { DataWeaveGenerator } from './dataweave/generate.ts';
import { TimeGenerator } from './dataweave/generate-times.ts';
import { isExactNumber, parseWithNumbers } from './exact-numbers.ts';
import { ExpressionGenerator } from './flex/generate.ts';
import { StringGenerator } from './generate-strings.ts';
import { randomContext } from './random-context.ts';

const help = `Usage: node test/expressions/differential.ts --oracle COMMAND [--profile NAME] [--of KIND] [--seed N] [--seeds N] [--count N] [--show N]

Evaluates generated expressions here and with an oracle for the profile, and prints each difference as a line of JSON.

  --oracle COMMAND  the command line of the oracle
  --profile NAME    flex (default) or dataweave
  --of KIND         everything (default), strings: rich in quotes, escapes and interpolations, or
                    times: literals and coercions of dates, times and periods, for dataweave
  --seed N          the first seed (default 1)
  --seeds N         number of seeds (default 10)
  --count N         expressions for each seed (default 1000)
  --show N          maximum number of differences to print (default 20)

Exit status: 0 without differences, 1 with some, 2 for a wrong command line.`;

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
  const answer: OracleAnswer = JSON.parse(line);
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
  #child: ChildProcess;
  #lines: AsyncIterator<string>;

  constructor(command: string) {
    this.#command = command;
    [this.#child, this.#lines] = this.#started();
  }

  #started(): [child: ChildProcess, lines: AsyncIterator<string>] {
    const child = spawn(this.#command, { shell: true, stdio: ['pipe', 'pipe', 'inherit'] });
    // A program that dies closes its input while we write to it. The missing answer shows that.
    child.stdin.on('error', () => undefined);
    return [child, createInterface({ input: child.stdout })[Symbol.asyncIterator]()];
  }

  /** If the oracle dies, the case counts as its crash, and a new process answers the cases after it. */
  async ask(cases: readonly Case[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    while (verdicts.length < cases.length) {
      const rest = cases.slice(verdicts.length);
      this.#child.stdin?.write(rest.map((one) => `${JSON.stringify(one)}\n`).join(''));
      if (await this.#answers(rest.length, verdicts)) break;
      verdicts.push({ kind: 'crashed', why: 'the oracle stopped' });
      [this.#child, this.#lines] = this.#started();
    }
    return verdicts;
  }

  async #answers(count: number, verdicts: Verdict[]): Promise<boolean> {
    for (let i = 0; i < count; i++) {
      const { value, done } = await this.#lines.next();
      if (done) return false;
      verdicts.push(theirs(value));
    }
    return true;
  }

  stop(): void {
    this.#child.stdin?.end();
  }
}

/** Whether the vendor's compiler crashed because of a character above U+00FF, which we accept. */
function isKnownCrash(expr: string, verdict: Verdict): boolean {
  return verdict.kind === 'crashed' && /[^\0-\u00ff]|\\u(?!00)[0-9A-Fa-f]{4}/u.test(expr);
}

/** The engine's static types also refuse what is never evaluated. We do not model them (docs/expressions.md). */
const staticTypes = /Expecting Type:|^Unable to call|^Expects `\d+` argument/;

function agree(expr: string, mine: Verdict, oracle: Verdict): boolean {
  if (oracle.kind === 'crashed') {
    if (oracle.why !== 'panic') return mine.kind !== 'crashed';
    return isKnownCrash(expr, oracle) || mine.kind === 'unloadable' || mine.kind === 'failed';
  }
  if (mine.kind === 'value' && oracle.kind === 'value') return isDeepStrictEqual(mine.value, oracle.value);
  // DataWeave's oracle does not say whether an expression does not load or fails.
  if (oracle.kind === 'failed' && oracle.why !== 'eval') {
    return staticTypes.test(oracle.why) ? mine.kind !== 'crashed' : mine.kind !== 'value' && mine.kind !== 'crashed';
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
    },
  });
  const generator = generators.get(values.of ?? 'everything');
  if (values.help === true || values.oracle === undefined || generator === undefined) {
    process.stdout.write(`${help}\n`);
    return values.help === true ? 0 : 2;
  }
  const oracle = new Oracle(values.oracle);
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
  process.stdout.write(`${JSON.stringify(tally.counts)}\n`);
  return tally.counts.difference === 0 ? 0 : 1;
}

process.exitCode = await main();
