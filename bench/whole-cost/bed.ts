/**
 * @module
 * Starts and verifies all ways: a mintproc for each that has one, heimdall, and one Envoy in front.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { freePort } from '../../demo/ports.ts';
import type { ProcessGroup } from '../../demo/process-group.ts';
import type { FilterName } from '../../src/envoy/envoy-part.ts';
import { algorithms, type Keys } from '../algorithms.ts';
import { OwnFolder } from '../servers/own-folder.ts';
import { startSidecar, writeSidecar } from '../servers/start-server.ts';
import { type Callers, makeCallers } from './callers.ts';
import { type Fronted, generate, startFront } from './front.ts';
import { startHeimdall, useHeimdall } from './heimdall.ts';
import { policyFiles } from './policy.ts';
import { proveWay } from './proof.ts';
import { Requests } from './requests.ts';
import type { Giver, Way } from './ways.ts';

/** A way with what gives its tokens. */
export interface Subject {
  readonly way: Way;
  /** Envoy's listener for it. */
  readonly port: number;
  readonly requests: Requests;
  /** The process beside Envoy; undefined without one. */
  readonly pid: number | undefined;
  /** Tokens for requests so far, by mintproc's own counter; undefined without one. */
  minted(): Promise<number | undefined>;
}

export interface Bed extends AsyncDisposable {
  readonly subjects: readonly Subject[];
  readonly envoy: number;
  /** Asks each caller's token in each way. @throws when one is not as it must be */
  prove(): Promise<void>;
}

export interface Setup {
  readonly ways: readonly Way[];
  readonly envoy: string;
  /** heimdall's program; needed if a way uses it. */
  readonly heimdall: string | undefined;
}

/** So few that each asks again within the time for which Envoy keeps a token. */
const callerCount = 50;

/** If this fails, everything that was started is stopped. */
export async function startBed(setup: Setup): Promise<Bed> {
  const own = new OwnFolder();
  const { group, path: folder } = own;
  try {
    const starting = new Starting(setup, group, folder, await makeCallers(callerCount));
    const started: Started[] = [];
    for (const way of setup.ways) started.push(await starting.start(way));
    const envoy = await startFront(group, folder, setup.envoy, started);
    const prove = async (): Promise<void> => {
      for (const { way, port } of started) await proveWay(way, port, starting.callers.all, starting.keys);
    };
    await prove();
    const dispose = (): Promise<void> => own[Symbol.asyncDispose]();
    return { subjects: started, envoy: envoy.pid, prove, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await own[Symbol.asyncDispose]();
    throw error;
  }
}

type Started = Subject & Fronted;
type Given = Pick<Started, 'config' | 'pid' | 'minted'>;

const nothingMinted = async (): Promise<undefined> => undefined;

class Starting {
  readonly callers: Callers;
  readonly keys: Keys = algorithms.ES256.makeKeys();
  readonly #setup: Setup;
  readonly #group: ProcessGroup;
  readonly #folder: string;
  readonly #keySet: string;

  constructor(setup: Setup, group: ProcessGroup, folder: string, callers: Callers) {
    this.#setup = setup;
    this.#group = group;
    this.#folder = folder;
    this.callers = callers;
    this.#keySet = join(folder, 'callers.jwks.json');
    writeFileSync(this.#keySet, callers.keySet);
  }

  async start(way: Way): Promise<Started> {
    const given = await this.#give(way);
    const requests = new Requests(way.requests, this.callers.all);
    return { way, name: way.name, port: await freePort(), requests, ...given };
  }

  async #give(way: Way): Promise<Given> {
    switch (way.by.kind) {
      case 'mintproc':
        return await this.#mintproc(way, way.by);
      case 'heimdall':
        return await this.#heimdall(way);
      case 'nobody':
        return this.#nobody(way);
    }
  }

  async #mintproc({ name, token }: Way, { entry, filter, gen }: Giver & { kind: 'mintproc' }): Promise<Given> {
    const made = policyFiles(token, this.keys, entry);
    const { pid, minted } = await startSidecar(this.#group, this.#folder, name, made);
    return { config: this.#generated(name, filter, gen), pid, minted };
  }

  async #heimdall(way: Way): Promise<Given> {
    const { heimdall } = this.#setup;
    if (heimdall === undefined) throw new TypeError('the program of heimdall is not named');
    const { pid, port } = await startHeimdall(this.#group, join(this.#folder, way.name), heimdall, this.keys);
    const config = this.#withoutMintproc(way, 'ext_authz');
    useHeimdall(config, port);
    return { config, pid, minted: nothingMinted };
  }

  #nobody(way: Way): Given {
    const config = this.#withoutMintproc(way, 'ext_proc');
    config.delete(config.filter('envoy.filters.http.ext_proc'));
    config.delete(config.cluster('mintproc'));
    return { config, pid: undefined, minted: nothingMinted };
  }

  /** What `gen` writes for mintproc, which does not run. */
  #withoutMintproc({ name, token }: Way, filter: FilterName): EnvoyConfig {
    const { files, configuration } = policyFiles(token, this.keys, { reuse: { for: '30s' } });
    const own = join(this.#folder, name);
    mkdirSync(own, { recursive: true });
    writeSidecar(own, { files, configuration: { listen: '127.0.0.1:50051', ...configuration } });
    return this.#generated(name, filter, []);
  }

  #generated(name: string, filter: FilterName, more: readonly string[]): EnvoyConfig {
    return generate({
      folder: join(this.#folder, name),
      keySet: this.#keySet,
      options: ['--filter', filter, ...more],
    });
  }
}
