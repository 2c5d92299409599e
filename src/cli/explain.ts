/**
 * @module
 * `mintproc explain`: describes what a policy does to a request. It says where members come from, and never shows
 * values.
 */

import { readsOfPolicy } from '../configuration/envoy-reads.ts';
import { diskFiles } from '../configuration/files.ts';
import type { CompiledPolicy } from '../configuration/policy/policy-loader.ts';
import { describeReuse } from '../configuration/policy/reuse-settings.ts';
import { loadSinglePolicy } from '../configuration/single-policy.ts';
import { formatProblem } from '../diagnostics/problem.ts';
import { describeJoined } from '../identity/authentication.ts';
import type { AuthenticationSettings } from '../identity/authentication-schema.ts';
import type { HeldKey } from '../keys/held-key.ts';
import { shownName } from '../keys/ring-state.ts';
import { type KeyRing, termsOf } from '../keys/rotation.ts';
import type { HeaderStep, TokenPlan } from '../plan/token-plan.ts';
import { type Command, stringOption } from './command.ts';
import { jsonText } from './json-text.ts';
import { describeEnvoyReads, describeObjects, describeReads, type Reading, shownReads } from './reads.ts';
import { UsageError } from './terminal.ts';

const help = `Usage: mintproc explain --policy FILE|NAME [--config FILE] [--format text|json]

Describes what a policy does: how the token is signed or encrypted, which key signs and until when, which header carries
the token, where each header parameter and claim comes from, what happens if no token can be minted, whether a caller is
required, whether tokens are reused, which claims of the caller are joined from lists to strings, which sources know the
caller, what Envoy must send, and where each member and variable that the policy reads comes from.

  --policy FILE  the policy file; with --config also the NAME of an entry, if there is no file with that name
  --config FILE  the mintproc.yaml whose entry for this policy names the key, the header and so on
  --format FORM  text (default) or json`;

export const explainCommand: Command = {
  help,
  options: { policy: { type: 'string' }, config: { type: 'string' }, format: { type: 'string' } },
  async run(args, terminal) {
    const file = stringOption(args, 'policy');
    if (file === undefined) throw new UsageError('The option --policy is required.');
    const config = stringOption(args, 'config');
    const lone = { file, entry: undefined, config, environment: terminal.environment };
    const { policy, ring, problems, authentication } = loadSinglePolicy(lone, diskFiles);
    for (const problem of problems) terminal.error(formatProblem(problem));
    if (policy === undefined) return 1;
    const explanation = explain(policy, describeKeys(policy, ring, terminal.now()), authentication);
    const asJson = stringOption(args, 'format') === 'json';
    terminal.out(asJson ? `${jsonText(explanation, 2)}\n` : toText(file, explanation));
    return 0;
  },
};

interface Member {
  /** Null if the name depends on the request. */
  readonly name: string | null;
  readonly comes: string;
}

interface Explanation {
  readonly dialect: string;
  readonly token: string;
  readonly key: string;
  readonly output: string;
  readonly onError: string;
  /** The requests of a route that get a token. */
  readonly requests: string;
  readonly caller: string;
  readonly reuse: string;
  /** Claims of the caller that are lists in Envoy and strings in an expression. */
  readonly joins: string;
  /** The sources of the caller, and the objects that they give. */
  readonly sources: string;
  /** What the policy reads of what Envoy sends only if its filter says so. */
  readonly envoyReads: ReturnType<typeof shownReads>;
  readonly header: readonly Member[];
  readonly claims: readonly Member[];
  /** What the policy reads of the request, the caller and variables. */
  readonly reads: readonly Reading[];
}

function explain(policy: CompiledPolicy, key: string, authentication: AuthenticationSettings): Explanation {
  const { plan, dialect, output, onError, requiresCaller, reuse, found, as } = policy;
  const lenient = "the request continues without a token, and without the client's own copy of the header";
  return {
    dialect,
    token: plan.disabled === true ? 'none: the policy is disabled' : describeToken(plan),
    key,
    output: `${output.header}: ${output.prefix}…`,
    onError: onError === 'deny' ? 'the request is refused' : lenient,
    requests: describeRules(plan),
    caller: requiresCaller ? 'required: a request without one is refused with 401' : 'not required by its entry',
    reuse: describeReuse(reuse),
    joins: describeJoined(authentication),
    sources: describeObjects(authentication, as),
    envoyReads: shownReads(readsOfPolicy(policy, authentication)),
    header: (plan.encryption?.header ?? plan.header).map(describeStep),
    claims: plan.claims.map(describeStep),
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

function describeStep(step: HeaderStep): Member {
  switch (step.kind) {
    case 'fixed':
      return { name: step.name, comes: 'the same for every request' };
    case 'computed':
      return { name: typeof step.name === 'string' ? step.name : null, comes: 'from each request' };
    case 'members':
      return { name: null, comes: 'the members of an object, from each request' };
    case 'time':
      return { name: step.name, comes: `the time of minting${step.offset === 0 ? '' : ` + ${step.offset} s`}` };
    case 'key-id':
      return { name: 'kid', comes: 'the identifier of the key in use, if it has one' };
  }
}

function toText(file: string, explanation: Explanation): string {
  const { dialect, header, claims, reads, envoyReads, ...rest } = explanation;
  const facts = Object.entries({ ...rest, envoy: describeEnvoyReads(envoyReads) }).map(
    ([name, text]) => `  ${name.padEnd(9)}${text}`,
  );
  const tables = [
    table('header', header),
    table('claims', claims),
    ...(reads.length === 0 ? [] : [table('reads', reads)]),
  ];
  return [`${file} (${dialect})`, ...facts, ...tables.flatMap((lines) => ['', ...lines]), ''].join('\n');
}

function table(title: string, members: readonly Member[]): string[] {
  const width = Math.max(...members.map(({ name }) => (name ?? anyName).length)) + 2;
  return [`  ${title}`, ...members.map(({ name, comes }) => `    ${(name ?? anyName).padEnd(width)}${comes}`)];
}

const anyName = '(named by the request)';
