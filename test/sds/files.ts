/**
 * @module
 * A token file in a folder of its own, with a clock that the test sets, and all that is reported of it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import type { HeldKey } from '../../src/keys/held-key.ts';
import { TokenDisk } from '../../src/sds/token-disk.ts';
import { type FileWitness, TokenFile, type TokenSource } from '../../src/sds/token-file.ts';

/** 2026-01-01, and half a second: `exp` is in whole seconds. */
export const start = Date.UTC(2026, 0, 1) + 500;

export const lifetime = 300_000;

/** A source whose tokens are numbered. */
export class NumberedSource implements TokenSource {
  readonly lifetime: number = lifetime;
  readonly policy: string = 'orders';
  readonly place = 'mintproc.yaml:3:9';
  readonly identity: string;
  signer: HeldKey | undefined;
  revoked: HeldKey | undefined;
  switchAt = Number.POSITIVE_INFINITY;
  /** Whether the next tokens fail. */
  fails = false;
  minted = 0;

  constructor(identity = 'one') {
    this.identity = identity;
  }

  /** Runs while a token is being made. */
  whileMinting = (): void => undefined;

  async mint(): Promise<string> {
    this.whileMinting();
    if (this.fails) throw new MintError('signer.unreachable', 'The service could not be reached.');
    return `Bearer ${this.identity}-${++this.minted}`;
  }

  readonly trusts = (key: HeldKey): boolean => key !== this.revoked;

  signerAt(): HeldKey | undefined {
    return this.signer;
  }

  nextSwitch(now: number): number {
    return this.switchAt > now ? this.switchAt : Number.POSITIVE_INFINITY;
  }
}

export class FileWorld implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'mintproc-token-'));
  readonly path = join(this.folder, 'orders.json');
  /** `token`, `empty`, `gone`, `changed`, `mint CODE`, `write CODE` and `defect`, in order. */
  readonly told: string[] = [];
  now = start;
  readonly file: TokenFile;

  /** @param random what stands for a random number */
  constructor(source: TokenSource, random = 0) {
    const witness: FileWitness = {
      follows: () => undefined,
      written: (_, { kind }) => this.told.push(kind),
      changed: () => this.told.push('changed'),
      failed: (_, step, { code }) => this.told.push(`${step} ${code}`),
      defect: () => this.told.push('defect'),
    };
    const options = { path: this.path, disk: new TokenDisk(), witness, now: () => this.now, random: () => random };
    this.file = new TokenFile(source, options);
  }

  /** The value in the file. */
  get value(): unknown {
    const { resources } = JSON.parse(readFileSync(this.path, 'utf8'));
    return resources[0].generic_secret.secret.inline_string;
  }

  /** Sets the clock to this many milliseconds after the start, and does what is due. @returns the value in the file */
  async at(milliseconds: number): Promise<unknown> {
    this.now = start + milliseconds;
    await this.file.step();
    return this.value;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}
