import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keySetDocument, postQuantumDocument } from '../../src/keys/key-documents.ts';
import type { KeySets } from '../../src/keys/key-set.ts';

function setsOf(kid: string): KeySets {
  const later = { kty: 'AKP', kid: `${kid}-akp` };
  return { classic: [{ kty: 'EC', kid }], postQuantum: [later], algorithms: [], until: Number.POSITIVE_INFINITY };
}

const kids = (text: string): readonly string[] => JSON.parse(text).keys.map(({ kid }: { kid: string }) => kid);

test('each document of a set has its own keys, also when it was made before', () => {
  for (const sets of [setsOf('a'), setsOf('b')]) {
    const [first, second] = [sets.classic, sets.postQuantum].map(([key]) => String(key?.['kid']));
    for (let time = 0; time < 2; time++) {
      assert.deepEqual(kids(keySetDocument(sets, 'apart')), [first]);
      assert.deepEqual(kids(keySetDocument(sets, 'together')), [first, second]);
      assert.deepEqual(kids(postQuantumDocument(sets)), [second]);
    }
  }
});
