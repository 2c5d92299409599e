/**
 * @module
 * A policy whose token counts as constant gives the same header and claims to every request, whoever sends it: policies
 * of the conformance suites and random ones, with requests that have all that any policy can read. A policy whose values
 * declare no need counts as constant.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { CompiledPolicy } from '../../src/configuration/policy/policy-loader.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { ConstantScope, constantParts } from '../../src/mint/constant.ts';
import { needsOfPlan } from '../../src/plan/plan-needs.ts';
import type { HeaderField } from '../../src/request/header-fields.ts';
import { atOnce, decideAtOnce } from '../at-once.ts';
import { memoryFiles, seenRequest } from '../configuration/memory-files.ts';
import { fullRequests, readingConfiguration } from '../configuration/reading-configurations.ts';
import * as apigee from '../dialects/apigee/conformance-case.ts';
import * as datapower from '../dialects/datapower/conformance-case.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';

export const search: Search = {
  name: 'constant-tokens',
  property: 'A policy whose token may be in a file gives every request the same header and claims as the file.',
  inputs: 20_000,
  share: 400,
  run,
};

interface Files {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

const suites: Readonly<Record<string, (example: never) => Omit<Files, 'name'>>> = {
  apigee: (example: apigee.Case) => ({ files: apigee.filesOf(example), environment: apigee.environment }),
  datapower: (example: datapower.Case) => ({ files: datapower.filesOf(example) }),
  flex: ({ policy }: { readonly policy?: string }) => ({ files: flexFiles(policy) }),
};

function flexFiles(policy = '[]'): Readonly<Record<string, string>> {
  const entry = { name: 'p', file: 'policy.yaml' };
  const routes = [{ match: {}, policies: ['p'] }];
  return { 'policy.yaml': policy, 'mintproc.yaml': JSON.stringify({ policies: [entry], routes }) };
}

function conformanceFiles(): readonly Files[] {
  return Object.entries(suites).flatMap(([suite, filesOf]) => {
    const folder = new URL(`../conformance/${suite}/`, import.meta.url);
    const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
    const cases = names.sort().flatMap((name) => parse(readFileSync(new URL(name, folder), 'utf8')) as never[]);
    return cases.map((example) => ({ name: `${suite}: ${(example as Files).name}`, ...filesOf(example) }));
  });
}

const now = 1_700_000_000_500;

async function run(effort: Effort): Promise<string> {
  const known = conformanceFiles();
  const counts = { constant: 0, variable: 0, tokens: 0 };
  for await (const number of effort.inputs()) {
    const dice = new Dice(effort.seed + number);
    const random = (): Files => ({ name: `random ${number}`, ...readingConfiguration(dice) });
    const one = dice.chance(50) ? dice.pick(known) : random();
    const { environment = {} } = one;
    const { snapshot } = loadConfiguration('mintproc.yaml', { files: memoryFiles(one.files), environment });
    if (snapshot === undefined) continue;
    for (const policy of snapshot.policies.values()) check(one, policy, snapshot, dice, counts);
  }
  if (counts.constant === 0 || counts.variable === 0) throw new Finding(`nothing was tried: ${JSON.stringify(counts)}`);
  return `${counts.constant} constant policies with ${counts.tokens} equal tokens, ${counts.variable} that are not`;
}

type Counts = Record<'constant' | 'variable' | 'tokens', number>;

function check(one: Files, policy: CompiledPolicy, snapshot: Snapshot, dice: Dice, counts: Counts): void {
  // A policy with `sds` is alone on its routes, and they have no variables of their own.
  if (snapshot.variants.length > 0 || policy.plan.disabled === true || policy.plan.encryption !== undefined) return;
  const { variables } = finish(constantParts(policy.plan));
  // What declares no need reads nothing, unless it cannot be computed at all.
  const reading = variables.find(({ input }) => input !== undefined);
  if (reading !== undefined && needsOfPlan(policy.plan).length === 0) {
    throw new Finding(
      `${one.name}\n${JSON.stringify(one.files)}\nreads the ${reading.input} and says that it needs nothing`,
    );
  }
  if (variables.length > 0) {
    counts.variable++;
    return;
  }
  counts.constant++;
  const expected = constantToken(policy);
  const decide = decideAtOnce(snapshot, { clock: () => now, randomId: () => `${dice.roll(1e9)}` });
  for (const request of [0, 1].flatMap(fullRequests)) {
    const headers = [...request.headers, ...randomHeaders(dice)];
    const decision = decide(seenRequest({ ...request, headers }));
    if (decision.kind !== 'forward' || decision.mints.length > 1) continue;
    const value = decision.set.find(([name]) => name === policy.output.header)?.[1];
    if (value === undefined) continue;
    counts.tokens++;
    const content = contentOf(value.slice(policy.output.prefix.length));
    if (content !== expected) {
      throw new Finding(
        `${one.name}\n${JSON.stringify(one.files)}\n${JSON.stringify(headers)}\n${content}\nnot ${expected}`,
      );
    }
  }
}

function constantToken({ minter }: CompiledPolicy): string {
  try {
    return contentOf(atOnce(minter.mint(new ConstantScope(now))));
  } catch (error) {
    if (error instanceof MintError) return error.code;
    throw error;
  }
}

function contentOf(token: string): string {
  return token
    .split('.')
    .slice(0, 2)
    .map((part) => Buffer.from(part, 'base64url').toString())
    .join(' ');
}

const names = ['x-team', 'authorization', 'x-user', 'x-client', 'x-tenant', 'host', 'x-custom', 'client_id'];

function randomHeaders(dice: Dice): readonly HeaderField[] {
  return Array.from({ length: dice.roll(4) }, () => [dice.pick(names), `v${dice.roll(100)}`] as const);
}
