/**
 * @module
 * Hostile strings as arguments of all functions and operators of both profiles: no evaluation may block the thread.
 */
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { LocatedError } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { type CompiledExpression, compileExpression, type ProfileName } from '../../src/expressions/expression.ts';
import { aimedTime, CpuTimes, margin, maxTime, measurements } from '../search/cpu-time.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { hostileBindings } from './hostile/bindings.ts';
import { type Give, giver, learn, type Subject, subjects } from './hostile/calls.ts';
import { type Cost, costOf } from './hostile/measured.ts';
import { hostileLength, hostileText, plainRuns, runOf } from './hostile/texts.ts';

export const search: Search = {
  name: 'expressions',
  property: 'An expression over hostile strings takes at most 100 ms of CPU and gives a value or an expression error.',
  inputs: 300_000,
  share: 1_500,
  run,
};

/**
 * The maximum CPU time of a charged step in microseconds, after the first milliseconds. A usual step takes 0.2 to 0.5,
 * and the most expensive one about 1.
 */
const maxPerStep = 5;
const unchargedMilliseconds = 10;

interface Input {
  readonly profile: ProfileName;
  readonly expression: string;
  readonly text: string;
  readonly other: string;
}

class Counts {
  refused = 0;
  limited = 0;
  readonly #times = new CpuTimes();

  add({ milliseconds, code }: Cost): void {
    if (code !== undefined && limitCodes.has(code)) this.limited += 1;
    this.#times.add(milliseconds);
  }

  toString(): string {
    return [
      `${subjects.length} subjects`,
      `${this.refused} refused at load`,
      `${this.limited} ended by a limit`,
      this.#times.toString(),
    ].join(', ');
  }
}

async function run(effort: Effort): Promise<string> {
  learn(typesOf);
  const counts = new Counts();
  for await (const number of effort.inputs()) {
    const input = inputOf(new Dice(effort.seed * 1_000_003 + number), number);
    const compiled = compiledOf(input);
    if (compiled === undefined) {
      counts.refused += 1;
      continue;
    }
    const cost = leastCost(input, compiled);
    counts.add(cost);
    requireBounded(cost, input);
  }
  return counts.toString();
}

/** Whether an evaluation takes longer than its charged steps allow. */
function isUndercharged({ milliseconds, steps }: Cost): boolean {
  return milliseconds > unchargedMilliseconds + (steps * maxPerStep) / 1000;
}

function requireBounded(cost: Cost, input: Input): void {
  const { milliseconds, steps, code } = cost;
  if (milliseconds <= margin * maxTime && !isUndercharged(cost)) return;
  throw new Finding(`${milliseconds.toFixed(0)} ms for ${steps} steps, ${code ?? 'a value'}: ${shownInput(input)}`);
}

const limitCodes: ReadonlySet<string> = new Set(
  ['too-many-steps', 'string-too-long', 'array-too-long', 'number-too-long', 'too-deep', 'too-many-calls'].map(
    (code) => `dataweave.${code}`,
  ),
);

function inputOf(dice: Dice, number: number): Input {
  const subject = subjects[number % subjects.length];
  if (subject === undefined) throw new Error('There are no subjects.');
  const isPlain = dice.chance(50);
  const depth = isPlain || dice.chance(40) ? 0 : 1 + dice.roll(2);
  const give = giver(dice, subject.profile, depth);
  const call = subject.write(dice, isPlain ? hostileFirst(give) : give);
  const again = subject.profile === 'dataweave' && !isPlain && dice.chance(40);
  const text = isPlain ? runOf(dice.pick(plainRuns), hostileLength) : hostileText(dice, hostileLength);
  return {
    profile: subject.profile,
    expression: again ? `vars.many map ((each) -> [${call}, 0][1])` : call,
    text,
    other: dice.chance(50) ? text.slice(1) : hostileText(dice, hostileLength),
  };
}

/** Makes the first string among the arguments the hostile one. */
function hostileFirst(give: Give): Give {
  let isFirst = true;
  return (type) => {
    if (!isFirst || !['String', 'any', 'Any'].includes(type)) return give(type);
    isFirst = false;
    return 'vars.a';
  };
}

function compiledOf({ profile, expression }: Input): CompiledExpression | undefined {
  try {
    return compileExpression(SourceText.ofFile('expression', expression), {
      profile,
      inputs: ['vars', 'attributes', 'authentication'],
    });
  } catch (error) {
    if (error instanceof LocatedError) return undefined;
    if (error instanceof Error) throw new Finding(`${error.stack}: ${expression}`);
    throw error;
  }
}

function leastCost(input: Input, compiled: CompiledExpression): Cost {
  const bindings = hostileBindings(input.expression, input.text, input.other);
  try {
    let least = costOf(compiled, bindings);
    for (let i = 1; i < measurements && (least.milliseconds > aimedTime || isUndercharged(least)); i++) {
      const again = costOf(compiled, hostileBindings(input.expression, input.text, input.other));
      if (again.milliseconds < least.milliseconds) least = again;
    }
    return least;
  } catch (error) {
    throw new Finding(`${error instanceof Error ? error.stack : String(error)}: ${shownInput(input)}`);
  }
}

function shownInput({ profile, expression, text, other }: Input): string {
  const shown = (one: string): string =>
    `${JSON.stringify(one.slice(0, 40))}…${JSON.stringify(one.slice(-10))} (${one.length})`;
  return `${profile} ${expression} with a = ${shown(text)}, b = ${shown(other)}`;
}

/** The types of the values that a subject gives for harmless strings. */
function typesOf(subject: Subject): ReadonlySet<string> {
  const types = new Set<string>();
  for (let seed = 0; seed < 6; seed++) {
    const dice = new Dice(seed);
    const expression = `typeOf(${subject.write(dice, giver(dice, subject.profile, 0))}) as String`;
    const type = typeOf(expression);
    if (type !== undefined) types.add(type);
  }
  return types;
}

function typeOf(expression: string): string | undefined {
  const compiled = compiledOf({ profile: 'dataweave', expression, text: '', other: '' });
  try {
    const type = compiled?.evaluate(hostileBindings(expression, 'Ab c,1', 'x'));
    return typeof type === 'string' ? type : undefined;
  } catch (error) {
    if (error instanceof MintError) return undefined;
    throw new Finding(`${error instanceof Error ? error.stack : String(error)}: ${expression}`);
  }
}
