/**
 * @module
 * A real `serve` whose keys change and retire within seconds: what the log, a scrape and `/readyz` say of it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { type Sidecar, startSidecar, until } from '../serving/sidecar.ts';
import { pem } from './reload-world.ts';

const policy = JSON.stringify([
  {
    policyRef: { name: 'jwt-generation-flex' },
    config: { signingMethod: 'EdDSA', iat: true, exp: 300, nbf: 0, customClaims: [], customHeaders: [] },
  },
]);

function configuration(workers: number, key: object): Record<string, unknown> {
  return {
    workers,
    policies: ['p', 'q'].map((name) => ({ name, file: 'signed.yaml', key: name })),
    routes: [
      { match: { pathPrefix: '/q' }, policies: ['q'] },
      { match: {}, policies: ['p'] },
    ],
    keys: { p: key, q: { file: 'q.pem', kid: 'steady' } },
    jwks: { listen: '127.0.0.1:0', publishAhead: '1s' },
    reload: { poll: '50ms', settle: '10ms' },
  };
}

const linesOf = (sidecar: Sidecar, message: string): Readonly<Record<string, unknown>>[] =>
  sidecar.log().filter((line) => String(line['message']).startsWith(message) && line['policy'] === 'p');

const kidsOf = async (sidecar: Sidecar): Promise<string[]> =>
  [...(await sidecar.metrics()).keys()].filter((name) => name.startsWith('mintproc_signing_key_info')).sort();

for (const workers of [1, 2]) {
  test(`keys that switch and retire are reported, with ${workers} worker(s)`, async () => {
    const files = { 'signed.yaml': policy, 'a.pem': pem(), 'b.pem': pem(), 'q.pem': pem() };
    await using sidecar = await startSidecar(configuration(workers, { file: 'a.pem', kid: 'a' }), files);
    const caller = sidecar.connect();
    assert.equal((await caller.token())?.kid, 'a');
    assert.equal(linesOf(sidecar, 'A key signs')[0]?.['kid'], 'a');
    const series = (kid: string): string => `mintproc_signing_key_info{policy="p",kid="${kid}"}`;
    const steady = 'mintproc_signing_key_info{policy="q",kid="steady"}';
    assert.deepEqual(await kidsOf(sidecar), [series('a'), steady]);
    const write = (key: object): void => {
      const addresses = { listen: '127.0.0.1:0', admin: '127.0.0.1:0' };
      sidecar.write('mintproc.yaml', stringify({ ...addresses, ...configuration(workers, key) }));
    };

    write({ file: 'b.pem', kid: 'b' });
    await until(() => linesOf(sidecar, 'Another key signs now.').length > 0);
    const [announced] = linesOf(sidecar, 'A new key is published');
    const [switched] = linesOf(sidecar, 'Another key signs now.');
    assert.deepEqual([announced?.['kid'], switched?.['kid'], switched?.['replaces']], ['b', 'b', 'a']);
    assert.equal(switched?.['since'], announced?.['at']);
    assert.equal((await caller.token())?.kid, 'b');
    assert.deepEqual(await kidsOf(sidecar), [series('b'), steady]);
    const changes = sidecar.log().filter((line) => 'changes' in line);
    assert.deepEqual(
      changes.map((line) => line['changes']),
      ['changed p'],
    );

    const errors = (): number => sidecar.log().filter(({ level }) => level === 'error').length;
    // A machine that is too busy to read it before it is over refuses it, and gets more time.
    for (let seconds = 3; linesOf(sidecar, 'The last key of a policy will retire.').length === 0; seconds *= 2) {
      const before = errors();
      write({ file: 'b.pem', kid: 'b', retireAfter: new Date(Date.now() + seconds * 1000).toISOString() });
      await until(() => errors() > before || linesOf(sidecar, 'The last key of a policy will retire.').length > 0);
    }
    await until(() => linesOf(sidecar, 'No key of the policy is active').length > 0);
    const [ended] = linesOf(sidecar, 'No key of the policy is active');
    assert.deepEqual([ended?.['level'], ended?.['kid'], ended?.['code']], ['error', 'b', 'keys.none-active']);
    assert.equal(await caller.token(), undefined);
    assert.deepEqual(await kidsOf(sidecar), [steady]);
    const end = (await sidecar.metrics()).get('mintproc_signing_key_end_timestamp_seconds{policy="p"}') ?? Infinity;
    assert.ok(end <= Date.now() / 1000);
    const { status, body } = await sidecar.get('/readyz');
    const report = JSON.parse(body);
    assert.deepEqual([status, report.status, report.keysEnded], [200, 'ready', ['p']]);
    assert.deepEqual(report.signingKeys, [{ policy: 'q', kid: 'steady' }]);
    for (const message of ['Another key signs now.', 'No key of the policy is active']) {
      assert.equal(linesOf(sidecar, message).length, 1, message);
    }
  });
}

test('a restart after the last key of one policy has retired serves the others, and says so', async () => {
  const files = { 'signed.yaml': policy, 'a.pem': pem(), 'q.pem': pem() };
  const retired = { file: 'a.pem', kid: 'a', retireAfter: '2026-01-01T00:00:00Z' };
  await using sidecar = await startSidecar(configuration(1, retired), files);
  assert.equal(linesOf(sidecar, 'No key of the policy is active')[0]?.['level'], 'error');
  assert.deepEqual(JSON.parse((await sidecar.get('/readyz')).body).keysEnded, ['p']);
});

test('a restart after the last key of every policy has retired fails, and says why', async () => {
  const files = { 'signed.yaml': policy, 'a.pem': pem(), 'q.pem': pem() };
  const keys = {
    p: { file: 'a.pem', retireAfter: '2026-01-01T00:00:00Z' },
    q: { file: 'q.pem', retireAfter: '2026-01-01T00:00:00Z' },
  };
  await using sidecar = await startSidecar({ ...configuration(1, {}), keys }, files);
  await sidecar.process.ended.catch(() => undefined);
  assert.match(readFileSync(sidecar.process.log, 'utf8'), /No policy has a key that is active now.*keys\.none-active/);
});
