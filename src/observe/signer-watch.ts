/**
 * @module
 * Figures of the services that hold keys and sign, by the name of the key. When one is no longer called, and when it is
 * again, the log and `/readyz` say so.
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
  /** The keys whose service is not called. */
  readonly #paused = new Set<string>();
  #log: Pick<Log, 'error' | 'info'> | undefined;
  #report: (paused: readonly string[]) => void = () => undefined;

  constructor(families: SignerFamilies) {
    this.#families = families;
  }

  /** From now on, changes are reported here. @param report is given the keys whose service is not called */
  reportTo(log: Pick<Log, 'error' | 'info'>, report: (paused: readonly string[]) => void): void {
    this.#log = log;
    this.#report = report;
    if (this.#paused.size > 0) report([...this.#paused]);
  }

  /** Forgets other keys. If one returns, its series begin at 0. @param keys those of the configuration in force */
  keepOnly(keys: ReadonlySet<string>): void {
    this.#families.mintproc_signer_seconds.keepOnly(keys);
    this.#families.mintproc_signer_errors_total.keepOnly(keys);
    this.#families.mintproc_signer_queue.keepOnly(keys);
    this.#families.mintproc_signer_circuit_open.keepOnly(keys);
    const gone = [...this.#paused].filter((key) => !keys.has(key));
    for (const key of gone) this.#paused.delete(key);
    if (gone.length > 0) this.#report([...this.#paused]);
  }

  /** @param key its name, as it may be shown */
  figuresOf(key: string): SignerFigures {
    // Looked up for each call, which takes a millisecond or more: `keepOnly` may have removed them.
    const families = this.#families;
    // They start at 0, so that the first error is an increase.
    for (const code of signerCodes) families.mintproc_signer_errors_total.with(key, code);
    const failed = (code: Code): void => families.mintproc_signer_errors_total.with(key, code).increment();
    families.mintproc_signer_seconds.with(key);
    families.mintproc_signer_queue.with(key).set(0);
    // A key whose settings have changed is called anew.
    families.mintproc_signer_circuit_open.with(key).set(0);
    this.#turn(key, false);
    return {
      called(duration, code) {
        families.mintproc_signer_seconds.with(key).observe(duration);
        if (code !== undefined) failed(code);
      },
      refused: failed,
      waiting: (count) => families.mintproc_signer_queue.with(key).set(count),
      circuit: (state, failure) => {
        families.mintproc_signer_circuit_open.with(key).set(state === 'closed' ? 0 : 1);
        this.#turn(key, state !== 'closed');
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

  #turn(key: string, isPaused: boolean): void {
    if (this.#paused.has(key) === isPaused) return;
    if (isPaused) this.#paused.add(key);
    else this.#paused.delete(key);
    this.#report([...this.#paused]);
  }
}
