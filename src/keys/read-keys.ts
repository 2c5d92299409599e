/**
 * @module
 * The one reader of keys: from where a key is to the keys that are there, checked against what they are wanted for. It
 * serves signing and encrypting, the keys of the configuration and those that a policy brings along.
 */
import type { Steps } from '../diagnostics/steps.ts';
import type { KeyFinding } from '../jose/signing-key.ts';
import type { HeldKey } from './held-key.ts';
import { checkFit, hasError } from './key-use.ts';
import { readSource } from './sources/index.ts';
import type { KeyRequest, KeySpec, SourceReading } from './sources/source.ts';

/** What is said of a key beside the place where it is. */
export interface KeyLabels {
  readonly kid?: string | undefined;
  /** X.509 in DER; empty where none is given. */
  readonly certificates?: readonly Uint8Array[];
}

/**
 * The keys of a source, with everything that speaks against them; none where that forbids one. Nothing of a key is in
 * a finding.
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

/** One name cannot be that of several keys. */
function labelled(held: HeldKey, { kid, certificates = [] }: KeyLabels, count: number): HeldKey {
  return {
    ...held,
    kid: count === 1 ? (kid ?? held.kid) : held.kid,
    certificates: certificates.length === 0 ? held.certificates : certificates,
  };
}
