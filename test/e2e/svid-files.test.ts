/**
 * @module
 * The files of SPIFFE's Workload API, as spiffe-helper writes them: a chain without the root and with no host name, a
 * key in PKCS #8, a bundle with several roots. Both mintproc and Envoy have such ones. Then mintproc's are replaced one
 * after the other, while requests go on.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { seenHeader } from '../../demo/upstream.ts';
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

function overSvids(config: EnvoyConfig, folder: string): void {
  withoutJwtAuthn(config);
  config.set([...config.cluster('mintproc'), 'transport_socket'], {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      common_tls_context: {
        alpn_protocols: ['h2'],
        tls_params: { tls_minimum_protocol_version: 'TLSv1_3', tls_maximum_protocol_version: 'TLSv1_3' },
        tls_certificates: [
          {
            certificate_chain: { filename: join(folder, 'envoy-svid.pem') },
            private_key: { filename: join(folder, 'envoy-svid_key.pem') },
          },
        ],
        validation_context: {
          trusted_ca: { filename: join(folder, 'envoy-svid_bundle.pem') },
          match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact: idOf('mintproc') } }],
        },
      },
    },
  });
}

const names = { certificate: 'svid.pem', key: 'svid_key.pem', clientAuthorities: 'svid_bundle.pem' } as const;

const options = (first: Made) => ({
  files: {
    'policy.yaml': hmacPolicy({ sub: 'x' }),
    [names.certificate]: first.certificate,
    [names.key]: first.key,
    [names.clientAuthorities]: bundles.both,
    'envoy-svid.pem': own.certificate,
    'envoy-svid_key.pem': own.key,
    'envoy-svid_bundle.pem': bundles.both,
  },
  mintproc: {
    policies: [{ name: 'p', file: 'policy.yaml' }],
    routes: [{ match: {}, policies: ['p'] }],
    tls: { ...names, clients: ['spiffe://cluster.local/ns/*/sa/envoy'], minVersion: '1.3' },
    reload: { poll: '50ms', settle: '20ms' },
  },
  envoy: overSvids,
});

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
    await using stack = await startStack(options(first));
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
