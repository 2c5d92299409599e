/**
 * @module
 * The metrics of one policy. Its counters start at 0. Its histograms are created by the first run that they record,
 * because each has many lines and most policies of a large configuration never refuse.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { Origin } from '../diagnostics/mint-error.ts';
import type { AuditFacts } from './audit-log.ts';
import type { Families } from './metric-table.ts';
import type { Counter, Histogram } from './series.ts';

interface Period {
  readonly began: number;
  /** Before `began` without a result. */
  readonly ended: number;
}

/** The result of one policy run. The `MintRecord` of `mint/` fits this shape. */
export interface PolicyRun {
  readonly policy: string;
  readonly outcome: 'minted' | 'refused' | 'passed';
  readonly code?: string;
  readonly message?: string;
  /** The claim or header parameter that failed, if it was one of these. */
  readonly origin?: Origin | undefined;
  /** The vendor's fault name, from a closed set. */
  readonly fault?: string | undefined;
  /** When the run began, on the clock of `RequestRecord.at`. */
  readonly began?: number;
  /** The size of the header value that was written. */
  readonly bytes?: number;
  /** Present if the token is audited. */
  readonly audit?: AuditFacts | undefined;
  /** When the policy last used its keys, on the same clock; before `began`, that was for another request. */
  readonly keyUse?: { readonly signing: Period; readonly encrypting: Period };
  /** A warning about a token that was minted. */
  readonly warning?: Code | undefined;
}

type Outcome = PolicyRun['outcome'];

export class PolicyFigures {
  readonly #policy: string;
  readonly #families: Families;
  readonly #counts: Readonly<Record<Outcome, Counter>>;
  readonly #seconds: Record<Outcome, Histogram | undefined>;
  #bytes: Histogram | undefined;
  readonly #requests = new Map<string, Histogram>();

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

  /** The duration of requests for which the policy ran. */
  requestSeconds(outcome: string): Histogram {
    const known = this.#requests.get(outcome);
    if (known !== undefined) return known;
    const created = this.#families.mintproc_policy_request_seconds.with(this.#policy, outcome);
    this.#requests.set(outcome, created);
    return created;
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
