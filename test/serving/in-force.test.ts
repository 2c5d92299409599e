import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { InForce } from '../../src/serving/in-force.ts';
import { flexPolicy, memoryFiles, request } from '../configuration/memory-files.ts';

function snapshot(version: number): Snapshot {
  const files = memoryFiles({
    'a.yaml': flexPolicy({ iss: 'a' }),
    'conf.yaml': 'policies: [{ name: a, file: a.yaml }]\nroutes: [{ match: {}, policies: [a] }]',
  });
  const loaded = loadConfiguration('conf.yaml', { files, version });
  assert.ok(loaded.snapshot);
  return loaded.snapshot;
}

test('a holder of the current configuration keeps it; later callers get the next', () => {
  const decided: number[] = [];
  const inForce = new InForce(snapshot(1), ({ version }) => () => {
    decided.push(version);
    return { kind: 'untouched', mints: [] };
  });
  const before = inForce.current;
  inForce.prepare(snapshot(2))();
  before.decide(request({}));
  inForce.current.decide(request({}));
  assert.deepEqual([before.snapshot.version, inForce.current.snapshot.version, ...decided], [1, 2, 1, 2]);
});

test('a snapshot and its policies do not change', () => {
  const made = snapshot(1);
  assert.ok(Object.isFrozen(made));
  for (const policy of made.policies.values()) assert.ok(Object.isFrozen(policy));
});

test('the signer of each policy can be wrapped', () => {
  const algorithms: string[] = [];
  const files = memoryFiles({
    'a.yaml': flexPolicy({ iss: 'a' }),
    'conf.yaml': 'policies: [{ name: a, file: a.yaml }]\nroutes: [{ match: {}, policies: [a] }]',
  });
  loadConfiguration('conf.yaml', {
    files,
    wrapSign(algorithm, sign) {
      algorithms.push(algorithm);
      return sign;
    },
  });
  assert.deepEqual(algorithms, ['HS256']);
});
