/**
 * @module
 * Reads keys from any source and checks whether they fit their use: for signing and for encrypting, for the keys of the
 * configuration and for those of a policy.
 */
import type { Steps } from '../diagnostics/steps.ts';
import type { KeyFinding } from '../jose/key-finding.ts';
import { checkFit, hasError } from './key-use.ts';
import { readSource } from './sources/index.ts';
import type { KeyRequest, KeySpec, SourceKey, SourceReading } from './sources/source.ts';

/** What the configuration says of a key in addition to its source. */
export interface KeyLabels {
  readonly kid?: string | undefined;
  /** X.509 in DER; empty if none is given. */
  readonly certificates?: readonly Uint8Array[];
}

/**
 * The keys of a source, and all findings about them. There are no keys if a finding is an error. No finding contains a
 * part of a key.
 */
export function* readKeys(spec: KeySpec, request: KeyRequest, labels: KeyLabels = {}): Steps<SourceReading> {
  const reading = yield* readSource(spec, request);
  const findings: KeyFinding[] = [...reading.findings];
  const keys = reading.keys.map((held) => labelled(held, labels, reading.keys.length));
  for (const held of keys) {
    findings.push(...checkFit(request.use, held));
    yield;
  }
  return { keys: hasError(findings) ? [] : keys, findings };
}

/** Several keys cannot have one `kid`. */
function labelled(held: SourceKey, { kid, certificates = [] }: KeyLabels, count: number): SourceKey {
  return {
    ...held,
    kid: count === 1 ? (kid ?? held.kid) : held.kid,
    certificates: certificates.length === 0 ? held.certificates : certificates,
  };
}
