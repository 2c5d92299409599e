/**
 * @module
 * All workers sign with the same key, and one that comes later too, though no file tells which key is the old one.
 * Generated keys are `load-inputs.test.ts`'s.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { flexPolicy } from '../../runtime/memory-files.ts';
import { plain, type Sidecar, startSidecar, until } from '../sidecar.ts';

const pem = (): string => String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));

const policy = flexPolicy({}, '').replace('HS256', 'EdDSA');

/** The names of the keys that sign, over all workers. */
async function signers(sidecar: Sidecar): Promise<unknown[]> {
  const callers = [sidecar.connect(), sidecar.connect()];
  const before = await sidecar.metrics();
  const kids = new Set<unknown>();
  for (const { token } of callers) kids.add((await token())?.kid);
  const later = await sidecar.metrics();
  for (const worker of ['1', '2']) {
    const name = `mintproc_worker_requests_total{worker="${worker}"}`;
    assert.equal(later.get(name), (before.get(name) ?? 0) + 1, 'each worker was asked');
  }
  for (const { client } of callers) client.close();
  return [...kids];
}

async function replaceWorkers(sidecar: Sidecar): Promise<void> {
  const old = sidecar.workers();
  for (const pid of old) process.kill(pid, 'SIGKILL');
  await until(async () => {
    const serving = (await sidecar.metrics()).get('mintproc_workers');
    return serving === 2 && !sidecar.workers().some((pid) => old.includes(pid));
  });
}

test('a key that was replaced signs on in every worker, also in those that come later', async () => {
  await using sidecar = await startSidecar(
    {
      ...plain,
      policies: [{ name: 'p', file: 'policy.yaml', key: 'k' }],
      keys: { k: { file: 'key.pem' } },
      jwks: { listen: '127.0.0.1:0', publishAhead: '1h' },
    },
    { 'policy.yaml': policy, 'key.pem': pem() },
  );
  const [old, ...more] = await signers(sidecar);
  assert.ok(typeof old === 'string' && more.length === 0);
  sidecar.write('key.pem', pem());
  await until(async () => (await sidecar.metrics()).get('mintproc_signing_keys{policy="p"}') === 2);
  assert.deepEqual(await signers(sidecar), [old]);
  await replaceWorkers(sidecar);
  assert.deepEqual(await signers(sidecar), [old]);
});
