/**
 * @module
 * A pattern of `include` loses all its files while mintproc serves: the warning stays visible as a metric.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { plain, type Sidecar, startSidecar, until } from './sidecar.ts';

const { policies, routes, ...settings } = plain;
/** It keeps a policy, because a configuration without any is refused. */
const configuration = {
  ...settings,
  workers: 1,
  unmatched: 'pass',
  include: ['team-*.yaml'],
  policies: [{ name: 'q', file: 'policy.yaml' }],
  routes: [{ match: { pathPrefix: '/q' }, policies: ['q'] }],
};
const part = JSON.stringify({ policies, routes });

async function warningsOf(sidecar: Sidecar): Promise<number | undefined> {
  return (await sidecar.metrics()).get('mintproc_config_warnings{code="config.empty-include"}');
}

test('a pattern without files is a successful reload, and a warning that is counted until it has one', async () => {
  await using sidecar = await startSidecar(configuration, { 'team-a.yaml': part });
  const caller = sidecar.connect();
  assert.equal((await caller.token())?.claims.iss, 'one');
  assert.equal(await warningsOf(sidecar), undefined);
  rmSync(join(sidecar.folder, 'team-a.yaml'));
  await until(async () => (await warningsOf(sidecar)) === 1);
  assert.equal(await caller.token(), undefined);
  const metrics = await sidecar.metrics();
  assert.equal(metrics.get('mintproc_config_reload_total{result="failure"}'), 0);
  sidecar.write('team-a.yaml', part);
  await until(async () => (await warningsOf(sidecar)) === 0);
  assert.equal((await caller.token())?.claims.iss, 'one');
});
