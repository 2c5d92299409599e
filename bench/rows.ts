/**
 * @module
 * What is measured through Envoy, a row each.
 */
import type { TransportName } from '../src/extproc/transports/index.ts';
import type { Minting } from './servers/policy-files.ts';

/** What serves the row's requests. */
export type Serving =
  | { readonly kind: 'transport'; readonly transport: TransportName }
  | { readonly kind: 'sidecar'; readonly minting: Minting }
  | { readonly kind: 'rival'; readonly command: string };

export interface Row {
  readonly name: string;
  readonly title: string;
  readonly serving: Serving;
  /** How many requests take turns; each has a path of its own, and so a token of its own. */
  readonly requests: number;
}

const fresh = (algorithm: Minting['algorithm'], claims = 0): Serving => ({
  kind: 'sidecar',
  minting: { algorithm, claims, reuse: false },
});

const reused: Serving = { kind: 'sidecar', minting: { algorithm: 'RS256', claims: 0, reuse: true } };

export const ownRows: readonly Row[] = [
  {
    name: 'constant',
    title: 'constant token, transport alone',
    serving: { kind: 'transport', transport: 'native' },
    requests: 1,
  },
  {
    name: 'grpc-js',
    title: 'constant token, transport grpc-js',
    serving: { kind: 'transport', transport: 'grpc-js' },
    requests: 1,
  },
  { name: 'RS256-reused', title: 'RS256, reused within its second', serving: reused, requests: 1 },
  { name: 'RS256-reused-50', title: 'the same, 50 different tokens in turns', serving: reused, requests: 50 },
  { name: 'HS256', title: 'HS256, each signed', serving: fresh('HS256'), requests: 1 },
  { name: 'claims-10', title: 'HS256 with 10 expressions more', serving: fresh('HS256', 10), requests: 1 },
  { name: 'claims-50', title: 'HS256 with 50 expressions more', serving: fresh('HS256', 50), requests: 1 },
  { name: 'ES256', title: 'ES256, each signed', serving: fresh('ES256'), requests: 1 },
  { name: 'EdDSA', title: 'EdDSA, each signed', serving: fresh('EdDSA'), requests: 1 },
  { name: 'RS256', title: 'RS256, each signed', serving: fresh('RS256'), requests: 1 },
  { name: 'PS256', title: 'PS256, each signed', serving: fresh('PS256'), requests: 1 },
  { name: 'JWE', title: 'JWE, RSA-OAEP-256 and A256GCM', serving: fresh('RSA-OAEP-256'), requests: 1 },
];

/** @param text `NAME=COMMAND`, with `{port}` in the command @returns undefined where it is not of this form */
export function rivalRow(text: string): Row | undefined {
  const [, name, command] = /^([\w.-]+)=(.*\{port\}.*)$/.exec(text) ?? [];
  if (name === undefined || command === undefined) return undefined;
  return { name, title: `rival: ${name}`, serving: { kind: 'rival', command }, requests: 1 };
}
