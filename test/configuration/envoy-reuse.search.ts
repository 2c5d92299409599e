/**
 * @module
 * Requests with one key get one token. The key of each configuration is what `gen` writes into Envoy's filter; pairs of
 * requests agree in it and differ in everything else, the time and random ids, too.
 */
import { loadEnvoyNeeds } from '../../src/configuration/envoy-needs.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { CompiledPolicy } from '../../src/configuration/policy/policy-loader.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { describedRequest } from '../../src/decision/decide.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { callerAs } from '../../src/identity/shaped-caller.ts';
import { Reads, RecordedMemo, recordedScope } from '../../src/mint/recorded-scope.ts';
import { RequestScope } from '../../src/mint/request-scope.ts';
import type { Computed } from '../../src/plan/token-plan.ts';
import type { KeptByEnvoy, ReuseKey } from '../../src/request/envoy-reuse.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import { RequestView } from '../../src/request/request-view.ts';
import { decideAtOnce } from '../at-once.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { described } from './check-reads.ts';
import { conformancePolicies, type Files, keptConfiguration } from './kept-configurations.ts';
import { type Pair, pairOf } from './key-pairs.ts';
import { memoryFiles } from './memory-files.ts';

export const search: Search = {
  name: 'envoy-reuse',
  property: 'Requests that agree in all parts of the key under which Envoy keeps a token get the same token.',
  inputs: 60_000,
  share: 300,
  run,
};

/** For each configuration. */
const pairs = 6;

async function run(effort: Effort): Promise<string> {
  const counts = { refused: 0, kept: 0, pairs: 0, tokens: 0 };
  for await (const number of effort.inputs()) {
    const dice = new Dice(effort.seed * 1_000_003 + number);
    const files = keptConfiguration(dice, number);
    const loaded = loadBoth(files);
    if (loaded === undefined) {
      counts.refused += 1;
      continue;
    }
    counts.kept += 1;
    const names = headerNames(files);
    for (let i = 0; i < pairs; i++) {
      const pair = pairOf(dice, loaded.kept.key, names);
      counts.pairs += 1;
      counts.tokens += checkDecisions(files, loaded, pair);
      checkValues(files, loaded, pair);
    }
  }
  const { refused, kept, tokens } = counts;
  return `${conformancePolicies} conformance policies; ${kept} keys, ${refused} refusals, ${counts.pairs} pairs with ${tokens} kept tokens`;
}

interface Loaded {
  readonly snapshot: Snapshot;
  readonly kept: KeptByEnvoy;
}

/** Undefined if the configuration has no key. What `gen` knows must be what mintproc knows. */
function loadBoth(files: Files): Loaded | undefined {
  const { snapshot } = loadConfiguration('mintproc.yaml', { files: memoryFiles(files), environment: {} });
  const { needs } = loadEnvoyNeeds('mintproc.yaml', memoryFiles(files));
  if (snapshot === undefined) return undefined;
  const kept = needs?.reuse.kind === 'kept' ? needs.reuse.kept : undefined;
  if (kept?.digest !== snapshot.envoyReuse?.digest) {
    throw new Finding(`${described(files)}\ngen: ${kept?.digest}\nmintproc: ${snapshot.envoyReuse?.digest}`);
  }
  return kept && { snapshot, kept };
}

const usual = ['x-team', 'x-tenant', 'x-user', 'authorization', 'x-jwt', 'user-agent', 'cookie', 'x-forwarded-for'];

/** Every word of the files that may be the name of a header, a few. */
function headerNames(files: Files): readonly string[] {
  const text = Object.entries(files).map(([name, one]) => (/^(?:mintproc|policy)\.|^p\d$/.test(name) ? one : ''));
  const found = text.join('\n').matchAll(/header[s'"\]]*[.:[\s'"]+([\w-]{1,40})|["'](x-[\w-]{1,40})["']/gi);
  const names = Array.from(found, ([, one, other]) => (one ?? other ?? '').toLowerCase());
  return [...new Set([...usual, ...names])].filter((name) => /^[a-z0-9-]+$/.test(name)).slice(0, 40);
}

/** @returns 1 if the requests got tokens that Envoy keeps */
function checkDecisions(files: Files, { snapshot, kept }: Loaded, pair: Pair): 0 | 1 {
  const [one, other] = [decide(snapshot, pair.one, 1), decide(snapshot, pair.other, 2)];
  const route = one.kind === 'untouched' ? undefined : one.route;
  if (route !== (other.kind === 'untouched' ? undefined : other.route)) fail(files, kept, pair, [one, other]);
  if (!isKept(one, kept)) return 0;
  const [first, second] = [shown(one), shown(other)];
  if (first !== second) fail(files, kept, pair, [first, second]);
  return 1;
}

