/**
 * @module
 * Figures of the services that hold keys and sign, by the name of the key, and a line in the log when one is no longer
 * called, and when it is again.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { Log } from './log.ts';
import type { Families } from './metric-table.ts';

type CircuitState = 'closed' | 'half-open' | 'open';

/** The part of `SigningObserver` of `keys/` that this fills. */
export interface SignerFigures {
  called(seconds: number, code: Code | undefined): void;
  refused(code: Code): void;
  waiting(count: number): void;
  circuit(state: CircuitState, code: Code | undefined): void;
}

type SignerFamilies = Pick<
  Families,
  'mintproc_signer_seconds' | 'mintproc_signer_errors_total' | 'mintproc_signer_queue' | 'mintproc_signer_circuit_open'
>;

export class SignerWatch {
  readonly #families: SignerFamilies;
  #log: Pick<Log, 'error' | 'info'> | undefined;
  /** The keys with series. A call of another one may still be on its way, and is not counted. */
  #keys = new Set<string>();

  constructor(families: SignerFamilies) {
    this.#families = families;
  }

  /** From now on, changes are logged here. */
  logTo(log: Pick<Log, 'error' | 'info'>): void {
    this.#log = log;
  }

  /** Removes the series of all other keys. @param keys those of the configuration in force */
  keepOnly(keys: ReadonlySet<string>): void {
    this.#keys = new Set(keys);
    const families = this.#families;
    families.mintproc_signer_seconds.keepOnly(keys);
    families.mintproc_signer_errors_total.keepOnly(keys);
    families.mintproc_signer_queue.keepOnly(keys);
    families.mintproc_signer_circuit_open.keepOnly(keys);
  }

  /** @param key its name, as it may be shown */
  figuresOf(key: string): SignerFigures {
    const families = this.#families;
    this.#keys.add(key);
    families.mintproc_signer_seconds.with(key);
    families.mintproc_signer_queue.with(key).set(0);
    families.mintproc_signer_circuit_open.with(key).set(0);
    const failed = (code: Code): void => {
      if (this.#keys.has(key)) families.mintproc_signer_errors_total.with(key, code).increment();
    };
    return {
      called: (duration, code) => {
        if (this.#keys.has(key)) families.mintproc_signer_seconds.with(key).observe(duration);
        if (code !== undefined) failed(code);
      },
      refused: failed,
      waiting: (count) => {
        if (this.#keys.has(key)) families.mintproc_signer_queue.with(key).set(count);
      },
      circuit: (state, code) => {
        if (!this.#keys.has(key)) return;
        families.mintproc_signer_circuit_open.with(key).set(state === 'closed' ? 0 : 1);
        if (state === 'open') {
          this.#log?.error(
            'The service that holds a key fails. Requests that need a signature are refused meanwhile.',
            {
              kid: key,
              code,
            },
          );
        } else if (state === 'closed') this.#log?.info('The service that holds a key signs again.', { kid: key });
      },
    };
  }
}
