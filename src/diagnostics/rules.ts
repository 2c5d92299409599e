/**
 * @module
 * The rules: what an author may write, but hardly means (a warning), or should know (a note). Every other code is an
 * error: the vendor refuses it too, or no request could ever work.
 *
 * `docs/rules.md` is generated from this table, with an example of each.
 */
import type { Code } from './codes.ts';

export const rules = {
  'dataweave.unknown-member': 'warning',

  'identity.unfilled-member': 'warning',
  'identity.unused-key': 'warning',

  'policy.template': 'warning',
  'policy.unclear-value': 'warning',
  'policy.unsupported-algorithm': 'warning',
  'policy.disabled': 'warning',
  'policy.variable-output': 'warning',
  'policy.response-header': 'warning',
  'policy.client-claim': 'note',
  'policy.error-passes': 'note',
  'policy.never-expires': 'note',
  'policy.replaced-parameter': 'warning',
  'policy.unlikely-form': 'warning',
  'policy.never-valid': 'warning',
  'policy.unverifiable': 'warning',
  'policy.other-token': 'warning',
  'policy.repeated-member': 'warning',
  'policy.unlikely-value': 'warning',

  'flex.environment-variable': 'warning',
  'flex.order': 'note',
  'flex.replaced-member': 'warning',
  'flex.spaces-around-expression': 'warning',
  'flex.target': 'note',
  'flex.target-selector': 'warning',
  'flex.unknown-key': 'warning',
  'flex.unlikely-name': 'warning',
  'flex.upstream': 'warning',

  'apigee.edition-matters': 'warning',
  'apigee.ignored-element': 'warning',
  'apigee.literal-template': 'warning',
  'apigee.newer-element': 'warning',
  'apigee.remote-key-set': 'warning',
  'apigee.undeclared-variable': 'warning',
  'apigee.unlikely-lifetime': 'warning',
  'apigee.unread-private': 'warning',

  'datapower.catalog-property': 'warning',
  'datapower.catch-ignored': 'warning',
  'datapower.condition-ignored': 'warning',
  'datapower.encryption-without-key': 'warning',
  'datapower.key-algorithm': 'warning',
  'datapower.literal-kid': 'warning',
  'datapower.other-action': 'warning',
  'datapower.plain-property': 'warning',
  'datapower.uncertain-variable': 'warning',
  'datapower.unset-variable': 'warning',
  'datapower.version-matters': 'warning',

  'config.avoidable-route': 'warning',
  'config.empty-include': 'warning',
  'config.encoded-condition': 'warning',
  'config.included-twice': 'note',
  'config.joined-prefix': 'warning',
  'config.literal-wildcard': 'warning',
  'config.no-effect': 'warning',
  'config.no-reuse': 'warning',
  'config.retired-key': 'warning',
  'config.unprotected-listen': 'warning',
  'config.unreachable-route': 'warning',
  'config.unclear-value': 'warning',
  'config.unused-allow': 'note',
  'config.unused-policy': 'warning',

  'jose.rsa1-5': 'warning',
  'jose.short-secret': 'warning',
  'jose.slow-encryption': 'warning',
  'jose.slow-signature': 'warning',

  'keys.certificate-ends': 'warning',
  'keys.certificate-unread': 'note',
  'keys.fixed-kid': 'warning',
  'keys.generated': 'warning',
  'keys.idle-policy': 'warning',
  'keys.kid-differs': 'warning',
  'keys.late-announcement': 'warning',
  'keys.not-asked': 'note',
  'keys.not-in-file': 'note',
  'keys.published-elsewhere': 'note',
  'keys.readable-by-all': 'warning',
  'keys.same-kid': 'warning',
  'keys.several': 'warning',
  'keys.short-announcement': 'warning',
  'keys.unclear-name': 'warning',
  'keys.undated': 'warning',
  'keys.undated-file': 'warning',
  'keys.unpublished': 'warning',
  'keys.unused': 'warning',
  'keys.unused-passphrase': 'warning',

  'variables.unused': 'warning',
} as const satisfies Partial<Record<Code, 'warning' | 'note'>>;

export type RuleCode = keyof typeof rules;

export function isRule(code: string): code is RuleCode {
  return Object.hasOwn(rules, code);
}

/**
 * Warnings that appear because time passes. `strict` does not fail on them: a pod that restarts a month before a
 * certificate expires must serve.
 */
export const timedRules: ReadonlySet<Code> = new Set<Code>([
  'keys.certificate-ends',
  'keys.idle-policy',
  'keys.late-announcement',
]);
