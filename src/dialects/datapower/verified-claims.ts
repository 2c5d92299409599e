/**
 * @module
 * The claims that `jwt-validate` actions have put into variables: by default `decoded.claims`, or the variable that
 * `output-claims` names.
 *
 * Envoy verifies one token, so one of these variables has the claims of the caller: the one that the entry names with
 * `verifiedBy`, else the only one that the policy reads. The others have a value only if the configuration declares
 * them.
 */
import { called, nameOr } from '../../diagnostics/harmless.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import { type Problem, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { plainCaller } from '../../expressions/bindings.ts';
import { claimMember } from '../../plan/needs.ts';
import { callerValue } from '../../plan/request-values.ts';
import type { Computed } from '../../plan/token-plan.ts';
import type { ReadTokens, SettledTokens } from '../policy-file.ts';

/** A variable that the policy reads, and the variable with all claims that it is a member of. */
interface Read {
  readonly name: SourceText;
  readonly claims: string;
}

export class VerifiedClaims implements ReadTokens {
  readonly #verifiedBy: string | undefined;
  readonly #reads: Read[] = [];

  /** @param verifiedBy the variable with the caller's claims; undefined if the entry names none */
  constructor(verifiedBy: string | undefined) {
    this.#verifiedBy = verifiedBy;
  }

  /** Whether the policy reads claims. */
  get isUsed(): boolean {
    return this.#reads.length > 0;
  }

  /** The variables with all claims of a token that the policy reads. */
  get variables(): ReadonlySet<string> {
    return new Set(this.#reads.map(({ claims }) => claims));
  }

  /** The variable with the claims of the caller; undefined if none has. */
  get #caller(): string | undefined {
    const { variables } = this;
    if (this.#verifiedBy !== undefined) return variables.has(this.#verifiedBy) ? this.#verifiedBy : undefined;
    const [only, second] = variables;
    return second === undefined ? only : undefined;
  }

  /** @param claims the variable with all claims; `members` lead from it to the variable that is read */
  read(name: SourceText, claims: string, members: readonly string[]): Computed {
    this.#reads.push({ name, claims });
    // Envoy's jwt_authn or another source of the caller's identity replaces the gateway's `jwt-validate`.
    const value = callerValue(
      (caller) => memberAt(plainCaller(caller).properties?.['claims'], members),
      claimMember(...members),
    );
    const found = () => (this.#caller === claims ? value : undefined);
    return { needs: () => found()?.needs() ?? [], evaluate: (scope) => found()?.evaluate(scope) };
  }

  settle(): SettledTokens {
    const caller = this.#caller;
    const others = this.#reads.filter(({ claims }) => claims !== caller);
    return { caller, others: others.map((read) => this.#otherToken(read)) };
  }

  #otherToken({ name, claims }: Read): Problem {
    const isOpen = this.#verifiedBy === undefined;
    const declare = `\`variables: { ${nameOr(name.text, 'NAME')}: … }\``;
    const reason = isOpen
      ? 'the policy reads the claims of several tokens, but Envoy verifies only one'
      : "mintproc knows only the claims of the caller's token";
    return problemAt(name, 0, 'policy.other-token', {
      message: `Nothing sets ${called('the variable', name.text)}: ${reason}.`,
      suggestion: isOpen
        ? `If this is the caller's token, write \`verifiedBy: ${nameOr(claims, 'NAME')}\` in the policy's entry, else declare ${declare}.`
        : `Declare ${declare} in mintproc.yaml.`,
    });
  }
}

function memberAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let found = value;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || Array.isArray(found) || !Object.hasOwn(found, name)) {
      return undefined;
    }
    found = (found as Readonly<Record<string, JsonValue>>)[name];
  }
  return found;
}
