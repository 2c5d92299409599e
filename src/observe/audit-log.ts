/**
 * @module
 * The audit: one JSON object per line for each token that a policy minted. It goes to standard output like the log, at
 * any log level. Each field has a pattern. A value that does not match is left out, so that no other part of a request
 * or a token can appear.
 */
import { requestIdForm, traceIdForm } from './log.ts';

/** What the audit records about one token. The `AuditFacts` of `mint/` fit this shape. */
export interface AuditFacts {
  readonly alg: string | undefined;
  readonly kid: string | undefined;
  readonly enc: string | undefined;
  readonly jti: string | undefined;
  /** Seconds. */
  readonly lifetime: number | undefined;
  readonly subject: string | undefined;
  readonly isReused: boolean;
}

/** The request that the token was minted for, and its outcome. */
export interface AuditedRequest {
  readonly outcome: string;
  readonly requestId: string | undefined;
  readonly traceId: string | undefined;
}

export interface AuditLog {
  minted(policy: string, facts: AuditFacts, request: AuditedRequest): void;
}

const forms = {
  policy: /^[\w.-]{1,64}$/,
  outcome: /^[\w-]{1,64}$/,
  alg: /^[\w.+-]{1,64}$/,
  enc: /^[\w.+-]{1,64}$/,
  kid: /^[\w.-]{1,64}$/,
  jti: /^[\w-]{1,64}$/,
  subject: /^[0-9a-f]{16}$/,
  requestId: requestIdForm,
  traceId: traceIdForm,
} as const satisfies Readonly<Record<string, RegExp>>;

/**
 * @param write takes each line, with its line feed
 * @param worker the worker's number, written in every line; undefined outside a worker
 */
export function createAuditLog(write: (line: string) => void, worker?: number): AuditLog {
  return {
    minted(policy, { isReused, lifetime, alg, kid, enc, jti, subject }, { outcome, requestId, traceId }) {
      const texts = { policy, outcome, alg, kid, enc, jti, subject, requestId, traceId };
      const line = {
        level: 'info',
        time: new Date().toISOString(),
        ...(worker === undefined ? {} : { worker }),
        stream: 'audit',
        ...admitted(texts),
        ...(Number.isFinite(lifetime) ? { lifetime } : {}),
        reused: isReused,
        message: 'A policy minted a token.',
      };
      write(`${JSON.stringify(line)}\n`);
    },
  };
}

type Texts = Readonly<Record<keyof typeof forms, string | undefined>>;

function admitted(texts: Texts): Partial<Record<keyof typeof forms, string>> {
  const taken: Partial<Record<keyof typeof forms, string>> = {};
  for (const name of Object.keys(forms) as (keyof typeof forms)[]) {
    const text = texts[name];
    if (text !== undefined && forms[name].test(text)) taken[name] = text;
  }
  return taken;
}
