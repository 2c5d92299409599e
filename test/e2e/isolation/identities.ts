/**
 * @module
 * Callers with tokens of their own, and what the token of each policy must say of each of them.
 */
import { type KeyObject, sign } from 'node:crypto';

export interface Identity {
  readonly claims: Readonly<Record<string, string | number>>;
  /** Its token. */
  readonly token: string;
}

const header = Buffer.from('{"alg":"ES256","kid":"demo-caller","typ":"JWT"}').toString('base64url');

export function makeIdentities(count: number, key: KeyObject): readonly Identity[] {
  const exp = Math.floor(Date.now() / 1000) + 86_400;
  return Array.from({ length: count }, (_, number) => {
    const claims = {
      ...{ iss: 'demo', aud: 'orders', exp, sub: `caller-${number}`, client_id: `app-${number * 7}` },
      ...{ tenant: `tenant-${number % 97}`, number },
    };
    const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
    return { claims, token: `${input}.${signature.toString('base64url')}` };
  });
}

/** The policies, by the header that each writes. */
export const outputs = { flex: 'x-flex', apigee: 'x-apigee', connect: 'x-connect', held: 'x-held' } as const;
export type PolicyName = keyof typeof outputs;

function flexClaims({ claims }: Identity): object {
  return { sub: claims['sub'], client: claims['client_id'], caller: claims };
}

/** The claims of a token, besides its times and the number of the configuration. */
export const expectedClaims: Readonly<Record<PolicyName, (identity: Identity) => object>> = {
  flex: flexClaims,
  held: flexClaims,
  apigee: ({ claims }) => ({ sub: claims['sub'], app: claims['client_id'], number: claims['number'] }),
  connect: ({ claims }) => claims,
};
