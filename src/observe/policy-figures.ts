/**
 * @module
 * The figures of one policy. Its counters stand at 0 from the start; its histograms begin with the first run that they
 * tell of, since each has many lines and most policies of a large configuration never refuse.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { Origin } from '../diagnostics/mint-error.ts';
import type { AuditFacts } from './audit-log.ts';
import type { Families } from './metric-table.ts';
import type { Counter, Histogram } from './series.ts';

/** How one policy fared; the room mint's own record fits. */
export interface PolicyRun {
  readonly policy: string;
  readonly outcome: 'minted' | 'refused' | 'passed';
  readonly code?: string;
  readonly message?: string;
  /** The claim or header parameter that could not be made, where it was one of these. */
  readonly origin?: Origin | undefined;
  /** The vendor's name for the failure, one of a closed set. */
  readonly fault?: string | undefined;
  /** When it began, on the clock of `RequestRecord.at`. */
  readonly began?: number;
  /** Of the header value that was written. */
  readonly bytes?: number;
  /** Where the token leaves a line in the audit. */
  readonly audit?: AuditFacts | undefined;
  /** What is doubtful about a token that was minted. */
  readonly warning?: Code | undefined;
}

type Outcome = PolicyRun['outcome'];

export class PolicyFigures {
  readonly #policy: string;
  readonly #families: Families;
  readonly #counts: Readonly<Record<Outcome, Counter>>;
  readonly #seconds: Record<Outcome, Histogram | undefined>;
  #bytes: Histogram | undefined;

  constructor(policy: string, families: Families) {
    const counter = (outcome: Outcome): Counter => families.mintproc_mints_total.with(policy, outcome);
    this.#policy = policy;
    this.#families = families;
    this.#counts = { minted: counter('minted'), refused: counter('refused'), passed: counter('passed') };
    this.#seconds = { minted: undefined, refused: undefined, passed: undefined };
  }

  /** @param ended on the clock of `began` */
  ran({ outcome, began, bytes }: PolicyRun, ended: number): void {
    this.#counts[outcome].increment();
    if (began !== undefined) this.#secondsOf(outcome).observe(ended - began);
    if (bytes !== undefined) this.#bytesOf().observe(bytes);
  }

  #secondsOf(outcome: Outcome): Histogram {
    this.#seconds[outcome] ??= this.#families.mintproc_mint_seconds.with(this.#policy, outcome);
    return this.#seconds[outcome];
  }

  #bytesOf(): Histogram {
    this.#bytes ??= this.#families.mintproc_token_bytes.with(this.#policy);
    return this.#bytes;
  }
}
