/**
 * @module
 * Whatever is typed in a file, a case, an expression or its context, the playground answers.
 */
import type { KeyObject } from 'node:crypto';
import { runTests } from '../../src/cli/testing/run-tests.ts';
import { isGood, type TestReport } from '../../src/cli/testing/test-report.ts';
import type { Answering } from '../../src/playground/calls.ts';
import type { EvaluateBody, WorkspaceFile } from '../../src/playground/interface.ts';
import { MadeKeys } from '../../src/playground/made-keys.ts';
import { filesInMemory } from '../../src/playground/workspace-files.ts';
import { operandOf } from '../expressions/hostile/operands.ts';
import { hostileText } from '../expressions/hostile/texts.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { expressions, now, playgroundOf, workspaces } from './client.ts';
import { bodyOf, mistakeOf } from './contract.ts';

export const search: Search = {
  name: 'typing',
  property:
    'Whatever is typed, a run and an evaluation answer in their form, within a bound, without a key; and the test they offer passes.',
  inputs: 20_000,
  share: 150,
  run,
};

/** Milliseconds of CPU time. Such texts are small; a large one may take what its size takes. */
const longest = 5_000;

interface Typed {
  readonly call: 'run' | 'evaluate';
  readonly files: readonly WorkspaceFile[];
  readonly caseText: string;
  readonly evaluated: EvaluateBody;
}

async function run(effort: Effort): Promise<string> {
  const keys = new MadeKeys();
  const playground = playgroundOf(undefined, { keys });
  const counts = { outcomes: 0, tests: 0, values: 0 };
  for await (const number of effort.inputs()) {
    const typed = typedBy(new Dice(effort.seed + number), number);
    const before = process.cpuUsage();
    const answer = await answerOf(playground, typed);
    const { user, system } = process.cpuUsage(before);
    const took = (user + system) / 1000;
    const text = bodyOf(answer);
    refuse(typed, mistakeOf(typed.call, text));
    refuse(typed, leakIn(text, keys));
    refuse(typed, took > longest ? `it took ${took.toFixed(0)} ms` : undefined);
    if ('outcome' in answer && answer.outcome !== undefined) {
      counts.outcomes += 1;
      refuse(typed, await failureOf(typed, answer.outcome.testCase));
      counts.tests += 1;
    }
    if ('json' in answer && answer.json !== undefined) counts.values += 1;
  }
  return `${counts.outcomes} outcomes, ${counts.tests} tests of them pass, ${counts.values} values`;
}

/** @throws Finding if the answer is an error that nobody expects */
async function answerOf({ run: runFiles, evaluate }: Answering, typed: Typed) {
  try {
    return typed.call === 'run'
      ? await runFiles({ files: typed.files, isFolder: false, case: typed.caseText })
      : await evaluate(typed.evaluated);
  } catch (error) {
    throw new Finding(`${textOf(typed)}\n${error instanceof Error ? error.stack : String(error)}`);
  }
}

/** @throws Finding */
function refuse(typed: Typed, why: string | undefined): void {
  if (why !== undefined) throw new Finding(`${why}\n${textOf(typed)}`);
}

function textOf({ call, files, caseText, evaluated }: Typed): string {
  return call === 'run' ? JSON.stringify({ files, case: caseText }, null, 1) : JSON.stringify(evaluated, null, 1);
}

function typedBy(dice: Dice, number: number): Typed {
  const { files, case: text } = dice.pick(workspaces);
  const expression = dice.pick(expressions);
  if (expression.kind !== 'expression') throw new TypeError('an example of another kind');
  const { profile, context } = expression;
  // Every fourth input is an expression.
  const call = number % 4 === 3 ? 'evaluate' : 'run';
  const which = dice.roll(files.length + 1);
  return {
    call,
    files: files.map(({ name, text: whole }, at) => ({ name, text: at === which ? mutated(whole, dice) : whole })),
    caseText: which === files.length ? mutated(text, dice) : text,
    evaluated: {
      profile,
      expression: dice.chance(50) ? mutated(expression.expression, dice) : operandOf(dice, 'Any'),
      context: dice.chance(50) ? mutated(context, dice) : context,
    },
  };
}

