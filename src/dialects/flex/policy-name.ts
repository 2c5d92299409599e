/**
 * @module
 * The names that resources give to the JWT generation policy.
 */

/**
 * The policy's implementation (`jwt-generation-flex`) or its definition (`jwt-generation`), which API Manager and tools
 * around it name. A gateway may add the version of the policy, and its registry `-impl`.
 */
export const policyName =
  /^(?:credential-injection-)?jwt-generation(?:-flex)?(?:-v\d{1,4}(?:[-.]\d{1,4}){0,3})?(?:-impl)?$/;

export function isPolicyName(name: unknown): boolean {
  return typeof name === 'string' && policyName.test(name);
}

/** Whether a text may contain the policy. Cheap: it is called for every file. */
export function mentionsPolicy(text: string): boolean {
  if (/\bjwt-generation-flex/.test(text)) return true;
  return /\bjwt-generation\b/.test(text) && /\b(?:policyRef|configuration(?:Data)?)\b/.test(text);
}

/**
 * The fields of another policy: the vendor's custom-policy example has the same name, and the fields privateKey, kid
 * and jku.
 */
export const otherFields: readonly string[] = ['kid', 'jku'];
