/**
 * @module
 * The HTTP status that a client gets with each code that can refuse its request.
 *
 * Before any policy runs, mintproc chooses the status. A policy that cannot mint refuses with the status of its
 * vendor's gateway. `mintproc help CODE` and `docs/errors.md` show this table.
 */
import type { Code } from './codes.ts';

/**
 * A number is mintproc's own status. `flex`, `apigee` and `datapower` is that of the vendor whose policies have the
 * code, and `policy` that of any of them. `caller` is 401 if a caller is required, and else that of the policy.
 */
export const refusals = {
  'route.ambiguous-path': 400,
  'route.ambiguous-host': 400,
  'route.ambiguous-header': 400,
  'route.ambiguous-query': 400,
  'route.outside-base-path': 400,
  'route.untold': 500,
  'route.unknown-policy': 500,
  'route.policy-not-allowed': 500,
  'route.none': 404,
  'route.denied': 403,

  'identity.missing': 401,
  'identity.ambiguous': 'caller',
  'identity.inexact-number': 'caller',
  'identity.malformed-certificate': 'caller',
  'identity.malformed-payload': 'caller',
  'identity.repeated-header': 'caller',

  'extproc.too-many-headers': 431,
  'extproc.headers-too-large': 431,
  'extproc.metadata-too-deep': 400,
  'extproc.joined-header': 400,
  'extproc.overloaded': 503,
  'extproc.given-up': 504,
  'extproc.malformed-message': 500,
  'extproc.no-request-headers': 500,
  'extproc.unknown-message': 500,
  'extproc.unexpected-request-headers': 500,
  'extproc.internal': 500,

  'dataweave.unsupported': 'flex',
  'dataweave.unknown-name': 'flex',
  'dataweave.unbound-input': 'flex',
  'dataweave.too-deep': 'flex',
  'dataweave.type-mismatch': 'flex',
  'dataweave.argument-count': 'flex',
  'dataweave.not-comparable': 'flex',
  'dataweave.unsupported-selector': 'flex',
  'dataweave.unsupported-result': 'flex',
  'dataweave.lost-input': 'flex',
  'dataweave.arithmetic': 'flex',
  'dataweave.conversion': 'flex',
  'dataweave.format': 'flex',
  'dataweave.regex': 'flex',
  'dataweave.no-match': 'flex',
  'dataweave.missing-member': 'flex',
  'dataweave.failed': 'flex',
  'dataweave.invalid-json': 'flex',
  'dataweave.number-too-long': 'flex',
  'dataweave.too-many-calls': 'flex',
  'dataweave.too-many-steps': 'flex',
  'dataweave.string-too-long': 'flex',
  'dataweave.array-too-long': 'flex',

  'apigee.failed-to-resolve-variable': 'apigee',
  'apigee.invalid-json-format': 'apigee',
  'apigee.generation-failed': 'apigee',

  'datapower.invalid-variable': 'datapower',
  'datapower.other-action': 'datapower',
  'datapower.uncertain-variable': 'datapower',
  'datapower.unset-variable': 'datapower',

  'jose.too-long-to-compress': 'policy',
  'keys.none-active': 'policy',
  'mint.name': 'policy',
  'mint.incomplete-form': 'policy',
  'mint.signing-failed': 'policy',
  'mint.encryption-failed': 'policy',
  'mint.token-too-large': 'policy',
  'mint.forbidden-character': 'policy',

  // No vendor's gateway has a service that signs for it: 503 if it may work soon.
  'signer.timeout': 503,
  'signer.unreachable': 503,
  'signer.throttled': 503,
  'signer.busy': 503,
  'signer.paused': 503,
  'signer.denied': 500,
  'signer.key-unusable': 500,
  'signer.wrong-signature': 500,
  'signer.refused': 500,
} as const satisfies Partial<Record<Code, number | keyof typeof statusOfDialect | 'policy' | 'caller'>>;

/** The status with which each vendor's gateway refuses a request whose token it cannot make. */
export const statusOfDialect = { flex: 500, apigee: 401, datapower: 500 } as const;

/** A request whose caller is required and unknown. */
export const unauthenticated = 401;

/** A code that can refuse a request. */
export type RefusalCode = keyof typeof refusals;

/** mintproc's own status for a refusal with this code, if it has one; else that of a policy counts. */
export function ownStatusOf(code: Code): number | undefined {
  const status = isRefusal(code) ? refusals[code] : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** The status of a refusal with this code when no policy ran. */
export function statusOf(code: Code): number {
  return ownStatusOf(code) ?? 500;
}

export function isRefusal(code: string): code is RefusalCode {
  return Object.hasOwn(refusals, code);
}
