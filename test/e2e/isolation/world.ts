/**
 * @module
 * Envoy with two threads, mintproc with two workers, and what happens to them: other policies, other keys, killed
 * workers.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { privateKeyFor } from '../../keys/outside/service-keys.ts';
import { plainFilter, useExtAuthz } from '../harness/ext-authz.ts';
import { keepTokens } from '../harness/kept-tokens.ts';
import { type Stack, startStack } from '../harness/stack.ts';
import { type StartedVault, startVault } from '../harness/started-vault.ts';
import { outputs, type PolicyName } from './identities.ts';
import { Ring } from './ring.ts';

export interface Kind {
  readonly filter: 'ext_proc' | 'ext_authz';
  readonly transport: 'native' | 'grpc-js';
  /** Whether Envoy keeps tokens, too. */
  readonly reuse?: 'in Envoy';
}

/** Every combination, and tokens that Envoy keeps. */
export const kinds: readonly Kind[] = [
  { filter: 'ext_proc', transport: 'native', reuse: 'in Envoy' },
  { filter: 'ext_authz', transport: 'native' },
  { filter: 'ext_authz', transport: 'grpc-js' },
  { filter: 'ext_proc', transport: 'native' },
  { filter: 'ext_proc', transport: 'grpc-js' },
];

/** So few that some requests are refused. */
const inFlight = 36;

/** @param generation a claim that tells which configuration has made a token */
function policies(generation: number): Readonly<Record<string, string>> {
  const caller = 'authentication.properties.claims';
  const customClaims = [
    { name: 'sub', value: '#[authentication.principal]' },
    { name: 'client', value: '#[authentication.clientId]' },
    { name: 'caller', value: `#[${caller}]` },
    { name: 'generation', value: `#[${generation}]` },
  ];
  const config = { signingMethod: 'ES256', iat: true, exp: 300, nbf: 0, customClaims, customHeaders: [] };
  return {
    'flex.yaml': stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]),
    'apigee.xml': `<GenerateJWT name="Backend"><Algorithm>RS256</Algorithm>
  <PrivateKey><Value ref="private.key"/></PrivateKey>
  <Subject ref="jwt.Verify.claim.sub"/><ExpiresIn>300s</ExpiresIn>
  <AdditionalClaims>
    <Claim name="app" ref="jwt.Verify.claim.client_id"/><Claim name="number" ref="jwt.Verify.claim.number" type="number"/>
    <Claim name="generation" type="number">${generation}</Claim>
  </AdditionalClaims>
  <OutputVariable>request.header.${outputs.apigee}</OutputVariable></GenerateJWT>`,
    'connect.yaml': stringify([
      {
        'jwt-generate': {
          ...{ title: 'connect', version: '2.1.0', jwt: `message.headers.${outputs.connect}` },
          ...{ 'iss-claim': 'iss.claim', 'sub-claim': 'client.app.id', 'private-claims': 'decoded.claims' },
          ...{ 'jws-alg': 'ES256', 'jws-crypto': 'signer' },
        },
      },
    ]),
  };
}

const configuration = {
  authentication: { sources: [{ from: 'jwt_authn', payload: 'payload' }] },
  edition: 'x',
  workers: 2,
  limits: { inFlight },
  reuseBytes: 1 << 20,
  reload: { poll: '1s', settle: '50ms' },
  unmatched: 'deny',
  variables: { 'private.key': { file: 'rsa.pem' }, 'iss.claim': 'connect' },
  keys: { signer: { file: 'ec.pem' } },
  policies: [
    {
      ...{ name: 'flex', file: 'flex.yaml', key: 'signer', requireCaller: true },
      ...{ output: { header: outputs.flex, prefix: '' }, reuse: { for: '60s', leeway: '10s', entries: 500 } },
    },
    { name: 'apigee', file: 'apigee.xml', requireCaller: true, reuse: { for: '30s', leeway: '10s' } },
    { name: 'connect', file: 'connect.yaml', requireCaller: true, output: { prefix: '' } },
    {
      ...{ name: 'held', file: 'flex.yaml', key: 'held', requireCaller: true },
      ...{ output: { header: outputs.held, prefix: '' }, reuse: { for: '20s', leeway: '10s' } },
    },
  ],
  routes: [
    { match: { pathPrefix: '/flex' }, policies: ['flex'] },
    { match: { pathPrefix: '/apigee' }, policies: ['apigee'] },
    { match: { pathPrefix: '/connect' }, policies: ['connect'] },
    { match: { pathPrefix: '/held' }, policies: ['held'] },
    { match: { pathPrefix: '/all' }, policies: ['flex', 'apigee', 'connect', 'held'] },
  ],
};

