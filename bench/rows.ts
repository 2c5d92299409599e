/**
 * @module
 * The rows of the benchmark, each measured through Envoy.
 */
import type { TransportName } from '../src/extproc/transports/index.ts';
import type { Build } from './against.ts';
import type { Minting } from './servers/policy-files.ts';

/** The server of a row. */
export type Serving =
  | { readonly kind: 'transport'; readonly transport: TransportName }
  | { readonly kind: 'sidecar'; readonly minting: Minting }
  | { readonly kind: 'compared'; readonly command: string };

/** How a server is reached: by a unix socket, as in the project's deployment, or over TCP on the loopback interface. */
export type Over = 'unix' | 'tcp';

export interface Row {
  readonly name: string;
  readonly title: string;
  readonly serving: Serving;
  readonly over: Over;
  /** The number of different requests, sent in turn. Each has a different path, and so a different token. */
  readonly requests: number;
  /** Envoy's filter; default: ext_proc. */
  readonly filter?: 'ext_authz';
  /** What the `traceparent` of the requests says of the caller's own spans; `none`: they have none. */
  readonly traceparent: 'sampled' | 'unsampled' | 'none';
  /** The build of another commit that serves the row; undefined for this commit. */
  readonly build?: Build;
}

const fresh = (algorithm: Minting['algorithm'], claims = 0): Serving => ({
  kind: 'sidecar',
  minting: { algorithm, claims, reuse: false },
});

const reused: Serving = { kind: 'sidecar', minting: { algorithm: 'RS256', claims: 0, reuse: true } };

const traced = (sample: 'parent' | number): Serving => ({
  kind: 'sidecar',
  minting: { algorithm: 'RS256', claims: 0, reuse: true, traced: sample },
});

/** The name of our row that is reached in the same way as a compared server. */
export const ownRowFor = (name: string, server: { readonly over: Over }): string =>
  server.over === 'tcp' ? `${name}-tcp` : name;

/** Whether a row has one of these names or is a compared server. */
export const isAmong = ({ name, serving }: Row, names: readonly string[]): boolean =>
  serving.kind === 'compared' || names.includes(name);

const constant: Serving = { kind: 'transport', transport: 'native' };

export const ownRows: readonly Row[] = [
  row('constant', 'constant token, transport alone', constant),
  row('constant-tcp', 'the same over TCP', constant, 'tcp'),
  row('grpc-js', 'constant token, transport grpc-js', { kind: 'transport', transport: 'grpc-js' }),
  { ...row('ext_authz', 'constant token by ext_authz, transport alone', constant), filter: 'ext_authz' },
  row('RS256-reused', 'RS256, reused within its second', reused),
  row('RS256-reused-tcp', 'the same over TCP', reused, 'tcp'),
  { ...row('RS256-reused-50', 'the same, 50 different tokens in turn', reused), requests: 50 },
  { ...row('RS256-reused-ext_authz', 'RS256 by ext_authz, reused within its second', reused), filter: 'ext_authz' },
  {
    ...row('RS256-reused-traced-parent', 'the same, traced as the caller says, who does not', traced('parent')),
    traceparent: 'unsampled',
  },
  { ...row('RS256-reused-traced', 'the same, one in a hundred traced', traced(0.01)), traceparent: 'none' },
  row('RS256-reused-traced-limit', 'the same, all sampled, so as many traced as `perSecond`', traced('parent')),
  row('HS256', 'HS256, each signed', fresh('HS256')),
  row('claims-10', 'HS256 with 10 additional expressions', fresh('HS256', 10)),
  row('claims-50', 'HS256 with 50 additional expressions', fresh('HS256', 50)),
  row('ES256', 'ES256, each signed', fresh('ES256')),
  row('EdDSA', 'EdDSA, each signed', fresh('EdDSA')),
  row('RS256', 'RS256, each signed', fresh('RS256')),
  row('PS256', 'PS256, each signed', fresh('PS256')),
  row('JWE', 'JWE, RSA-OAEP-256 and A256GCM', fresh('RSA-OAEP-256')),
];

function row(name: string, title: string, serving: Serving, over: Over = 'unix'): Row {
  return { name, title, serving, over, requests: 1, traceparent: 'sampled' };
}

/** @param text `NAME=COMMAND`, with `{socket}` or `{port}` in the command @returns undefined for anything else */
export function comparedRow(text: string): Row | undefined {
  const [, name, command, place] = /^([\w.-]+)=(.*\{(socket|port)\}.*)$/.exec(text) ?? [];
  if (name === undefined || command === undefined) return undefined;
  const over = place === 'port' ? 'tcp' : 'unix';
  return row(name, `compared: ${name}${over === 'tcp' ? ', over TCP' : ''}`, { kind: 'compared', command }, over);
}
