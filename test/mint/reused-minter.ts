/**
 * A minter whose tokens are reused and numbered, so that a test knows which token a request got.
 */
import assert from 'node:assert/strict';
import { finish } from '../../src/diagnostics/steps.ts';
import type { StagedMinter } from '../../src/mint/minter.ts';
import { RequestScope } from '../../src/mint/request-scope.ts';
import { type ReuseLimits, reusing } from '../../src/mint/reuse.ts';
import { ReuseMemory } from '../../src/mint/reuse-memory.ts';
import { Evaluation, type Values } from '../../src/mint/values.ts';
import { needsNothing } from '../../src/plan/needs.ts';
import type { Scope, Step } from '../../src/plan/token-plan.ts';
import { HeaderList } from '../../src/request/header-fields.ts';
import { emptyView } from '../../src/request/object-view.ts';
import { RequestView } from '../../src/request/request-view.ts';
import { atOnce } from '../at-once.ts';
import { somewhere } from './scope.ts';

export const second = 1_700_000_000_000;

export function scopeAt(now: number, headers: Readonly<Record<string, string>> = {}): Scope {
  const fields = new HeaderList(Object.entries(headers));
  const surroundings = { scheme: null, version: null, remoteAddress: null, localAddress: null };
  return new RequestScope({
    attributes: new RequestView(fields, surroundings),
    authentication: { clientId: null, clientName: null, principal: null, properties: null },
    request: { headers: fields, attributes: new Map(), metadata: emptyView },
    variables: new Map(),
    now,
    randomId: () => '11111111-2222-4333-8444-555555555555',
  });
}

export const header = (name: string): Step => ({
  kind: 'computed',
  place: somewhere,
  name,
  value: { needs: needsNothing, evaluate: ({ attributes }) => attributes.header(name) },
});
const steps: readonly Step[] = [header('a'), header('b'), { kind: 'time', name: 'iat', offset: 0 }];
export const plan = { header: [], claims: steps };
const limits: ReuseLimits = { for: 0, leeway: 0, refreshAhead: 0, entries: 100, bytes: 1_000_000 };

/** Counts its tokens. A token contains its number and expires 60 s after it was minted. */
export function reusedMinter(
  changed: Partial<ReuseLimits> = {},
  content: { header: readonly Step[]; claims: readonly Step[] } = plan,
  memory = new ReuseMemory(1_000_000),
) {
  let minted = 0;
  const later: (() => void)[] = [];
  const counts = { hit: 0, miss: 0, evicted: 0 };
  /** What was left of each reused token, in seconds. */
  const lifetimes: number[] = [];
  /** While it is true, no token can be made. */
  const signer = { fails: false };
  /** The values of each token. */
  const written: Values[] = [];
  const evaluation = new Evaluation();
  finish(evaluation.place([...content.header, ...content.claims], 'claim'));
  const write = (values: Values, now: number): string => {
    if (signer.fails) throw new Error('no key signs now');
    written.push(values);
    const claims = JSON.stringify({ n: ++minted, exp: Math.floor(now / 1000) + 60 });
    return `h.${Buffer.from(claims).toString('base64url')}.s`;
  };
  const minter: StagedMinter = {
    evaluate: (scope) => evaluation.evaluate(scope),
    write,
    mint: () => assert.fail('the minter must not compute the values again'),
  };
  const reused = reusing(
    minter,
    { ...limits, ...changed },
    {
      hit: { increment: () => void counts.hit++ },
      miss: { increment: () => void counts.miss++ },
      evicted: { increment: () => void counts.evicted++ },
      lifetime: { observe: (seconds) => void lifetimes.push(seconds) },
    },
    memory,
    (work) => void later.push(work),
  );
  const numberOf = (now: number, headers?: Readonly<Record<string, string>>): number =>
    JSON.parse(Buffer.from(atOnce(reused.mint(scopeAt(now, headers))).split('.')[1] ?? '', 'base64url').toString()).n;
  /** Runs what was put off until the requests are answered. @returns how much that was */
  const answered = (): number => later.splice(0).map((work) => work()).length;
  return { numberOf, answered, counts, lifetimes, signer, written, kept: reused.kept };
}
