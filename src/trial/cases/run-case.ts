/**
 * @module
 * Runs a case: its request goes the whole way through a configuration, and what became of it is compared with what is
 * expected.
 */
import { randomUUID } from 'node:crypto';
import type { FileReader, TextContents } from '../../configuration/files.ts';
import { missingFileHint } from '../../diagnostics/missing-file.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { PasswordBudget } from '../../verification/opened-token.ts';
import type { VerifyingKey } from '../../verification/verifying-key.ts';
import { issueOf, type ReadableToken } from '../compare-tokens.ts';
import { triedOf } from '../read-trial.ts';
import { readableToken } from '../readable-token.ts';
import { type MintedToken, runTrial, type Trial, type TriedRequest } from '../run-trial.ts';
import { withoutKeysOf } from '../trial-variables.ts';
import { checkOutcome } from './check-outcome.ts';
import { checkRoute } from './check-route.ts';
import { checkHeader, checkMembers, checkSame } from './check-token.ts';
import type { Failure } from './failure.ts';
import type { Expectations, TestCase } from './read-test-file.ts';
import type { TestedConfiguration } from './tested-configuration.ts';

/** What a run of cases has besides their configuration. */
export interface CaseContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly files: Pick<FileReader, 'list'>;
  /** The text of a file that the test file names. Cases share a token, so it is read once. */
  textOf(path: string): TextContents;
  /** Resolves a path that a test file names. */
  resolve(path: string): string;
  /** The keys that the test file names. */
  readonly keys: readonly VerifyingKey[];
  /** For the recorded tokens of all cases of a run. */
  readonly budget: PasswordBudget;
}

export interface RanCase {
  /** Empty if the case passes. */
  readonly failures: readonly Failure[];
  /** What was tried; undefined if the request cannot be made. */
  readonly tried: TriedCase | undefined;
}

interface TriedCase extends TriedRequest {
  readonly at: number;
  /** The random identifiers that it used, in their order. */
  readonly ids: readonly string[];
}

export async function runCase(one: TestCase, tested: TestedConfiguration, context: CaseContext): Promise<RanCase> {
  const { expect } = one;
  const { snapshot } = tested;
  const recorded = expect.sameAs && (await recordedToken(expect.sameAs.token, one, tested, context));
  if (recorded?.ok === false) return { failures: [recorded.failure], tried: undefined };
  const reading = triedOf(one.request, snapshot.settings.authentication, snapshot.identify);
  if (!reading.ok) return { failures: reading.problems.map(asFailure), tried: undefined };
  const at = one.at ?? (recorded && issueOf(recorded.token)) ?? context.now;
  const ids: string[] = [];
  const randomId = (): string => {
    const id = randomUUID();
    ids.push(id);
    return id;
  };
  const tried = { ...withoutKeysOf(snapshot, reading.value), at, ids };
  const trial = await runTrial(snapshot, tried, { at, randomId });
  const routes = expect.route === undefined ? [] : checkRoute(expect.route, tried.incoming, tested);
  const { failures, token } = checkOutcome(expect, trial, snapshot.policies.keys());
  const others = token && (await checkToken(token, expect, recorded?.token, { tested, context, at }));
  return { failures: [...routes, ...failures, ...(others ?? [])], tried };
}

/** Runs the request of a case again, with a configuration that records how members are computed. */
export function runAgain({ at, ids, ...tried }: TriedCase, { snapshot }: TestedConfiguration): Promise<Trial> {
  const again = ids.values();
  const randomId = (): string => again.next().value ?? randomUUID();
  return runTrial(snapshot, { ...tried, identify: snapshot.identify }, { at, randomId });
}

function asFailure({ message, suggestion, path }: Problem): Failure {
  const inside = (path ?? []).slice(2);
  const sentences = suggestion === undefined ? message : `${message} ${suggestion}`;
  return { what: inside.join('.'), path: inside, message: sentences };
}

type Recorded =
  | { readonly ok: true; readonly token: ReadableToken }
  | { readonly ok: false; readonly failure: Failure };

async function recordedToken(
  path: string,
  { at }: TestCase,
  tested: TestedConfiguration,
  { files, textOf, resolve, keys, now, budget }: CaseContext,
): Promise<Recorded> {
  const failed = (message: string): Recorded => ({
    ok: false,
    failure: { what: 'sameAs', path: ['expect', 'sameAs'], message },
  });
  const file = resolve(path);
  const contents = textOf(file);
  if (contents.kind === 'failed') {
    const hint = missingFileHint(file, (folder) => files.list(folder), '');
    return failed(`The file with the token ${contents.reason}.${hint === undefined ? '' : ` ${hint}`}`);
  }
  const seconds = at === undefined ? undefined : Math.floor(at / 1000);
  const reading = await readableToken(contents.text, [...keys, ...tested.keysAt(at ?? now)], seconds, budget);
  return reading.ok ? reading : failed(`The token cannot be read. ${reading.message}`);
}

interface TokenContext {
  readonly tested: TestedConfiguration;
  readonly context: CaseContext;
  readonly at: number;
}

async function checkToken(
  minted: MintedToken,
  expect: Expectations,
  recorded: ReadableToken | undefined,
  { tested, context, at }: TokenContext,
): Promise<readonly Failure[]> {
  const header = expect.header === undefined ? [] : checkHeader(expect.header, minted);
  if (expect.jwt === undefined && recorded === undefined) return header;
  const { policy, token } = minted;
  const keys = policy.plan.encryption === undefined ? [] : [...context.keys, ...tested.keysAt(at)];
  const reading = await readableToken(token, keys, Math.floor(at / 1000));
  if (!reading.ok) throw new TypeError('a minted token that is not one');
  const ignored = expect.sameAs?.ignore ?? new Set();
  return [
    ...header,
    ...checkMembers(expect, reading.token, policy.name),
    ...(recorded === undefined ? [] : checkSame(recorded, reading.token, ignored, policy.name)),
  ];
}