/** What people and vendors write, and what readers stumble over. */
const pieces: readonly string[] = [
  ...[
    '#[',
    ']',
    '{',
    '}',
    '<',
    '>',
    '/>',
    '&amp;',
    '&#0;',
    '<!--',
    '<![CDATA[',
    '<!DOCTYPE a>',
    '- ',
    ': ',
    '? ',
    '|\n',
    '>-\n',
  ],
  ...[
    '*a',
    '&a ',
    '<<: ',
    '!!binary ',
    '!!map',
    '%YAML 1.1\n',
    '---\n',
    '...\n',
    '\t',
    '\r\n',
    '"',
    "'",
    '\\',
    '\u0000',
    '\ufeff',
  ],
  ...[
    'null',
    'true',
    '~',
    '0x1f',
    '1e400',
    '-0',
    '12345678901234567890',
    '.inf',
    '2026-01-01',
    '__proto__',
    'constructor',
  ],
  ...[
    'RS256',
    'ES384',
    'HS512',
    'none',
    'EdDSA',
    'ML-DSA-44',
    'RSA-OAEP-256',
    'dir',
    'onError: pass\n',
    'deny: true\n',
  ],
  ...[
    '{request.header.x-channel}',
    '$(request.headers.a)',
    '{createUuid()}',
    'private.a',
    'attributes.headers',
    'vars.a',
  ],
  ...['uuid()', 'now()', 'authentication.properties', '(1 to 1000000) map (n) -> n', 'payload', ' ++ ', ' default '],
  ...[
    'file: /etc/passwd\n',
    '{ env: PATH }',
    '{ text: secret }',
    '{ generate: ES256 }',
    'include: ["*.yaml"]\n',
    'at: 0\n',
  ],
];

function mutated(text: string, dice: Dice): string {
  let result = text;
  for (let count = dice.chance(60) ? 1 : 2 + dice.roll(2); count > 0; count -= 1) {
    const from = dice.roll(result.length + 1);
    const to = Math.min(result.length, from + dice.roll(dice.chance(20) ? 200 : 12));
    result = `${result.slice(0, from)}${insertion(result, dice)}${result.slice(dice.chance(50) ? from : to)}`;
  }
  return result;
}

function insertion(text: string, dice: Dice): string {
  const kind = dice.roll(12);
  if (kind === 0 || kind > 9) return kind === 11 ? dice.pick(['a', '1', ' ', '\n']) : '';
  if (kind === 1) return hostileText(dice, 1 + dice.roll(200));
  if (kind === 2) return operandOf(dice, 'Any');
  if (kind === 3) {
    const from = dice.roll(text.length + 1);
    return text.slice(from, from + dice.roll(80));
  }
  return dice.pick(pieces);
}

/** The algorithms of the examples and of the pieces, whose keys are made. */
const algorithms = ['RS256', 'ES256', 'ES384', 'HS512', 'EdDSA'];

/** The name of a made key whose bytes an answer has, in any usual form. */
function leakIn(text: string, keys: MadeKeys): string | undefined {
  if (/PRIVATE KEY|"d"\s*:\s*"[\w-]{20}/.test(text.replaceAll('\\"', '"'))) return 'the answer has a private key';
  const run = keys.forRun();
  for (const algorithm of algorithms) {
    const key = madeOf(algorithm, run);
    if (key !== undefined && formsOf(key).some((form) => text.includes(form)))
      return `the answer has the key of ${algorithm}`;
  }
  return undefined;
}

/** Undefined if none was made yet. */
function madeOf(algorithm: string, run: ReturnType<MadeKeys['forRun']>): KeyObject | undefined {
  const place = { file: 'a', line: 1, column: 1 };
  try {
    return run.make({ source: algorithm, role: 'key', algorithm, hasCertificate: false, place, generate: noKey }).key;
  } catch (error) {
    if (error === none) return undefined;
    throw error;
  }
}

const none = new Error('no key was made for this algorithm');

function noKey(): never {
  throw none;
}

function formsOf(key: KeyObject): readonly string[] {
  if (key.type !== 'secret') {
    const { d = '' } = key.export({ format: 'jwk' });
    const bytes = Buffer.from(d, 'base64url');
    return (['base64url', 'base64', 'hex'] as const).map((encoding) => bytes.toString(encoding));
  }
  const bytes = key.export();
  return (['base64url', 'base64', 'hex', 'latin1'] as const).map((encoding) => bytes.toString(encoding));
}

/** Why the offered test does not pass; a configuration may need the variables and keys that were not read here. */
async function failureOf({ files }: Typed, testCase: string): Promise<string | undefined> {
  const saved = filesInMemory([...files, { name: 'saved.test.yaml', text: testCase }]);
  const { reports } = await runTests({ paths: ['saved.test.yaml'], unread: [] }, saved, {
    environment: {},
    now: () => now,
  });
  if (isGood(reports) || reports.every(isWithoutConfiguration)) return undefined;
  return `the offered test fails:\n${testCase}\n${JSON.stringify(reports, null, 1)}`;
}

function isWithoutConfiguration({ problems }: TestReport): boolean {
  return problems.some(({ place }) => place.file !== 'saved.test.yaml');
}