export type Rings = Readonly<Record<'ec' | 'rsa' | 'held', Ring>>;

const ringOf = { flex: 'ec', apigee: 'rsa', connect: 'ec', held: 'held' } as const satisfies Record<
  PolicyName,
  keyof Rings
>;

export class World implements AsyncDisposable {
  readonly stack: Stack;
  /** By the kind of key. */
  readonly rings: Rings;
  generation = 0;
  readonly counts = { reloads: 0, rotations: 0, kills: 0 };
  readonly #vault: StartedVault;

  private constructor(stack: Stack, rings: Rings, vault: StartedVault) {
    this.stack = stack;
    this.rings = rings;
    this.#vault = vault;
  }

  static async start({ filter, transport, reuse }: Kind, upstreamPort: number): Promise<World> {
    const rings = { ec: Ring.of('ec'), rsa: Ring.of('rsa'), held: Ring.ofOne(privateKeyFor('ES256')) };
    const vault = await startVault();
    vault.heal();
    const stack = await startStack({
      files: { ...policies(0), 'ec.pem': rings.ec.pem, 'rsa.pem': rings.rsa.pem, 'vault.token': 'token-1\n' },
      mintproc: { ...configuration, keys: { ...configuration.keys, held: heldBy(vault) }, transport },
      concurrency: 2,
      envoy(config, folder) {
        config.setPort('upstream', upstreamPort);
        if (reuse !== undefined) keepTokens(config, folder);
        const settings = { encode_raw_headers: true, metadata_context_namespaces: ['envoy.filters.http.jwt_authn'] };
        if (filter === 'ext_authz') useExtAuthz(config, plainFilter, undefined, settings);
      },
    });
    return new World(stack, rings, vault);
  }

  /** Whether one of the keys of a policy has signed the token. */
  signerOf(policy: PolicyName, token: string): ReturnType<Ring['verifies']> {
    return this.rings[ringOf[policy]].verifies(token);
  }

  /** Other policies. */
  reload(): void {
    this.generation += 1;
    this.counts.reloads += 1;
    for (const [name, text] of Object.entries(policies(this.generation))) this.#replace(name, text);
  }

  /** Another key for every policy. */
  rotate(): void {
    this.counts.rotations += 1;
    this.#replace('ec.pem', this.rings.ec.next());
    this.#replace('rsa.pem', this.rings.rsa.next());
  }

  /** One of the workers, if all serve: a worker that ends again and again is replaced later and later. */
  async kill(roll: (below: number) => number): Promise<void> {
    if (!(await this.#areServing())) return;
    const { pid } = this.stack.sidecar;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const workers = children.filter((child) => commandOf(child).includes('\0worker\0'));
    const victim = workers[roll(workers.length)];
    if (victim === undefined) return;
    process.kill(Number(victim), 'SIGKILL');
    this.counts.kills += 1;
  }

  /** Requests that got a token which Envoy had kept. */
  async hits(): Promise<number> {
    return [...(await this.stack.envoyStats('mintproc_reuse_hits')).values()].reduce((sum, count) => sum + count, 0);
  }

  async #areServing(): Promise<boolean> {
    return (await this.stack.admin('/readyz')).body.includes('"serving":2');
  }

  #replace(name: string, text: string): void {
    const draft = join(this.stack.folder, `.${name}.draft`);
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, join(this.stack.folder, name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack[Symbol.asyncDispose]();
    await this.#vault.server[Symbol.asyncDispose]();
  }
}

function heldBy({ server }: StartedVault): object {
  const vaultTransit = { address: server.origin, key: 'orders', token: { file: 'vault.token' } };
  return { vaultTransit, deadline: '5s' };
}

/** Empty if the process has ended meanwhile. */
function commandOf(pid: string): string {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
