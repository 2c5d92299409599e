/**
 * @module
 * Figures of the services that hold keys and sign, by the name of the key, and a line in the log when one is no longer
 * called, and when it is again.
 */
import { type Code, codes } from '../diagnostics/codes.ts';
import type { Log } from './log.ts';
import type { Families } from './metric-table.ts';

type CircuitState = 'closed' | 'half-open' | 'open';

/** Why a service did not sign: a sentence without anything that the service wrote. */
interface SignerFailure {
  readonly code: Code;
  readonly message: string;
}

const signerCodes = (Object.keys(codes) as Code[]).filter((code) => code.startsWith('signer.'));

/** The part of `SigningObserver` of `keys/` that this fills. */
export interface SignerFigures {
  called(seconds: number, code: Code | undefined): void;
  refused(code: Code): void;
  waiting(count: number): void;
  circuit(state: CircuitState, failure: SignerFailure | undefined): void;
}

type SignerFamilies = Pick<
  Families,
  'mintproc_signer_seconds' | 'mintproc_signer_errors_total' | 'mintproc_signer_queue' | 'mintproc_signer_circuit_open'
>;

export class SignerWatch {
  readonly #families: SignerFamilies;
  #log: Pick<Log, 'error' | 'info'> | undefined;

  constructor(families: SignerFamilies) {
    this.#families = families;
  }

  /** From now on, changes are logged here. */
  logTo(log: Pick<Log, 'error' | 'info'>): void {
    this.#log = log;
  }

  /** @param key its name, as it may be shown */
  figuresOf(key: string): SignerFigures {
    const families = this.#families;
    const seconds = families.mintproc_signer_seconds.with(key);
    const queue = families.mintproc_signer_queue.with(key);
    const isOpen = families.mintproc_signer_circuit_open.with(key);
    // They start at 0, so that the first error is an increase.
    for (const code of signerCodes) families.mintproc_signer_errors_total.with(key, code);
    const failed = (code: Code): void => families.mintproc_signer_errors_total.with(key, code).increment();
    return {
      called(duration, code) {
        seconds.observe(duration);
        if (code !== undefined) failed(code);
      },
      refused: failed,
      waiting: (count) => queue.set(count),
      circuit: (state, failure) => {
        isOpen.set(state === 'closed' ? 0 : 1);
        if (state === 'open') {
          this.#log?.error('The service that holds a key failed repeatedly. No new token is signed meanwhile.', {
            kid: key,
            reason: failure?.message,
            code: failure?.code,
          });
        } else if (state === 'closed') this.#log?.info('The service that holds a key signs again.', { kid: key });
      },
    };
  }
}
