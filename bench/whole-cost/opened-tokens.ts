/**
 * @module
 * Opens the tokens of many answers: each token once, since most answers have one that was there before.
 */
import { type KeyObject, verify } from 'node:crypto';
import { echo } from '../servers/envoy-front.ts';
import type { Caller } from './callers.ts';

interface Claims {
  readonly sub?: unknown;
  readonly client_id?: unknown;
  readonly request?: unknown;
  readonly exp?: unknown;
}

const headerStart = Buffer.from(`\r\n${echo.header}: Bearer `);
const lineEnd = Buffer.from('\r\n');
/** Tokens that are remembered. */
const most = 100_000;

export class OpenedTokens {
  readonly #keys: KeyObject[] = [];
  readonly #claims = new Map<string, Claims | undefined>();
  /** Different tokens. */
  seen = 0;

  /** Accepts tokens of a further key, too. The newest key is tried first. */
  trust(key: KeyObject): void {
    this.#keys.unshift(key);
  }

  /** Whether an answer has a valid token of this caller, made for its request. */
  isOf(answer: Buffer, { sub, clientId }: Pick<Caller, 'sub' | 'clientId'>): boolean {
    const claims = this.#open(tokenIn(answer));
    if (claims === undefined || typeof claims.exp !== 'number' || claims.exp * 1000 <= Date.now()) return false;
    return claims.sub === sub && claims.client_id === clientId && claims.request === `GET ${echo.path}`;
  }

  #open(token: string): Claims | undefined {
    if (this.#claims.has(token)) return this.#claims.get(token);
    if (this.#claims.size === most) this.#claims.clear();
    const claims = this.#verified(token);
    this.#claims.set(token, claims);
    this.seen += 1;
    return claims;
  }

  #verified(token: string): Claims | undefined {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const signed = Buffer.from(`${header}.${payload}`);
    const bytes = Buffer.from(signature, 'base64url');
    const isOurs = this.#keys.some((key) => verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, bytes));
    return isOurs ? (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims) : undefined;
  }
}

/** The token that an answer shows; empty without one. */
function tokenIn(answer: Buffer): string {
  const begin = answer.indexOf(headerStart);
  if (begin === -1) return '';
  const from = begin + headerStart.length;
  return answer.toString('latin1', from, answer.indexOf(lineEnd, from));
}