function decide(snapshot: Snapshot, request: IncomingRequest, random: number): Decision {
  let id = random * 1_000_000;
  const randomId = (): string => `00000000-0000-4000-8000-${String(id++).padStart(12, '0')}`;
  return decideAtOnce(snapshot, { clock: () => 1_700_000_000_500, randomId })(request);
}

/** Whether all policies that ran are those whose tokens are kept. */
function isKept(decision: Decision, { policies }: KeptByEnvoy): boolean {
  return decision.kind === 'forward' && decision.mints.every(({ policy }) => policies.includes(policy));
}

/** A random signature is left out. */
function shown(decision: Decision): string {
  if (decision.kind !== 'forward') return JSON.stringify({ ...decision, mints: [] });
  const set = decision.set.map(([name, value]) => {
    const [head, ...parts] = value.split('.');
    return [name, head, ...parts.slice(0, 1).map((part) => Buffer.from(part, 'base64url').toString())];
  });
  return JSON.stringify([set, decision.remove]);
}

/** The values of one request at two times, with other random ids, and all that is read for them. */
function checkValues(files: Files, { snapshot, kept }: Loaded, pair: Pair): void {
  const all = [...snapshot.policies.values(), ...snapshot.variants].filter(({ name }) => kept.policies.includes(name));
  for (const policy of all) {
    for (const value of valuesOf(policy)) {
      const reads = new Reads();
      const one = evaluated(value, () => scopeOf(snapshot, policy, pair.one, 1_700_000_000_500), reads);
      const other = evaluated(value, () => scopeOf(snapshot, policy, pair.other, 1_731_111_111_999), new Reads());
      if (one !== other) fail(files, kept, pair, [one, other]);
      const uncovered = reads.all.find(({ input }) => !isCovered(input, kept.key, policy, snapshot));
      if (uncovered !== undefined) fail(files, kept, pair, [`read and not in the key: ${uncovered.input}`, '']);
    }
  }
}

function valuesOf({ plan }: CompiledPolicy): readonly Computed[] {
  return [...plan.header, ...plan.claims].flatMap((step) => {
    if (step.kind === 'members') return [step.value];
    if (step.kind !== 'computed') return [];
    return typeof step.name === 'string' ? [step.value] : [step.name, step.value];
  });
}

function scopeOf(snapshot: Snapshot, { as }: CompiledPolicy, request: IncomingRequest, now: number): RequestScope {
  const caller = snapshot.identify(request);
  return new RequestScope({
    attributes: new RequestView(request.headers, describedRequest(request)),
    authentication: as === undefined ? caller : callerAs(caller, as),
    request,
    variables: new Map(),
    now,
    randomId: () => `00000000-0000-4000-8000-${String(now).padStart(12, '0').slice(-12)}`,
  });
}

function evaluated(value: Computed, scope: () => RequestScope, reads: Reads): string {
  try {
    return JSON.stringify(value.evaluate(recordedScope(scope(), reads, new RecordedMemo()))) ?? 'nothing';
  } catch (error) {
    if (error instanceof MintError) return error.code;
    throw error;
  }
}

/** Flex Gateway's own language may read an input as a whole and use a part of it. */
const wholes = /^attributes\.(?:headers|queryParams)$|^attributes\.[a-zA-Z]+$/;

/** What was read, and the parts of a key of which one covers it; undefined for what no part does. */
const coverings: readonly (readonly [input: RegExp, parts: readonly string[]])[] = [
  [/^vars|^attributes\.statusCode$|^the attribute xds\.route_name$/, ['always']],
  [/^authentication\.|^the caller's /, ['caller']],
  [/^attributes\.headers\.:path$|^attributes\.request(?:Path|Uri)$/, ['path', 'query']],
  [/^attributes\.query/, ['query']],
  [/^attributes\.method$/, ['header :method']],
  [/^(?:attributes\.|the attribute request\.)scheme$/, ['header :scheme']],
];

function isCovered(input: string, key: ReuseKey, { plan }: CompiledPolicy, { settings }: Snapshot): boolean {
  if (plan.dialect === 'flex' && wholes.test(input)) return true;
  const isKnown = key.caller.kind !== 'none' || settings.authentication.sources.length === 0;
  const parts = key.parts.map((part) => (part.kind === 'header' ? `header ${part.name}` : part.kind));
  const covered = new Set(['always', ...(isKnown ? ['caller'] : []), ...parts]);
  const row = coverings.find(([pattern]) => pattern.test(input));
  if (row !== undefined) return row[1].some((part) => covered.has(part));
  const [, header] = /^attributes\.headers\.(.+)$/s.exec(input) ?? [];
  return header !== undefined && covered.has(`header ${header.toLowerCase()}`);
}

function fail(files: Files, { key }: KeptByEnvoy, { described: requests }: Pair, found: readonly unknown[]): never {
  const [one, other] = found.map((part) => (typeof part === 'string' ? part : JSON.stringify(part)));
  throw new Finding(`${described(files)}\nkey ${JSON.stringify(key)}\n${requests}\n${one}\n${other}`);
}
