/**
 * @module
 * The metrics of tokens in files (`sds`).
 */
import type { Families } from './metric-table.ts';

/** What the file of a policy's token has. Times are in milliseconds since the epoch. */
export interface WrittenToken {
  readonly kind: 'token' | 'empty';
  /** Undefined without a token. */
  readonly made?: number;
  readonly expires?: number;
  readonly next: number;
}

/** Families with no label but the policy. */
const plain = [
  'mintproc_sds_foreign_writes_total',
  'mintproc_sds_token_timestamp_seconds',
  'mintproc_sds_token_end_timestamp_seconds',
  'mintproc_sds_next_timestamp_seconds',
] as const;

const counts = {
  mintproc_sds_writes_total: ['token', 'empty'],
  mintproc_sds_failures_total: ['mint', 'write'],
} as const;

const counted = Object.keys(counts) as (keyof typeof counts)[];

export class TokenFileFigures {
  readonly #families: Families;

  constructor(families: Families) {
    this.#families = families;
  }

  /** Creates the series of a policy at 0, so that a first failure is an increase. */
  followed(policy: string): void {
    for (const name of counted) for (const label of counts[name]) this.#families[name].with(policy, label);
    for (const name of plain) this.#families[name].with(policy);
  }

  /** Records what was written to the file of the policy. */
  written(policy: string, { kind, made = 0, expires = 0, next }: WrittenToken): void {
    this.#families.mintproc_sds_writes_total.with(policy, kind).increment();
    this.#families.mintproc_sds_token_timestamp_seconds.with(policy).set(made / 1000);
    this.#families.mintproc_sds_token_end_timestamp_seconds.with(policy).set(expires / 1000);
    this.#families.mintproc_sds_next_timestamp_seconds.with(policy).set(kind === 'token' ? next / 1000 : 0);
  }

  /** Something else wrote or removed the file of the policy. */
  changed(policy: string): void {
    this.#families.mintproc_sds_foreign_writes_total.with(policy).increment();
  }

  failed(policy: string, step: 'mint' | 'write'): void {
    this.#families.mintproc_sds_failures_total.with(policy, step).increment();
  }

  /** The policy has no file any more. */
  gone(policy: string): void {
    for (const name of counted) for (const label of counts[name]) this.#families[name].remove(policy, label);
    for (const name of plain) this.#families[name].remove(policy);
  }
}
