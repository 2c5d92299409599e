/**
 * @module
 * What a policy does to any request, for `explain`: where the members of its token come from, its keys, what it reads.
 */

import { readsOfPolicy } from '../configuration/envoy-reads.ts';
import type { KeptFinding } from '../configuration/envoy-reuse.ts';
import { diskFiles } from '../configuration/files.ts';
import type { CompiledPolicy } from '../configuration/policy/policy-loader.ts';
import { describeReuse } from '../configuration/policy/reuse-settings.ts';
import { describeJoined } from '../identity/authentication.ts';
import type { AuthenticationSettings } from '../identity/authentication-schema.ts';
import type { HeldKey } from '../keys/held-key.ts';
import { shownName } from '../keys/ring-state.ts';
import { type KeyRing, termsOf } from '../keys/rotation.ts';
import type { TokenPlan } from '../plan/token-plan.ts';
import { explainToken } from '../trial/explained-members.ts';
import { type MemberFields, membersFields, shortened, WrittenTexts } from '../trial/member-fields.ts';
import { jsonText } from './json-text.ts';
import { describeInEnvoy } from './kept-in-envoy.ts';
import { describeEnvoyReads, describeObjects, describeReads, type Reading, shownReads } from './reads.ts';

/** What a policy does to any request. */
export interface Explanation {
  readonly dialect: string;
  readonly token: string;
  readonly key: string;
  readonly output: string;
  readonly onError: string;
  /** The requests of a route that get a token. */
  readonly requests: string;
  readonly caller: string;
  readonly reuse: string;
  /** What Envoy has of its tokens without asking mintproc. */
  readonly inEnvoy: string;
  /** Claims of the caller that are lists in Envoy and strings in an expression. */
  readonly joins: string;
  /** The sources of the caller, and the objects that they give. */
  readonly sources: string;
  /** What the policy reads of what Envoy sends only if its filter says so. */
  readonly envoyReads: ReturnType<typeof shownReads>;
  readonly header: readonly MemberFields[];
  /** Only if a token is encrypted whose header is not empty. */
  readonly enclosedHeader?: readonly MemberFields[];
  readonly claims: readonly MemberFields[];
  /** What the policy reads of the request, the caller and variables. */
  readonly reads: readonly Reading[];
}

export function explainPolicy(
  policy: CompiledPolicy,
  ring: KeyRing,
  authentication: AuthenticationSettings,
  now: number,
  kept: KeptFinding | undefined,
): Explanation {
  const { plan, dialect, output, onError, requiresCaller, reuse, found, as } = policy;
  const lenient = "the request continues without a token, and without the client's own copy of the header";
  return {
    dialect,
    token: plan.disabled === true ? 'none: the policy is disabled' : describeToken(plan),
    key: describeKeys(policy, ring, now),
    output: `${output.header}: ${output.prefix}…`,
    onError: onError === 'deny' ? 'the request is refused' : lenient,
    requests: describeRules(plan),
    caller: requiresCaller ? 'required: a request without one is refused with 401' : 'not required by its entry',
    reuse: describeReuse(reuse),
    inEnvoy: describeInEnvoy(policy, kept),
    joins: describeJoined(authentication),
    sources: describeObjects(authentication, as),
    envoyReads: shownReads(readsOfPolicy(policy, authentication)),
    ...membersFields(explainToken(plan), new WrittenTexts(diskFiles)),
    reads: describeReads({ found, as }, authentication),
  };
}

function describeRules({ rules }: TokenPlan): string {
  if (rules === undefined) return 'every request of a route with this policy';
  const count = rules.rules.length;
  const those = count === 1 ? 'the rule' : `one of the ${count} rules`;
  const after = rules.basePaths.length === 0 ? '' : ', after the base path of the API';
  return `those that match ${those} of the policy${after}; others go on without a token and without the client's own`;
}

function describeToken({ algorithm, encryption }: TokenPlan): string {
  const signed = algorithm === undefined ? 'not signed' : `signed with ${algorithm.name}`;
  if (encryption === undefined) return signed;
  return `${signed}, encrypted with ${encryption.management.name} and ${encryption.content.name}`;
}

/** The terms that are shown; a folder may have thousands of keys. */
const maxTerms = 5;

/** The key that would sign in a process that starts now, and those that follow. */
function describeKeys({ plan }: CompiledPolicy, ring: KeyRing, now: number): string {
  if (plan.algorithm === undefined || plan.disabled === true) return 'none: the token is not signed';
  const terms = termsOf(ring);
  const first = Math.max(
    0,
    terms.findLastIndex(({ from }) => from <= now),
  );
  const shown = terms.slice(first, first + maxTerms);
  const more = terms.length - first - shown.length;
  const described = shown.map(({ from, signer }) => {
    const since = from > now ? `from ${new Date(from).toISOString()} on ` : '';
    return `${since}${signer === undefined ? 'no key is active, and requests are refused' : describeHeld(signer.held)}`;
  });
  return `${described.join('; ')}${more > 0 ? `; and ${more} more changes` : ''}`;
}

function describeHeld(held: HeldKey): string {
  if (held.generated) return 'a key that is generated at every start';
  return shownName(held) ?? 'an HMAC key without a name';
}

export function explanationText(file: string, explanation: Explanation): string {
  const { dialect, header, enclosedHeader, claims, reads, envoyReads, ...rest } = explanation;
  const facts = Object.entries({ ...rest, envoy: describeEnvoyReads(envoyReads) }).map(
    ([name, text]) => `  ${name.padEnd(9)}${text}`,
  );
  const tables = [
    table('header', header.map(asRow)),
    ...(enclosedHeader === undefined ? [] : [table('enclosed header', enclosedHeader.map(asRow))]),
    table('claims', claims.map(asRow)),
    ...(reads.length === 0 ? [] : [table('reads', reads)]),
  ];
  return [`${file} (${dialect})`, ...facts, ...tables.flatMap((lines) => ['', ...lines]), ''].join('\n');
}

/** The constant, or the expression, after where it comes from. */
function asRow(member: MemberFields): Row {
  const { name, comes, expression } = member;
  const text = 'value' in member ? jsonText(member.value) : expression;
  return { name, comes: text === undefined ? comes : `${comes}: ${shortened(text)}` };
}

interface Row {
  /** Null if the name depends on the request. */
  readonly name: string | null;
  readonly comes: string;
}

function table(title: string, members: readonly Row[]): string[] {
  const width = Math.max(...members.map(({ name }) => (name ?? anyName).length)) + 2;
  return [`  ${title}`, ...members.map(({ name, comes }) => `    ${(name ?? anyName).padEnd(width)}${comes}`)];
}

const anyName = '(named by the request)';
