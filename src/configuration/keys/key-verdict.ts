/**
 * @module
 * Judges what is wrong with a key as the vendor's gateway does: what fails every request there is an error at load.
 *
 * The exception is a short HMAC secret that the policy's entry allows. Its tokens are as weak as they look, but a
 * migration need not begin with a new secret at every backend.
 */
import type { KeyFinding } from '../../jose/key-finding.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';

export class KeyVerdict {
  readonly #keyErrors: TokenPlan['keyErrors'];
  readonly #allowsShortSecret: boolean;
  #usedAllowance = false;

  /** @param allowsShortSecret what the policy's entry says */
  constructor({ keyErrors }: TokenPlan, allowsShortSecret: boolean) {
    this.#keyErrors = keyErrors;
    this.#allowsShortSecret = allowsShortSecret;
  }

  /** Whether a secret was short enough to need the entry's permission. */
  get usedAllowance(): boolean {
    return this.#usedAllowance;
  }

  judge(finding: KeyFinding): KeyFinding {
    const vendor = this.#keyErrors?.[finding.code];
    if (vendor === undefined) return finding;
    const message = `${finding.message} (The gateway's error for this: ${vendor}.)`;
    if (finding.code !== 'jose.short-secret') return { ...finding, severity: 'error', message };
    this.#usedAllowance = true;
    if (this.#allowsShortSecret) return { ...finding, message };
    return { ...finding, severity: 'error', message, suggestion: withAllowance(finding.suggestion) };
  }
}

function withAllowance(suggestion: string | undefined): string {
  const until = "Until then, write `allowShortSecret: true` in the policy's entry.";
  return suggestion === undefined ? until : `${suggestion} ${until}`;
}
