/**
 * @module
 * Whether tokens that Envoy keeps go to the wrong callers: a thousand callers in random order, over connections to two
 * worker threads of Envoy and to a mintproc with two workers, while the policy and the key are replaced. Each token is
 * opened and compared with its caller.
 *
 * `npm run isolation` has more causes and an upstream. This is about the configuration that is measured.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../demo/ports.ts';
import { Dice } from '../../test/search/dice.ts';
import { algorithms } from '../algorithms.ts';
import { getRequest, HttpConnection } from '../load/http-connection.ts';
import type { Progress } from '../rounds.ts';
import { echo } from '../servers/envoy-front.ts';
import { OwnFolder } from '../servers/own-folder.ts';
import { startSidecar } from '../servers/start-server.ts';
import { sentHeaders } from '../test-bed.ts';
import { type Caller, makeCallers } from './callers.ts';
import { generate, startFront } from './front.ts';
import { OpenedTokens } from './opened-tokens.ts';
import { policyFiles } from './policy.ts';
import type { Interleaved } from './results.ts';
import { reuseInEnvoy } from './ways.ts';

const callerCount = 1000;
/** Callers who send half of all requests. */
const frequent = 100;
const connections = 32;
/** How often in a run the policy or the key is replaced. */
const events = 20;
const seed = 20_261_201;

/** @param envoy the path of Envoy's program */
export async function measureInterleaved(envoy: string, requests: number, progress: Progress): Promise<Interleaved> {
  await using own = new OwnFolder();
  const { all: callers, keySet } = await makeCallers(callerCount);
  const opened = new OpenedTokens();
  const policy = new ReplacedPolicy(join(own.path, 'mintproc'), opened);
  const { files, configuration } = policy.files();
  const reload = { poll: '1s', settle: '50ms' };
  const server = await startSidecar(own.group, own.path, 'mintproc', {
    files,
    configuration: { ...configuration, workers: 2, reload },
  });
  writeFileSync(join(own.path, 'callers.jwks.json'), keySet);
  const keySetFile = join(own.path, 'callers.jwks.json');
  const config = generate({ folder: join(own.path, 'mintproc'), keySet: keySetFile, options: reuseInEnvoy });
  const port = await freePort();
  await startFront(own.group, own.path, envoy, [{ name: 'interleaved', port, config }], 2);
  const interleaving = new Interleaving(callers, opened, requests);
  const every = Math.ceil(requests / (events + 1));
  await interleaving.run(port, (number) => {
    if (number % every !== 0) return;
    policy.replace();
    progress(`interleaved: ${number} of ${requests} requests`);
  });
  const asked = (await server.minted()) ?? Number.NaN;
  return { requests, wrong: interleaving.wrong, asked: asked / requests, replaced: policy.replaced, seen: opened.seen };
}

/** The policy and its key, which are replaced in turn while mintproc runs. */
class ReplacedPolicy {
  readonly #folder: string;
  readonly #opened: OpenedTokens;
  #keys = algorithms.ES256.makeKeys();
  replaced = 0;

  constructor(folder: string, opened: OpenedTokens) {
    this.#folder = folder;
    this.#opened = opened;
    this.#opened.trust(this.#keys.receiver);
  }

  files() {
    const generation = { name: 'generation', value: `#[${Math.ceil(this.replaced / 2)}]` };
    return policyFiles('caller', this.#keys, { reuse: { for: '30s' } }, [generation]);
  }

  replace(): void {
    this.replaced += 1;
    if (this.replaced % 2 === 0) {
      this.#keys = algorithms.ES256.makeKeys();
      this.#opened.trust(this.#keys.receiver);
    }
    for (const [name, content] of Object.entries(this.files().files)) {
      const aside = join(this.#folder, `.${name}.new`);
      writeFileSync(aside, content, { mode: 0o600 });
      renameSync(aside, join(this.#folder, name));
    }
  }
}

/** The requests, each from a caller by chance as soon as its connection has an answer. */
class Interleaving {
  readonly #callers: readonly (Caller & { readonly request: Buffer })[];
  readonly #opened: OpenedTokens;
  readonly #most: number;
  readonly #dice = new Dice(seed);
  #asked = 0;
  #answered = 0;
  /** Answers with another token than that of the caller. */
  wrong = 0;

  constructor(callers: readonly Caller[], opened: OpenedTokens, most: number) {
    this.#callers = callers.map((caller) => ({
      ...caller,
      request: getRequest(echo.path, [...sentHeaders, ['authorization', `Bearer ${caller.token}`]]),
    }));
    this.#opened = opened;
    this.#most = most;
  }

  /** @param onAsked called with the number of each request, from 1 */
  async run(port: number, onAsked: (number: number) => void): Promise<void> {
    const { promise: done, resolve, reject } = Promise.withResolvers<void>();
    const open = await Promise.all(
      Array.from({ length: connections }, () => this.#connect(port, onAsked, resolve, reject)),
    );
    try {
      for (const { ask } of open) ask();
      await done;
    } finally {
      for (const { connection } of open) connection.close();
    }
  }

  async #connect(
    port: number,
    onAsked: (number: number) => void,
    done: () => void,
    failed: (error: Error) => void,
  ): Promise<{ readonly connection: HttpConnection; ask(): void }> {
    let caller: Caller | undefined;
    const ask = (): void => {
      if (this.#asked === this.#most) return;
      this.#asked += 1;
      onAsked(this.#asked);
      const one = this.#callers[this.#dice.roll(this.#dice.chance(50) ? frequent : this.#callers.length)];
      if (one === undefined) throw new TypeError('no caller');
      caller = one;
      connection.ask(one.request);
    };
    const connection = await HttpConnection.open(port, {
      answered: (answer) => {
        if (caller === undefined || !this.#opened.isOf(answer, caller)) this.wrong += 1;
        this.#answered += 1;
        if (this.#answered === this.#most) done();
        else ask();
      },
      failed,
    });
    return { connection, ask };
  }
}
