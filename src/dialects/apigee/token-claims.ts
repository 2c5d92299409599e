/**
 * @module
 * The variables `jwt.POLICY.…` that a policy reads: what a VerifyJWT, DecodeJWT or earlier GenerateJWT policy found in
 * a token.
 *
 * Envoy verifies one token, so one of these policies can stand for the caller's verification: the one that the entry
 * names, else the only one whose claims are read and that is no GenerateJWT policy of the configuration. Claims of any
 * other token are not the caller's. They have a value only if the configuration declares it or an earlier policy sets
 * it. This is known when all policies are read.
 */
import { called, nameOr } from '../../diagnostics/harmless.ts';
import { type Problem, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { Computed } from '../../plan/token-plan.ts';
import type { ReadTokens, SettledTokens } from '../policy-file.ts';
import { flowVariable } from './flow-variables.ts';

interface Read {
  readonly policy: string;
  readonly name: SourceText;
  /** Whether a message may repeat the name: not in an element that holds a key, where it may be the key. */
  readonly isShown: boolean;
}

/** The policy in the name of a variable; undefined if the name is another one. */
export function policyInName(name: string): string | undefined {
  return /^jwt\.([^.]+)\./.exec(name)?.[1];
}

const claim = /^jwt\.[^.]+\.(?:decoded\.)?claim\./;

export class TokenClaims implements ReadTokens {
  readonly #verifiedBy: string | undefined;
  readonly #reader: 'policy' | 'templates';
  /** The variables without a default. */
  readonly #reads: Read[] = [];
  readonly #claimsOf = new Set<string>();
  #published: ReadonlySet<string> = new Set();
  /** Set when the tokens are settled: before that, a policy is only probed. */
  #settled: { readonly caller: string | undefined } | undefined;

  /** @param reader who reads the tokens: one policy, or the templates of a configuration's variables */
  constructor(reader: 'policy' | 'templates', verifiedBy?: string) {
    this.#reader = reader;
    this.#verifiedBy = verifiedBy;
  }

  /** The policy that stands for the caller's verification; undefined if none does. */
  get caller(): string | undefined {
    if (this.#settled !== undefined) return this.#settled.caller;
    if (this.#verifiedBy !== undefined) return this.#claimsOf.has(this.#verifiedBy) ? this.#verifiedBy : undefined;
    const known = [...this.#claimsOf].filter((policy) => !this.#published.has(policy));
    return known.length === 1 ? known[0] : undefined;
  }

  /** The variable, which `policy` sets. */
  read(policy: string, name: SourceText, hasDefault: boolean, isShown: boolean): Computed {
    if (claim.test(name.text)) this.#claimsOf.add(policy);
    if (!hasDefault) this.#reads.push({ policy, name, isShown });
    const own = flowVariable(name.text);
    const found = () => (this.caller === policy ? own : undefined);
    return { needs: () => found()?.needs() ?? [], evaluate: (scope) => found()?.evaluate(scope) };
  }

  /** Whether the variable is a claim of the caller. */
  isCallers(name: string): boolean {
    return claim.test(name) && policyInName(name) === this.caller;
  }

  settle(published: ReadonlySet<string>): SettledTokens {
    this.#settled = undefined;
    this.#published = published;
    this.#settled = { caller: this.caller };
    const others = this.#reads.filter(({ policy, name }) => !this.isCallers(name.text) && !published.has(policy));
    return { caller: this.caller, others: others.map((read) => this.#otherToken(read)) };
  }

  #otherToken({ policy, name, isShown }: Read): Problem {
    const isOpen = claim.test(name.text) && this.#verifiedBy === undefined;
    const variable = isShown ? nameOr(name.text, 'NAME') : 'NAME';
    const declare = `\`variables: { ${variable}: … }\``;
    const verifier = isShown ? nameOr(policy, 'NAME') : 'NAME';
    return problemAt(name, 0, 'policy.other-token', {
      message: `Nothing sets ${isShown ? called('the variable', name.text) : 'the variable that is named here'}: ${this.#reason(isOpen)}.`,
      suggestion:
        isOpen && this.#reader === 'policy'
          ? `If this is the caller's token, write \`verifiedBy: ${verifier}\` in the policy's entry, else declare ${declare}.`
          : `Declare ${declare} in mintproc.yaml, or set it in an earlier policy.`,
    });
  }

  #reason(isOpen: boolean): string {
    if (!isOpen) return "mintproc knows only the claims of the caller's token";
    const reads = this.#reader === 'policy' ? 'the policy reads' : 'the templates read';
    return `${reads} the claims of several tokens, but Envoy verifies only one`;
  }
}
