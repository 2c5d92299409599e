/**
 * @module
 * A `*.test.yaml` that expects what happened to a request. What differs each time is found by letting the request go
 * once more, at another time and with other random identifiers.
 */

import { codes } from '../diagnostics/codes.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import { exactValue } from '../documents/exact-values.ts';
import type { ReadableToken } from '../trial/compare-tokens.ts';
import { readableToken } from '../trial/readable-token.ts';
import type { PolicyResult, Trial, TriedPolicy } from '../trial/run-trial.ts';
import type { VerifyingKey } from '../verification/verifying-key.ts';
import type { ReadCase } from './case.ts';
import { expectedMembers } from './expected-claims.ts';
import { yamlText } from './written-yaml.ts';

export interface TestedOutcome {
  readonly read: ReadCase;
  /** The name of the configuration, relative to the test. */
  readonly config: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly trial: Trial;
  /** What opens encrypted tokens. */
  readonly keys: readonly VerifyingKey[];
  /** The route that the request took: its name or number; undefined if no route was asked. */
  readonly route: string | number | undefined;
  /** Whether `mintproc test` can open tokens that are encrypted to a public key. */
  readonly canOpen: boolean;
  /** Lets the request go again. @param at milliseconds since the epoch */
  readonly again: (at: number) => Promise<Trial>;
}

export async function testCaseText(outcome: TestedOutcome): Promise<string> {
  const { read, config, at } = outcome;
  const later = read.at === undefined ? await outcome.again(at + later400Days) : undefined;
  // Keys and conditions may have their times: then the case has its time, too.
  const isTimeless = later !== undefined && isAlike(outcome.trial, later);
  const other = isTimeless ? later : await outcome.again(at);
  const expectations = await expectationsOf(outcome, other);
  const { name = `${read.read.trial.request.method} ${read.read.trial.request.path}` } = read;
  const written = writtenCase(read);
  const time = isTimeless ? {} : { at: read.at === undefined ? new Date(at).toISOString() : (read.written ?? at) };
  const cases = expectations.map((expect, index) => ({
    name: index === 0 ? name : `${name} (${index + 1})`,
    ...time,
    ...written,
    expect,
  }));
  return `${yamlText({ config, cases: cases as unknown as JsonValue }).trimStart()}\n`;
}

/** Another day of the week, hour, minute and second as well. In milliseconds. */
const later400Days = ((400 * 24 + 5) * 3600 + 7 * 60 + 11) * 1000;

function isAlike(one: Trial, other: Trial): boolean {
  const shape = ({ decision, policies }: Trial): string =>
    JSON.stringify([
      decision.kind,
      statusOf(decision),
      policies.map(({ policy, result }) => [policy.name, whatOf(result)]),
    ]);
  return shape(one) === shape(other);
}

function statusOf(decision: Trial['decision']): readonly unknown[] {
  return decision.kind === 'refuse' ? [decision.refusal.status, refusalCode(decision)] : [];
}

function whatOf(result: PolicyResult): readonly unknown[] {
  return [result.kind, 'reason' in result ? result.reason.code : undefined];
}

/** Of the codes that mintproc knows: a policy may name its own. */
export function refusalCode(decision: Extract<Trial['decision'], { readonly kind: 'refuse' }>): string | undefined {
  const code = decision.code ?? decision.mints.find(({ outcome }) => outcome === 'refused')?.code;
  return code !== undefined && Object.hasOwn(codes, code) ? code : undefined;
}

/** What the author has written, with all digits. */
function writtenCase({ read: { document } }: ReadCase): JsonObject {
  const { name: _name, at: _at, ...rest } = exactValue(document, [], document.value as JsonValue) as JsonObject;
  return rest;
}

/** One for each token; a request without a token has one. */
async function expectationsOf(outcome: TestedOutcome, other: Trial): Promise<readonly JsonObject[]> {
  const { trial, route } = outcome;
  const onRoute = route === undefined ? {} : { route };
  const { decision, policies } = trial;
  if (decision.kind === 'refuse') {
    const code = refusalCode(decision);
    return [{ ...onRoute, refused: { status: decision.refusal.status, ...(code === undefined ? {} : { code }) } }];
  }
  if (decision.kind === 'untouched') return [{ route: 'none', withoutToken: { because: 'unmatched' } }];
  const all = policies.map((tried) => expectationOf(tried, outcome, other));
  const expectations = (await Promise.all(all)).map((one) => ({ ...onRoute, ...one }));
  return expectations.length === 0 ? [{ ...onRoute, withoutToken: true }] : expectations;
}

async function expectationOf(
  { policy, result }: TriedPolicy,
  outcome: TestedOutcome,
  other: Trial,
): Promise<JsonObject> {
  const { name, output, plan } = policy;
  switch (result.kind) {
    case 'disabled':
    case 'outside-rules':
      return { policy: name, withoutToken: { because: result.kind } };
    case 'passed': {
      const { code } = result.reason;
      const known = code !== undefined && Object.hasOwn(codes, code) ? { code } : {};
      return { policy: name, withoutToken: { because: 'error', ...known } };
    }
    case 'minted': {
      const header = { name: output.header, ...(output.prefix === '' ? {} : { prefix: output.prefix }) };
      const again = other.policies.find((one) => one.policy.name === name)?.result;
      const members = again?.kind === 'minted' ? await tokenMembers(result.token, again.token, plan, outcome) : {};
      return { policy: name, header, ...members };
    }
    default:
      throw new TypeError('a policy that did not run, of a request that is not refused');
  }
}

/** They name or are the key, or are random: another key has others. */
const ofKeys = new Set(['kid', 'jwk', 'x5c', 'x5t', 'x5t#S256', 'jku', 'x5u', 'epk', 'iv', 'tag', 'p2s']);

async function tokenMembers(
  token: string,
  another: string,
  { encryption }: TriedPolicy['policy']['plan'],
  { keys, canOpen }: TestedOutcome,
): Promise<JsonObject> {
  const [one, other] = [await opened(token, keys), await opened(another, keys)];
  if (one === undefined || other === undefined) return {};
  const header = expectedMembers(one.header, other.header).members;
  const jwt = { header: withoutKeys(header) };
  const isOpen = encryption === undefined || canOpen || keys.every(({ key }) => key.type === 'secret');
  if (!isOpen || one.claims === undefined || other.claims === undefined) return { jwt };
  const { members: claims, areAll } = expectedMembers(one.claims, other.claims);
  return { jwt: { ...jwt, claims }, ...(areAll ? { exact: true } : {}) };
}

function withoutKeys(header: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(header).map(([name, value]) => [name, ofKeys.has(name) ? { present: true } : value]),
  );
}

async function opened(token: string, keys: readonly VerifyingKey[]): Promise<ReadableToken | undefined> {
  const reading = await readableToken(token, keys, undefined);
  return reading.ok ? reading.token : undefined;
}
