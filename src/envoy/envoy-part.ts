/**
 * @module
 * What a configuration of mintproc asks of the Envoy before it. Each platform writes it in its own form.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { Problem, ProblemDetails } from '../diagnostics/problem.ts';
import { Noted, type Written } from '../documents/commented-yaml.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import type { Address } from '../net/address.ts';
import type { EnvoyReads } from '../request/envoy-reads.ts';
import type { KeptByEnvoy } from '../request/envoy-reuse.ts';

/** The filters of Envoy that can call mintproc. */
export type FilterName = 'ext_proc' | 'ext_authz';

export interface EnvoyPart {
  readonly filter: FilterName;
  /** Where mintproc listens, as Envoy reaches it. */
  readonly address: Address;
  readonly tls: EnvoyTls | undefined;
  readonly reads: EnvoyReads;
  /** How long services that hold keys may take for the tokens of one request, in milliseconds; 0 if none signs. */
  readonly signingTime: number;
  readonly copies: ClientCopies;
  /** The payloads of `jwt_authn` that the configuration names; empty if it takes the only one. */
  readonly payloads: readonly string[];
  /** Whether something reads the caller's token itself, so that Envoy must not remove it before mintproc. */
  readonly readsCallerToken: boolean;
  /** Whether the name of the TLS peer names the caller. */
  readonly readsPeer: boolean;
  /** Whether the configuration says that there may be client certificates. Its default sources of the caller do not. */
  readonly namesCertificate: boolean;
  /** Whether `x-forwarded-client-cert` names the caller. */
  readonly trustsForwardedCertificate: boolean;
  /** Whether later filters get the variables that policies set. */
  readonly publishesVariables: boolean;
  /** The names of Envoy's routes that the configuration matches. */
  readonly routeNames: readonly string[];
  /** The routes whose token is in a file, which mintproc keeps up to date. */
  readonly injected: readonly InjectedToken[];
  /** Why such routes cannot be written. */
  readonly injectionProblems: readonly Problem[];
  /** A policy's name, if Envoy's routes may name their policy. */
  readonly routePolicy: string | undefined;
  /** What Envoy keeps tokens by; undefined if it keeps none. */
  readonly reuse: KeptByEnvoy | undefined;
}

/** A token that Envoy injects from a file. */
export interface InjectedToken {
  /** The name of Envoy's route; undefined for all routes that are not named. */
  readonly routeName: string | undefined;
  readonly policy: string;
  /** In lower case. */
  readonly header: string;
  /** The file as Envoy sees it. */
  readonly path: string;
  /** The name of the secret in it. */
  readonly secret: string;
  /** A problem with the entry of the policy; `path` leads to a key inside it. */
  problem(path: YamlPath, code: Code, details: ProblemDetails): Problem;
}

export interface EnvoyTls {
  /** The DNS name, IP address or SPIFFE ID in mintproc's certificate. */
  readonly name: string;
  /** The folder with `ca.crt`, and with `tls.crt` and `tls.key` if mintproc asks for a client's certificate. */
  readonly folder: string;
  readonly needsClientCertificate: boolean;
}

/** Headers that Envoy or mintproc sets, so that a client's own copies must go. All in lower case. */
export interface ClientCopies {
  /** Removed before anything reads them. */
  readonly removed: readonly string[];
  /**
   * Not removed, since a filter or a policy reads what the client sent. mintproc replaces or removes them on the routes
   * that mint.
   */
  readonly kept: readonly string[];
  /** The headers of variables: only their author knows whether the client sets them. */
  readonly uncertain: readonly string[];
}

export const jwtAuthn = 'envoy.filters.http.jwt_authn';
export const extAuthz = 'envoy.filters.http.ext_authz';
export const extProc = 'envoy.filters.http.ext_proc';

/** What mintproc itself needs at most on a busy machine, in milliseconds. */
const ownTime = 500;

/** How long Envoy waits for mintproc: longer than mintproc waits for a service, in whole seconds. */
export function patience({ signingTime }: Pick<EnvoyPart, 'signingTime'>): string {
  return `${Math.ceil((signingTime + ownTime) / 1000)}s`;
}

/** The same with its reason, if there is one. */
export function notedPatience(part: Pick<EnvoyPart, 'signingTime'>): Written {
  if (part.signingTime === 0) return patience(part);
  return new Noted(
    'Longer than mintproc waits for the services that hold keys: the `deadline` of each key, together on a route.',
    patience(part),
  );
}

/** The names in a stable order. */
export function namesOf(names: ReadonlyMap<string, unknown>): readonly string[] {
  return [...names.keys()].sort();
}

/** Whether a certificate that Envoy itself verified is read. */
export function readsCertificate({ attributes }: EnvoyReads): boolean {
  return [...attributes.keys()].some((name) => name.startsWith('connection.'));
}
