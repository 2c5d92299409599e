import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Circuit, longestPause, maxFailures, shortestPause } from '../../../src/keys/outside/circuit.ts';

/** A circuit that has failed as often as opens it, at 0. */
function opened() {
  const states: string[] = [];
  const circuit = new Circuit((state) => states.push(state));
  for (let failure = 1; failure < maxFailures; failure++) circuit.failed(0);
  assert.deepEqual(states, []);
  circuit.failed(0);
  return { circuit, states };
}

test('it opens at the last of the failures in a row', () => {
  const { circuit, states } = opened();
  assert.deepEqual(states, ['open']);
  assert.ok(circuit.refuses(shortestPause - 1));
  assert.ok(!circuit.refuses(shortestPause));
});

test('a success between failures keeps it closed', () => {
  const circuit = new Circuit();
  for (let round = 0; round < 3; round++) {
    for (let failure = 1; failure < maxFailures; failure++) circuit.failed(0);
    assert.equal(circuit.state, 'closed', String(round));
    circuit.succeeded();
  }
});

test('one call finds out, and others are refused meanwhile', () => {
  const { circuit, states } = opened();
  circuit.begin();
  assert.ok(circuit.refuses(shortestPause));
  circuit.succeeded();
  assert.ok(!circuit.refuses(shortestPause));
  assert.deepEqual(states, ['open', 'half-open', 'closed']);
});

test('the pause doubles up to the longest, and a success makes it short again', () => {
  const { circuit } = opened();
  let now = shortestPause;
  for (let pause = shortestPause; pause < longestPause; ) {
    circuit.begin();
    circuit.failed(now);
    pause = Math.min(2 * pause, longestPause);
    assert.ok(circuit.refuses(now + pause - 1), String(pause));
    assert.ok(!circuit.refuses(now + pause));
    now += pause;
  }
  circuit.begin();
  circuit.failed(now);
  assert.ok(!circuit.refuses(now + longestPause));
  circuit.begin();
  circuit.succeeded();
  for (let failure = 0; failure < maxFailures; failure++) circuit.failed(now);
  assert.ok(!circuit.refuses(now + shortestPause));
});

test('what fails while it is open does not make the pause longer', () => {
  const { circuit } = opened();
  for (let failure = 0; failure < 100; failure++) circuit.failed(shortestPause - 1);
  assert.ok(!circuit.refuses(shortestPause));
});
