/**
 * @module
 * The files of SPIFFE's Workload API, as spiffe-helper writes them: a chain without the root and with no host name, a
 * key in PKCS #8, a bundle with several roots. Both mintproc and Envoy have such ones, Envoy with the TLS that `gen`
 * writes. Then mintproc's are replaced one after the other, while requests go on.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { EnvoyConfig } from '../../demo/envoy-config.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { runCommand, writeFiles } from '../cli/captured-terminal.ts';
import { Authority, type Made } from '../net/made-certificates.ts';
import { until } from '../serving/sidecar.ts';
import { seenIn } from './harness/client.ts';
import { hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';
import { probe } from './harness/tls-probe.ts';

const idOf = (account: string): string => `spiffe://cluster.local/ns/default/sa/${account}`;

/** A trust domain: its server signs with an intermediate authority. */
class TrustDomain {
  readonly #server: Authority;
  readonly #intermediate: string;
  readonly root: string;

  constructor() {
    const root = new Authority();
    this.#server = new Authority(root);
    this.root = root.certificate;
    this.#intermediate = this.#server.certificate;
  }

  /** The leaf comes first, and the root is left out. */
  svid(account: string): Made {
    const { certificate, key } = this.#server.leaf([['URI', idOf(account)]]);
    return { certificate: certificate + this.#intermediate, key };
  }
}

const [before, later] = [new TrustDomain(), new TrustDomain()];
const bundles = { both: before.root + later.root, later: later.root };
const own = before.svid('envoy');

const names = { certificate: 'svid.pem', key: 'svid_key.pem', clientAuthorities: 'svid_bundle.pem' } as const;

const policies = { policies: [{ name: 'p', file: 'policy.yaml' }], routes: [{ match: {}, policies: ['p'] }] };
const tls = { ...names, clients: ['spiffe://cluster.local/ns/*/sa/envoy'], minVersion: '1.3' };

/** What `gen envoy` writes for a mintproc with an SVID. */
async function generated(files: Readonly<Record<string, string>>): Promise<unknown> {
  const written = { ...files, 'mintproc.yaml': stringify({ listen: '127.0.0.1:50051', tls, ...policies }) };
  const paths = writeFiles(written);
  const line = ['gen', 'envoy', '--config', paths['mintproc.yaml'], '--tls-files', '.'];
  const { code, out, errors } = await runCommand([...line, '--tls-name', idOf('mintproc')]);
  assert.equal(code, 0, errors);
  const config = new EnvoyConfig(out);
  return config.get([...config.cluster('mintproc'), 'transport_socket']);
}

const filesWith = (first: Made) => ({
  'policy.yaml': hmacPolicy({ sub: 'x' }),
  [names.certificate]: first.certificate,
  [names.key]: first.key,
  [names.clientAuthorities]: bundles.both,
  'tls.crt': own.certificate,
  'tls.key': own.key,
  'ca.crt': bundles.both,
});

async function start(first: Made): Promise<Stack> {
  const files = filesWith(first);
  const socket = await generated(files);
  return await startStack({
    files,
    mintproc: { ...policies, tls, reload: { poll: '50ms', settle: '20ms' } },
    envoy(config) {
      withoutJwtAuthn(config);
      config.set([...config.cluster('mintproc'), 'transport_socket'], socket);
    },
  });
}

async function token(stack: Stack): Promise<string | undefined> {
  return seenHeader(seenIn(await stack.ask()), 'authorization')[0];
}

const writers: readonly [name: string, write: (path: string, text: string) => void][] = [
  [
    'renamed into place',
    (path, text) => {
      writeFileSync(`${path}.tmp`, text);
      renameSync(`${path}.tmp`, path);
    },
  ],
  ['written in place', writeFileSync],
];

for (const [name, write] of writers) {
  test(`SVIDs of both sides, and new ones ${name}`, async () => {
    const [first, next] = [before.svid('mintproc'), later.svid('mintproc')];
    await using stack = await start(first);
    assert.match((await token(stack)) ?? '', /^Bearer ey/);
    const { listen: address } = parse(readFileSync(join(stack.folder, 'mintproc.yaml'), 'utf8'));
    const served = async (client: Made): Promise<{ served: boolean; isNew: boolean }> => {
      const found = await probe(address, { trusted: [before.root, later.root], named: false, ...client });
      found.socket.destroy();
      return { served: found.served, isNew: found.shown.equals(new X509Certificate(next.certificate).raw) };
    };
    assert.deepEqual(await served(own), { served: true, isNew: false });
    write(join(stack.folder, names.certificate), next.certificate);
    write(join(stack.folder, names.key), next.key);
    await until(async () => (await served(own)).isNew);
    assert.deepEqual(await served(later.svid('envoy')), { served: true, isNew: true });
    assert.deepEqual(await served(later.svid('other')), { served: false, isNew: true });
    assert.match((await token(stack)) ?? '', /^Bearer ey/);
    write(join(stack.folder, names.clientAuthorities), bundles.later);
    await until(async () => !(await served(own)).served);
    assert.equal((await served(later.svid('envoy'))).served, true);
    assert.equal(stack.sidecar.ending, undefined);
  });
}
