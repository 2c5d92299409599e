/**
 * @module
 * The command that writes the Envoy part of an imported folder again, with what the export says of the callers' tokens,
 * and what its placeholders stand for.
 */
import type { CallerIssuer } from '../dialects/exported.ts';
import { markdownCode } from '../documents/write-markdown.ts';
import type { Migration } from './migration.ts';

export interface ProxyPart {
  /** As `mintproc gen` names it. */
  readonly platform: string;
  /** The files of the Envoy part by their names. */
  readonly files: ReadonlyMap<string, string>;
  /** Sentences: what to do that no file says by itself. */
  readonly notes: readonly string[];
  /** Whether Envoy has to say who the caller is. */
  readonly readsCaller: boolean;
}

export interface GenCommand {
  /** A line of a shell. */
  readonly line: string;
  /** Sentences: what to write in place of its words in capitals. */
  readonly meanings: readonly string[];
  /** What else the export says of the callers' tokens. */
  readonly known: readonly string[];
}

/** @param proxy how the part was written; only `mintproc gen envoy` writes the filter that verifies callers */
export function genCommand(
  { policies }: Pick<Migration, 'policies'>,
  { platform, files, readsCaller }: Pick<ProxyPart, 'platform' | 'files' | 'readsCaller'>,
): GenCommand {
  const known = issuersOf(policies);
  const isEnvoy = platform === 'envoy';
  const callers = isEnvoy && readsCaller ? callerOptions(known) : { options: [], meanings: [] };
  const line = [
    `mintproc gen ${platform} --config mintproc.yaml --out .`,
    ...(files.size === 0 ? [] : ['--force']),
    ...(isEnvoy ? ['--upstream HOST:PORT'] : []),
    ...callers.options,
  ].join(' ');
  // The command has the only one.
  const others = readsCaller && (known.length > 1 || !isEnvoy) ? known.map(issuerText) : [];
  return {
    line,
    meanings: isEnvoy ? [backend, ...callers.meanings] : [],
    known: others.length === 0 ? [] : [`On the gateway, the callers' tokens had ${others.join('; or ')}.`],
  };
}

const backend =
  '`HOST:PORT` is where the backend is. Envoy sends it the path as it came: if the gateway changed it, let the routes do so (`prefix_rewrite`).';

function issuersOf(policies: Migration['policies']): readonly CallerIssuer[] {
  const running = policies.filter(({ entry }) => entry !== undefined);
  const all = running.flatMap(({ policy }) => policy.issuers ?? []).filter((one) => issuerText(one) !== '');
  return [...new Map(all.map((one) => [issuerText(one), one])).values()];
}

/** As a phrase; empty if nothing is known. */
function issuerText({ issuer, audience, jwks }: CallerIssuer): string {
  const parts = [
    ['the issuer', issuer],
    ['the audience', audience],
    ['the key set', jwks],
  ] as const;
  return parts.flatMap(([what, value]) => (value === undefined ? [] : [`${what} ${markdownCode(value)}`])).join(', ');
}

interface CallerOptions {
  readonly options: readonly string[];
  readonly meanings: readonly string[];
}

function callerOptions(known: readonly CallerIssuer[]): CallerOptions {
  const [only, ...others] = known;
  const { issuer, audience, jwks } = only !== undefined && others.length === 0 ? only : unknown;
  return {
    options: [
      `--issuer ${issuer ?? 'ISSUER'}`,
      ...(audience === undefined ? [] : [`--audience ${audience}`]),
      `--jwks ${jwks ?? 'KEYS'}`,
    ],
    meanings: [
      ...(issuer === undefined ? ["`ISSUER` is the claim `iss` of the callers' tokens."] : []),
      ...(jwks === undefined ? ['`KEYS` is the https URL of the key set of the issuer, or a file.'] : []),
      ...(audience === undefined ? ['Add `--audience NAME` if the tokens are for an audience.'] : []),
      'If callers do not have JWTs, leave these options out, and put a filter before mintproc that knows the caller.',
    ],
  };
}

const unknown: CallerIssuer = { issuer: undefined, audience: undefined, jwks: undefined };
