/**
 * @module
 * Processes that sign with the keys of one folder and share a state file, with a clock that the search moves. A token
 * is a name and two times here: that a key of the set verifies it is shown elsewhere.
 */
import assert from 'node:assert/strict';
import { recallKeys } from '../../src/cli/remembered-keys.ts';
import { JwksDocuments } from '../../src/configuration/keys/jwks-documents.ts';
import { noSigningKeys } from '../../src/configuration/keys/key-rings.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import { AsyncFiles } from '../../src/configuration/reload/async-files.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { keyId } from '../../src/keys/held-key.ts';
import { signerAt } from '../../src/keys/rotation.ts';
import { ownKeys } from '../../src/publishing/own-keys.ts';
import { StateKeeper, type StateTrouble, type StateWitness } from '../../src/publishing/state-keeper.ts';
import { policy } from '../configuration/key-world.ts';
import { memoryFiles } from '../configuration/memory-files.ts';

/** In seconds. */
export const maxAge = 60;

export class Clock {
  /** Milliseconds since the epoch. */
  now = Date.UTC(2026, 0, 1);
}

/** What a keeper told last. */
export class Told implements StateWitness {
  trouble: StateTrouble | undefined;
  clashing: readonly string[] = [];
  full = 0;

  state(trouble: StateTrouble | undefined): void {
    this.trouble = trouble;
  }

  leftOut(...[clashing, full]: Parameters<StateWitness['leftOut']>): void {
    this.clashing = clashing.map(({ held }) => keyId(held) ?? '');
    this.full = full.length;
  }

  failed(error: unknown): void {
    throw error;
  }
}

interface ReplicaOptions {
  readonly clock: Clock;
  readonly state: string;
  /** The lifetime of tokens in the policy file as it is now, in seconds. */
  exp(): number;
}

/** The key files of the folder by name, in PEM. */
export type Folder = Readonly<Record<string, string>>;

export class Replica {
  readonly told = new Told();
  /** The lifetime of its tokens, in seconds. */
  exp = 0;
  readonly #options: ReplicaOptions;
  readonly #documents: JwksDocuments;
  readonly #keeper: StateKeeper;
  #snapshot: Snapshot;

  /** Starts with what the state file remembers. */
  constructor(folder: Folder, options: ReplicaOptions) {
    const { clock, state } = options;
    this.#options = options;
    this.#snapshot = this.#load(folder, undefined);
    this.#keeper = new StateKeeper(
      {
        path: state,
        files: new AsyncFiles(),
        witness: this.told,
        own: () => ({ keys: ownKeys(this.#snapshot.keys.rings.values(), clock.now), revoked: new Set() }),
        now: () => clock.now,
      },
      this.#snapshot.keys.remembered,
    );
    this.#documents = new JwksDocuments(
      () => this.#snapshot,
      () => clock.now,
      () => undefined,
      () => this.#keeper.keys,
    );
  }

  reload(folder: Folder): void {
    this.#snapshot = this.#load(folder, this.#snapshot);
  }

  look(): Promise<void> {
    return this.#keeper.look();
  }

  /** The name of the key that signs now. */
  get signer(): string {
    const ring = this.#snapshot.keys.rings.get('p') ?? [];
    const signer = signerAt(ring, this.#options.clock.now);
    assert.ok(signer, 'no key signs');
    return keyId(signer.held) ?? '';
  }

  /** The names in the JWKS. */
  get published(): ReadonlySet<string> {
    const { keys } = JSON.parse(this.#documents.keySet()) as { readonly keys: readonly { readonly kid: string }[] };
    return new Set(keys.map(({ kid }) => kid));
  }

  #load(folder: Folder, before: Snapshot | undefined): Snapshot {
    const { clock, state } = this.#options;
    this.exp = this.#options.exp();
    const configuration = {
      policies: [{ name: 'p', file: 'p.yaml', key: 'k' }],
      routes: [{ match: {}, policies: ['p'] }],
      keys: { k: { directory: 'keys' } },
      jwks: { listen: '127.0.0.1:0', maxAge: `${maxAge}s`, state },
    };
    const keys = Object.fromEntries(Object.entries(folder).map(([name, pem]) => [`keys/${name}`, pem]));
    const files = memoryFiles({
      ...keys,
      'p.yaml': policy({ exp: this.exp }),
      'mintproc.yaml': JSON.stringify(configuration),
    });
    const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
      files,
      now: () => clock.now,
      before: before?.keys ?? noSigningKeys,
      recall: before === undefined ? recallKeys : undefined,
    });
    assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
    return snapshot;
  }
}
