/**
 * @module
 * What Envoy has of a policy's tokens without asking mintproc, for `validate` and `explain`.
 */
import type { KeptFinding } from '../configuration/envoy-reuse.ts';
import type { CompiledPolicy } from '../configuration/policy/policy-loader.ts';
import { inEnvoyOf } from '../configuration/policy/reuse-settings.ts';
import { isPlainName } from '../diagnostics/harmless.ts';
import { listed } from '../diagnostics/listing.ts';
import { sentencesOf } from '../diagnostics/problem.ts';
import type { KeptByEnvoy, KeyPart } from '../request/envoy-reuse.ts';

type Kept = Pick<CompiledPolicy, 'name' | 'reuse' | 'tokenFile'>;

/**
 * A phrase for the line of a policy; undefined if each request calls mintproc.
 * @param kept the names of the policies whose tokens Envoy may keep
 */
export function inEnvoy({ name, reuse, tokenFile }: Kept, kept: ReadonlySet<string>): string | undefined {
  if (tokenFile !== undefined) return 'Envoy has its token from a file (`sds`)';
  if (!kept.has(name)) return undefined;
  return `Envoy may keep them for ${longest(reuse)} s (\`gen envoy --reuse-in-envoy\`)`;
}

/** @param finding undefined without a configuration that loads */
export function describeInEnvoy(policy: Kept, finding: KeptFinding | undefined): string {
  const { name, reuse, tokenFile } = policy;
  if (tokenFile !== undefined) return 'it has the token from the file of `sds`, and asks for none';
  if (reuse.kind !== 'longer') return 'nothing is kept: its tokens are not reused for longer than a second';
  if (inEnvoyOf(reuse) === 0) return 'nothing is kept: `inEnvoy` is 0s';
  if (finding === undefined)
    return 'this depends on all policies and routes: give the whole configuration with --config, without errors';
  if (finding.kind === 'refused') return `nothing is kept: ${finding.problems.map(sentencesOf).join(' ')}`;
  const { kept } = finding;
  if (!kept.policies.includes(name)) {
    return 'nothing is kept: each route with this policy has others whose tokens are not kept, or there is none';
  }
  return `with \`gen envoy --reuse-in-envoy\`, a token is kept for ${longest(reuse)} s at most, by ${keyOf(kept)}`;
}

/** Seconds. */
function longest(reuse: CompiledPolicy['reuse']): number {
  return reuse.kind === 'longer' ? Math.min(reuse.inEnvoy, reuse.limits.for) / 1000 : 0;
}

const callers: Readonly<Record<KeptByEnvoy['key']['caller']['kind'], readonly string[]>> = {
  none: [],
  token: ["the claims of the caller's token"],
  certificate: ["the caller's certificate"],
};

/** What a token is kept under. The policies and routes of a configuration share one key. */
function keyOf({ key: { caller, parts } }: KeptByEnvoy): string {
  return listed(['the route', ...callers[caller.kind], ...parts.map(partName)]);
}

const pseudoHeaders: ReadonlyMap<string, string> = new Map([
  [':authority', 'the host'],
  [':method', 'the method'],
  [':scheme', 'the scheme'],
]);

function partName(part: KeyPart): string {
  if (part.kind !== 'header') return `the ${part.kind}`;
  const { name } = part;
  return pseudoHeaders.get(name) ?? (isPlainName(name) ? `\`${name}\`` : 'a header');
}
