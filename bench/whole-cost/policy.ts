/**
 * @module
 * The policies of the compared tokens and their `mintproc.yaml`: the vendor's example, and the same without what it
 * reads of the caller and the request.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Keys } from '../algorithms.ts';
import type { SidecarFiles } from '../servers/policy-files.ts';
import { project } from '../servers/shipped.ts';
import type { TokenKind } from './ways.ts';

interface Claim {
  readonly name: string;
  readonly value: string;
}

interface FlexPolicy {
  readonly config: { readonly customClaims: readonly Claim[] };
}

const example = join(project, 'config', 'policies', 'partner.flex.yaml');

/** @param entry the keys of the policy's entry in which the ways differ @param claims further ones of the policy */
export function policyFiles(
  token: TokenKind,
  keys: Keys,
  entry: Readonly<Record<string, unknown>>,
  claims: readonly Claim[] = [],
): SidecarFiles {
  const output = { header: 'authorization', prefix: 'Bearer ' };
  return {
    files: {
      'partner.flex.yaml': policyText(token, claims),
      key: keys.own.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
    configuration: {
      // One source, so that Envoy can tell callers apart by what names them.
      authentication: { sources: [{ from: 'jwt_authn', payload: 'payload' }] },
      policies: [{ name: 'partner', file: 'partner.flex.yaml', key: { file: 'key' }, output, ...entry }],
      routes: [{ match: {}, policies: ['partner'] }],
    },
  };
}

function policyText(token: TokenKind, more: readonly Claim[]): string {
  const [policy] = parse(readFileSync(example, 'utf8')) as [FlexPolicy];
  const claims = policy.config.customClaims;
  const chosen = token === 'caller' ? claims : claims.filter(({ value }) => !value.startsWith('#['));
  const customClaims = [...chosen, ...more];
  return stringify([{ ...policy, config: { ...policy.config, signingMethod: 'ES256', customClaims } }]);
}
