/**
 * @module
 * A real Envoy whose filter does not list all that the configuration reads: the log and the metrics say so, and what is
 * listed is not suspected.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { requestsLookedAt } from '../../src/request/watched-reads.ts';
import { extProc, hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

const transports = ['native', 'grpc-js'];

for (const transport of transports) {
  test(`what the filter does not list is named in one warning each, over ${transport}`, async () => {
    await using stack = await startStack({
      files: {
        'p.yaml': hmacPolicy({
          sub: '#[attributes.remoteAddress]',
          at: '#[attributes.localAddress]',
          scheme: '#[attributes.scheme]',
        }),
        'never.yaml': hmacPolicy({ version: '#[attributes.version]' }),
      },
      mintproc: {
        transport,
        policies: [
          { name: 'p', file: 'p.yaml', output: { header: 'x-token', prefix: '' } },
          { name: 'never', file: 'never.yaml', output: { header: 'x-token', prefix: '' } },
        ],
        routes: [
          { match: { pathPrefix: '/never' }, policies: ['never'] },
          { match: { routeName: 'nowhere' }, policies: ['p'] },
          { match: {}, policies: ['p'] },
        ],
      },
      envoy(config) {
        withoutJwtAuthn(config);
        config.set([...extProc(config), 'request_attributes'], ['destination.address']);
      },
    });
    const readiness = JSON.parse((await stack.admin('/readyz')).body);
    assert.deepEqual(readiness.envoyReads, {
      attributes: ['xds.route_name', 'source.address', 'destination.address', 'request.scheme', 'request.protocol'],
      namespaces: [],
    });
    for (let sent = 0; sent < requestsLookedAt; sent++) await stack.ask({ path: '/' });
    const warnings = await warningsOf(stack, 2);
    // `request.protocol` is read where no request came, and `:scheme` is sent in any case.
    assert.deepEqual(
      warnings.map((reason) => /`([a-z_.]+)` is missing in `request_attributes`/.exec(reason)?.[1]).sort(),
      ['source.address', 'xds.route_name'],
    );
    const metrics = (await stack.admin('/metrics')).body;
    assert.match(metrics, /^mintproc_missing_reads_total\{kind="attribute"\} 2$/m);
    assert.match(metrics, /^mintproc_missing_reads_total\{kind="namespace"\} 0$/m);
  });
}

/** The reasons of the warnings, once there are as many; they come within seconds. */
async function warningsOf({ sidecar }: Stack, wanted: number): Promise<readonly string[]> {
  for (let waited = 0; ; waited++) {
    const lines = readFileSync(sidecar.log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('an attribute of Envoy that no request had'));
    if (lines.length >= wanted || waited > 200) return lines.map((line) => JSON.parse(line).reason);
    await delay(100);
  }
}
