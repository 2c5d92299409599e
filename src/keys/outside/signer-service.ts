/**
 * @module
 * The interface of a service that signs, and its errors. A file for each service implements it;
 * `test/keys/outside/contract.ts` is what every implementation must pass.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Description } from './outside-key.ts';

export interface SignerService {
  /** @throws MintError `signer.*` or `keys.outside-*` */
  describe(signal: AbortSignal): Promise<Description>;
  /**
   * @param algorithm a name of JOSE, one of those of the description
   * @returns the signature as JWS has it (RFC 7518 section 3), not yet verified
   * @throws MintError `signer.*`
   */
  sign(input: Buffer, algorithm: string, signal: AbortSignal): Promise<Buffer>;
}

/** What a service may need of the process. */
export interface ServiceContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

type SignerCode = Extract<Code, `signer.${string}` | 'keys.outside-setting'>;

/** These may be over in some milliseconds. */
const transient: ReadonlySet<Code> = new Set<Code>(['signer.timeout', 'signer.unreachable', 'signer.throttled']);

export function isTransient({ code }: { readonly code: Code }): boolean {
  return transient.has(code);
}

/** @param message without any text of the service, which might quote what it was asked to sign */
export function signerError(code: SignerCode, message: string, cause?: unknown): MintError {
  return new MintError(code, message, { cause });
}

/** Codes of Node for a call that is wrong in the program. */
const defects = /^ERR_(?:ASSERTION|INVALID_|METHOD_|MISSING_|OUT_OF_RANGE)/;

/** An error of a call as a MintError. @throws the error if it is a defect: those of connections have other codes */
export function asSignerError(error: unknown, name: string, signal: AbortSignal): MintError {
  if (error instanceof MintError) return error;
  if (signal.aborted) return signerError('signer.timeout', `${name} did not answer in time.`, error);
  if (!(error instanceof Error && 'code' in error) || defects.test(String(error.code))) throw error;
  // The names of Node for these: ECONNREFUSED, ENOTFOUND, SELF_SIGNED_CERT_IN_CHAIN, …
  const reason = /^[A-Z][A-Z0-9_]{2,63}$/.test(String(error.code)) ? ` (${error.code})` : '';
  return signerError('signer.unreachable', `${name} could not be reached, or closed the connection${reason}.`, error);
}

/** A service may not heed its signal: a native library, for example. */
export function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error('the deadline has passed'));
    if (signal.aborted) late();
    signal.addEventListener('abort', late, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}
