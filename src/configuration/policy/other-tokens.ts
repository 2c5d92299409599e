/**
 * @module
 * Decides, when all policies have loaded, which token's claims are the caller's in each policy, and reports those that
 * nothing sets.
 */
import type { Problem, Problems } from '../../diagnostics/problem.ts';
import type { FoundPolicy, ReadTokens, SettledTokens } from '../../dialects/policy-file.ts';
import type { WantedPolicy } from '../wanted-policy.ts';

export class OtherTokens {
  /** The names that the policies have in their files. */
  readonly #policies = new Set<string>();
  /** Several entries may have one policy. */
  readonly #entries: { readonly tokens: ReadTokens | undefined; readonly wanted: WantedPolicy }[] = [];

  note({ names, tokens }: FoundPolicy, wanted: WantedPolicy): void {
    for (const name of names) this.#policies.add(name);
    if (tokens !== undefined || wanted.settings.verifiedBy !== undefined) this.#entries.push({ tokens, wanted });
  }

  /**
   * For use after all policies have loaded.
   *
   * @param templates the tokens that the variables of the configuration read
   */
  report(templates: readonly ReadTokens[], problems: Problems): void {
    for (const tokens of templates) report(tokens.settle(this.#policies).others, problems);
    const settled = new Map<ReadTokens, SettledTokens>();
    for (const { tokens, wanted } of this.#entries) {
      const known = tokens && settled.get(tokens);
      const now = known ?? tokens?.settle(this.#policies);
      if (tokens !== undefined && now !== undefined) settled.set(tokens, now);
      reportUnused(now?.caller, wanted);
      if (known === undefined) report(now?.others ?? [], problems);
    }
  }
}

function report(others: readonly Problem[], problems: Problems): void {
  for (const problem of others) problems.add(problem);
}

function reportUnused(caller: string | undefined, { settings, report }: WantedPolicy): void {
  if (settings.verifiedBy === undefined || settings.verifiedBy === caller) return;
  report(['verifiedBy'], 'config.no-effect', {
    message: 'The policy reads no claims of a policy with this name, so `verifiedBy` has no effect.',
    suggestion: 'It is the NAME in the variables `jwt.NAME.claim.…` that the policy reads.',
  });
}
