/**
 * @module
 * Hostile texts where requests are read outside of expressions: Apigee's template functions, the variables of both
 * dialects, hosts, paths and names of certificates.
 */

import { MintError } from '../../src/diagnostics/mint-error.ts';
import { ConversionError, claimTypes, convert } from '../../src/dialects/apigee/claim-types.ts';
import { flowVariable } from '../../src/dialects/apigee/flow-variables.ts';
import { ArgumentError, templateFunctions } from '../../src/dialects/apigee/template-functions.ts';
import { contextVariable } from '../../src/dialects/datapower/context-variables.ts';
import { readOperations } from '../../src/dialects/datapower/operations.ts';
import { commonName } from '../../src/identity/connection-certificate.ts';
import { forwardedCertificate } from '../../src/identity/forwarded-certificate.ts';
import type { Scope } from '../../src/plan/token-plan.ts';
import { hostOf } from '../../src/routing/request-host.ts';
import { pathInterpretations } from '../../src/routing/request-path.ts';
import { hostileLength, hostileText, plainRuns, runOf } from '../expressions/hostile/texts.ts';
import { aimedTime, CpuTimes, cpuTimeOf, margin, maxTime, measurements } from '../search/cpu-time.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { scopeAt } from './reused-minter.ts';

export const search: Search = {
  name: 'request-text',
  property: 'What a dialect or a route reads out of a hostile request takes at most 100 ms of CPU.',
  inputs: 100_000,
  share: 4_000,
  run,
};

interface Subject {
  readonly name: string;
  /** What is read, ready to be timed; undefined if there is nothing to read. */
  readonly prepare: (text: string, dice: Dice) => (() => unknown) | undefined;
}

const templateSubjects = [...templateFunctions].map(
  ([name, row]): Subject => ({
    name: `apigee ${name}`,
    prepare: (text, dice) => {
      const count = row.min + dice.roll(Math.min(row.max, 4) - row.min + 1);
      const shorter = text.slice(0, 1 + dice.roll(4_096));
      const args = Array.from({ length: count }, (_, i) =>
        argument(dice, i === 0 ? [text, shorter] : [shorter, 'a', '']),
      );
      const isFixed = dice.chance(50);
      try {
        const evaluate = row.make(isFixed ? [undefined, ...args.slice(1)] : args.map(() => undefined));
        return () => evaluate(args, scopeAt(0));
      } catch (error) {
        if (error instanceof ArgumentError) return undefined;
        throw error;
      }
    },
  }),
);

/** A repetition, and behind it as much as there may be that the text has, and then what it has not. */
const hostileReplace: Subject = {
  name: 'apigee replaceAll of much that nearly matches',
  prepare: (_, dice) => {
    const expression = `${dice.pick(['a*', 'a+', '.*', '[ab]{1,}', 'a?a?a?a?', 'a?b*'])}a{${1 + dice.roll(4_000)}}b`;
    const args = [runOf('a', dice.pick([1_000, 2_000, 4_096])), expression, ''];
    const evaluate = templateFunctions.get('replaceAll')?.make([]);
    return evaluate && (() => evaluate(args, scopeAt(0)));
  },
};

const expressionPieces = [
  'a',
  'A',
  '.',
  '[^b]',
  '\\d',
  'b',
  'x*',
  'a*',
  '.+',
  'a?',
  'a{20}',
  '.{200}',
  '[ab]{1,9}',
  '1',
  '|',
  '$',
  '^',
];

function argument(dice: Dice, texts: readonly string[]): string {
  if (dice.chance(40)) return dice.pick(texts);
  if (dice.chance(60)) return Array.from({ length: 1 + dice.roll(5) }, () => dice.pick(expressionPieces)).join('');
  return dice.pick(['$', '$.a', '$[*][*]', '$.a[0]', '1', '-1', '0', '4096', 'true', 'yyyy-MM-dd', "''", ...texts]);
}

const operations = readOperations({ '/a/{b}': {}, '/{a}/{b}/{c}': {} }, '/');

function variableSubject(
  name: string,
  find: (name: string) => { evaluate(scope: Scope): unknown } | undefined,
): Subject {
  const computed = find(name);
  if (computed === undefined) throw new Error(`there is no variable ${name}`);
  const prepare = (text: string) => () =>
    computed.evaluate(scopeAt(0, { 'x-a': text, ':path': `/a/${text}?p=${text}&${text}`, ':authority': text }));
  return { name, prepare };
}

const flowNames = [
  ...[
    'header.x-a',
    'header.x-a.values',
    'header.x-a.values.count',
    'header.x-a.values.string',
    'header.x-a.2',
    'headers.names',
  ],
  ...[
    'queryparam.p',
    'queryparam.p.values.string',
    'queryparams.names',
    'queryparams.count',
    'querystring',
    'path',
    'uri',
  ],
].map((name) => `request.${name}`);

const contextNames = [
  'request.headers.x-a',
  'request.parameters.b',
  'request.path',
  'request.querystring',
  'api.operation.path',
];

const subjects: readonly Subject[] = [
  ...templateSubjects,
  hostileReplace,
  ...flowNames.map((name) => variableSubject(name, flowVariable)),
  ...contextNames.map((name) => variableSubject(name, (one) => contextVariable(one, operations))),
  ...claimTypes.flatMap((type) =>
    [false, true].map(
      (array): Subject => ({ name: `claim of type ${type}`, prepare: (text) => () => convert(text, type, array) }),
    ),
  ),
  { name: 'path', prepare: (text) => () => pathInterpretations(text) },
  { name: 'path below', prepare: (text) => () => pathInterpretations(`/a/${text}`) },
  { name: 'twisted path', prepare: (text, dice) => () => pathInterpretations(`/${text.slice(0, dice.roll(1_024))}`) },
  { name: 'host', prepare: (text) => () => hostOf(text) },
  { name: 'common name', prepare: (text) => () => commonName(`O=a,CN=${text}`) },
  { name: 'distinguished name', prepare: (text) => () => commonName(text) },
  {
    name: 'certificate',
    prepare: (text) => () => forwardedCertificate(scopeAt(0, { 'x-forwarded-client-cert': text }).request.headers),
  },
  {
    name: 'subject of a certificate',
    prepare: (text) => () =>
      forwardedCertificate(scopeAt(0, { 'x-forwarded-client-cert': `By=a;Subject="${text}"` }).request.headers),
  },
];

async function run(effort: Effort): Promise<string> {
  const times = new CpuTimes();
  for await (const number of effort.inputs()) {
    const dice = new Dice(effort.seed * 1_000_003 + number);
    const subject = subjects[number % subjects.length];
    const text = dice.chance(30) ? runOf(dice.pick(plainRuns), hostileLength) : hostileText(dice, hostileLength);
    const read = subject?.prepare(text, dice);
    if (subject === undefined || read === undefined) continue;
    const milliseconds = leastTime(read);
    times.add(milliseconds);
    if (milliseconds <= margin * maxTime) continue;
    throw new Finding(
      `${milliseconds.toFixed(0)} ms: ${subject.name} of ${JSON.stringify(text.slice(0, 60))}… (${text.length})`,
    );
  }
  return `${subjects.length} subjects, ${times}`;
}

function leastTime(read: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < measurements && least > aimedTime; i++) {
    least = Math.min(least, cpuTimeOf(() => attempt(read)).milliseconds);
  }
  return least;
}

function attempt(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof MintError) && !(error instanceof ConversionError)) throw error;
  }
}
