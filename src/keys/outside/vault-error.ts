/**
 * @module
 * What a status of Vault's HTTP API means (Vault HTTP API, status codes).
 */
import type { MintError } from '../../diagnostics/mint-error.ts';
import { signerError } from './signer-service.ts';

/** The text of the answer is not used: it may quote what was asked. */
export function vaultError(status: number): MintError {
  switch (status) {
    case 400:
    case 404: {
      const message = `Vault has no such key or version, it may not sign any more, or it does not sign in this way.`;
      return signerError('signer.key-unusable', message);
    }
    case 401:
    case 403:
      return signerError('signer.denied', `Vault refused the token, or it does not allow to use the key.`);
    case 429:
      return signerError('signer.throttled', `Vault got too many calls.`);
    default:
      // 412: the node has not caught up. 472 and 473: the node is a standby. 503: it is sealed.
      return status >= 500 || [412, 472, 473].includes(status)
        ? signerError('signer.unreachable', `Vault answered with status ${status}.`)
        : signerError('signer.refused', `Vault answered with status ${status}.`);
  }
}
