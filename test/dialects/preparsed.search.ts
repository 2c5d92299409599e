/**
 * @module
 * A configuration that another process has parsed gives the same tokens as one that is parsed here. The inputs are the
 * policies of the conformance suites, with words of their files replaced.
 */

import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { parse } from 'yaml';
import { noSigningKeys } from '../../src/configuration/keys/key-rings.ts';
import { type Loaded, loadConfiguration } from '../../src/configuration/load.ts';
import type { LoadContext } from '../../src/configuration/load-context.ts';
import { type CheckMessage, check } from '../../src/configuration/reload/check.ts';
import { CollectedInputs, type LoadInputs, repeatLoad } from '../../src/configuration/reload/load-inputs.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import { decideAtOnce } from '../at-once.ts';
import { memoryFiles, request } from '../configuration/memory-files.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import * as apigee from './apigee/conformance-case.ts';
import * as datapower from './datapower/conformance-case.ts';

export const search: Search = {
  name: 'preparsed',
  property: 'A configuration that another process parsed gives the same tokens as one that is parsed here.',
  inputs: 100_000,
  share: 1_000,
  run,
};

interface Subject {
  readonly files: Readonly<Record<string, string>>;
  readonly policy: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly request: IncomingRequest;
}

function conformance(name: string): readonly unknown[] {
  return parse(readFileSync(new URL(`../conformance/${name}.yaml`, import.meta.url), 'utf8'));
}

const apigeeSuites = ['additional-claims', 'registered-claims', 'flow-variables', 'encryption', 'keys', 'seed'];
const datapowerSuites = ['algorithms', 'assemblies', 'claims', 'keys', 'properties', 'variables'];

function subjects(): Subject[] {
  const { environment } = apigee;
  return [
    ...apigeeSuites
      .flatMap((suite) => conformance(`apigee/${suite}`) as apigee.Case[])
      .map((one) => ({
        files: apigee.filesOf(one),
        policy: 'policy.xml',
        environment,
        request: apigee.requestOf(one),
      })),
    ...datapowerSuites
      .flatMap((suite) => conformance(`datapower/${suite}`) as datapower.Case[])
      .map((one) => ({
        files: datapower.filesOf(one),
        policy: 'policy.yaml',
        environment: {},
        request: datapower.requestOf(one),
      })),
    ...(conformance('flex/policies') as { readonly policy: string }[]).map(({ policy }) => ({
      files: { 'mintproc.yaml': flexConfiguration, 'policy.yaml': policy },
      policy: 'policy.yaml',
      environment: {},
      request: request({ 'x-tenant': 't1' }),
    })),
  ];
}

const flexConfiguration =
  'policies: [{ name: policy, file: policy.yaml }]\nroutes: [{ match: {}, policies: [policy] }]\n';

/** The replacements: scalars that YAML converts, anchors, and strings with special characters. */
const words = [
  '1.0',
  '0x1F',
  '1e3',
  '~',
  'true',
  '2001-01-01',
  '"1.0"',
  "'it''s'",
  '"a\\tb"',
  '|\n  two\n  lines',
  '&a x',
  '*a',
  '{ b: 2.50, 1: c }',
  '[1.10, x]',
  '__proto__',
  'é\u{1f600}',
  '&lt;x&gt;',
  '<![CDATA[a & b]]>',
  '#[1.0 ++ "x"]',
  '-0',
  '.inf',
  '""',
  '!!none x',
  '9007199254740993',
  '-90071992547409931',
  '1e400',
  '{ c: 9007199254740993 }',
];

function mutated(text: string, dice: Dice): string {
  let changed = text;
  for (let left = dice.roll(3); left > 0; left--) {
    const found = [...changed.matchAll(/[\w.-]+/g)];
    if (found.length === 0) return changed;
    const { 0: word, index } = dice.pick(found);
    changed = changed.slice(0, index) + dice.pick(words) + changed.slice(index + word.length);
  }
  return changed;
}

/** Signatures and encryption are replaced, because they may be random. */
const plain: Pick<LoadContext, 'wrapSign' | 'wrapEncrypt'> = {
  wrapSign: () => (input) => Buffer.from(`signed ${input}`).toString('base64url'),
  wrapEncrypt: () => (encodeHeader, content) => `${encodeHeader([])}.${content}`,
};

const now = 1_700_000_000_999;

function parsedHere({ files, environment }: Subject): Loaded {
  return loadConfiguration('mintproc.yaml', { ...plain, files: memoryFiles(files), environment, now: () => now });
}

async function parsedElsewhere({ files, environment }: Subject): Promise<Loaded> {
  const arriving = new CollectedInputs();
  let unlocked: LoadInputs['unlocked'] = new Map();
  await check({ file: 'mintproc.yaml', now }, { files: memoryFiles(files), environment }, (message) => {
    const arrived: CheckMessage = deserialize(serialize(message));
    if (arrived.kind === 'file' || arrived.kind === 'folder') arriving.take(arrived);
    if (arrived.kind === 'end') unlocked = arrived.unlocked;
  });
  const inputs = {
    ...arriving,
    file: 'mintproc.yaml',
    version: 1,
    now,
    announcedIn: 0,
    unlocked,
    outside: new Map(),
    before: noSigningKeys,
  };
  return finish(repeatLoad(inputs, { ...plain, environment }));
}

/** The decision without the time at which each policy began, which differs. */
function decided({ snapshot }: Loaded, asked: IncomingRequest): object | undefined {
  const decision = snapshot && decideAtOnce(snapshot, { clock: () => now, randomId: () => 'an id' })(asked);
  return decision && { ...decision, mints: decision.mints.map(({ began: _, ...mint }) => mint) };
}

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  const all = subjects();
  let compared = 0;
  for await (const _ of effort.inputs()) {
    const { files, ...subject } = dice.pick(all);
    // The policy, and one time in four the configuration.
    const changed = dice.chance(25) ? 'mintproc.yaml' : subject.policy;
    const input = { ...subject, files: { ...files, [changed]: mutated(files[changed] ?? '', dice) } };
    if (await isLoadedAlike(input)) compared++;
  }
  return `${compared} of them loaded`;
}

/** @returns whether the configuration loads @throws Finding */
async function isLoadedAlike(input: Subject): Promise<boolean> {
  try {
    const here = parsedHere(input);
    if (here.snapshot === undefined) return false;
    const [expected, actual] = [here, await parsedElsewhere(input)].map((loaded) => decided(loaded, input.request));
    if (isDeepStrictEqual(expected, actual)) return true;
    throw new Finding(`${textsOf(input)}\n${shown(expected)}\n${shown(actual)}`);
  } catch (error) {
    if (error instanceof Finding || !(error instanceof Error)) throw error;
    throw new Finding(`${textsOf(input)}\n${error.stack}`);
  }
}

function textsOf({ files, policy }: Subject): string {
  return `${files['mintproc.yaml']}\n${files[policy]}`;
}

function shown(value: unknown): string {
  return JSON.stringify(value, undefined, 1) ?? 'no decision';
}
