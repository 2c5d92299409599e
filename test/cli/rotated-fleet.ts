/**
 * @module
 * Instances with one configuration on disk, whose keys `mintproc keys rotate` changes, and a verifier that caches their
 * JWKS. The clock is the search's. Tokens are real, and verified by `jose`.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { diskFiles } from '../../src/configuration/files.ts';
import { JwksDocuments } from '../../src/configuration/keys/jwks-documents.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { atOnce } from '../at-once.ts';
import { ec, policy } from '../configuration/key-world.ts';
import { scopeWith } from '../mint/scope.ts';
import { runCommand } from './captured-terminal.ts';

export interface FleetOptions {
  readonly kind: 'versions' | 'directory';
  /** The lifetime of tokens, in seconds. */
  readonly exp: number;
  /** `jwks` besides its address. */
  readonly jwks: Readonly<Record<string, unknown>>;
}

/** Milliseconds: files arrive within a minute; an instance looks every 5 s, and waits until they have settled. */
const seenAfter = 65_200;

export class Fleet {
  readonly file: string;
  /** Milliseconds since the epoch. */
  now = Date.UTC(2026, 0, 1);
  readonly #folder = mkdtempSync(join(tmpdir(), 'mintproc-fleet-'));
  readonly #replicas: Replica[];

  constructor({ kind, exp, jwks }: FleetOptions, replicas: number) {
    this.file = join(this.#folder, 'mintproc.yaml');
    const folder = join(this.#folder, 'keys');
    mkdirSync(folder);
    writeFileSync(join(folder, 'first.pem'), ec(), { mode: 0o600 });
    writeFileSync(join(this.#folder, 'p.yaml'), policy({ exp }));
    const orders =
      kind === 'versions' ? 'versions:\n      - { file: keys/first.pem } # the first' : 'directory: keys # in order';
    const listen = JSON.stringify({ listen: '127.0.0.1:0', ...jwks });
    writeFileSync(
      this.file,
      `jwks: ${listen}\npolicies: [{ name: p, file: p.yaml, key: orders }]\nroutes: [{ match: {}, policies: [p] }]\nkeys:\n  # of the orders\n  orders:\n    ${orders}\n`,
    );
    this.#replicas = Array.from({ length: replicas }, () => new Replica(this.file, () => this.now));
  }

  replica(index: number): Replica {
    const replica = this.#replicas[index % this.#replicas.length];
    assert.ok(replica);
    return replica;
  }

  /** Some instances see a change at once, and others as late as they may. */
  changed(delay: (most: number) => number): void {
    for (const replica of this.#replicas) replica.looksAt = this.now + delay(seenAfter);
  }

  wait(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (const replica of this.#replicas.toSorted((a, b) => a.looksAt - b.looksAt)) {
      if (replica.looksAt > end) break;
      this.now = Math.max(this.now, replica.looksAt);
      replica.look();
    }
    this.now = end;
  }

  async rotate(...more: string[]): Promise<string> {
    const at = new Date(this.now).toISOString();
    const line = ['keys', 'rotate', '--config', this.file, 'orders', '--at', at, ...more];
    const { code, errors, out } = await runCommand(line);
    assert.equal(code, 0, errors);
    assert.equal(errors, '');
    return out;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

export class Replica {
  /** When it sees a change of the files. */
  looksAt = Number.POSITIVE_INFINITY;
  readonly #file: string;
  readonly #now: () => number;
  readonly #documents: JwksDocuments;
  #snapshot: Snapshot;

  constructor(file: string, now: () => number) {
    this.#file = file;
    this.#now = now;
    this.#snapshot = this.#load(undefined);
    this.#documents = new JwksDocuments(() => this.#snapshot, now);
  }

  look(): void {
    if (this.looksAt > this.#now()) return;
    this.looksAt = Number.POSITIVE_INFINITY;
    this.#snapshot = this.#load(this.#snapshot);
  }

  /** Nothing is remembered. */
  restart(): void {
    this.looksAt = Number.POSITIVE_INFINITY;
    this.#snapshot = this.#load(undefined);
  }

  get keySet(): JSONWebKeySet {
    return JSON.parse(this.#documents.keySet());
  }

  mint(): string {
    const minter = this.#snapshot.policies.get('p')?.minter;
    assert.ok(minter);
    return atOnce(minter.mint({ ...scopeWith(), now: this.#now(), published: [], memo: new Map() }));
  }

  #load(before: Snapshot | undefined): Snapshot {
    const options = before === undefined ? {} : { before: before.keys };
    const { snapshot, problems } = loadConfiguration(this.#file, { files: diskFiles, now: this.#now, ...options });
    assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'warning'),
      [],
    );
    return snapshot;
  }
}

/** Asks for the JWKS again only if its copy is as old as it may be, whatever `kid` a token has. */
export class Verifier {
  readonly #cache: number;
  #copy: { readonly keys: ReturnType<typeof createLocalJWKSet>; readonly until: number } | undefined;

  /** @param cache how long it keeps a copy, in milliseconds */
  constructor(cache: number) {
    this.#cache = cache;
  }

  /** @param ask the instance that is asked, if one is */
  async accepts(token: string, now: number, ask: () => Replica): Promise<boolean> {
    if (this.#copy === undefined || this.#copy.until <= now) {
      this.#copy = { keys: createLocalJWKSet(ask().keySet), until: now + this.#cache };
    }
    return compactVerify(token, this.#copy.keys).then(
      () => true,
      () => false,
    );
  }
}
