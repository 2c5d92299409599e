import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { Watcher, type WatchOptions } from '../../src/configuration/reload/watch.ts';

/** Nothing changes, nothing is watched; a test says what does. */
function options(changed: Partial<WatchOptions>): WatchOptions {
  return {
    folders: () => new Set(),
    hasChanged: async () => false,
    digestNow: async () => '',
    onChange: async () => false,
    reach: async () => undefined,
    onTrouble: (error) => assert.fail(String(error)),
    onCalm: () => undefined,
    onUnwatched: (error) => assert.fail(String(error)),
    pollTime: 5,
    settleTime: 1,
    ...changed,
  };
}

const events = (): EventEmitter => new EventEmitter();

test('a folder that is not there is trouble, and the poll goes on', async () => {
  const seen = events();
  const troubles: unknown[] = [];
  const watcher = new Watcher(
    options({
      folders: () => new Set(['/nowhere/at/all']),
      onUnwatched: (error) => void troubles.push(error),
      hasChanged: async () => {
        seen.emit('look');
        return false;
      },
    }),
  );
  await once(seen, 'look');
  await once(seen, 'look');
  await watcher.close();
  assert.equal(troubles.length, 1);
});

test('a look that fails is trouble, and the next one comes', async () => {
  const seen = events();
  let looks = 0;
  const watcher = new Watcher(
    options({
      onTrouble: () => void seen.emit('trouble'),
      hasChanged: async () => {
        if (looks++ === 0) throw new Error('cannot look');
        seen.emit('look');
        return false;
      },
    }),
  );
  await Promise.all([once(seen, 'trouble'), once(seen, 'look')]);
  await watcher.close();
});

test('files that keep changing are waited for; then they are read once', async () => {
  const seen = events();
  let digests = 0;
  let changes = 0;
  let loaded = false;
  const watcher = new Watcher(
    options({
      hasChanged: async () => !loaded,
      digestNow: async () => String(Math.min(++digests, 5)),
      onChange: async () => {
        loaded = true;
        changes++;
        seen.emit('change', digests);
        return false;
      },
    }),
  );
  const [looks] = await once(seen, 'change');
  await watcher.close();
  assert.deepEqual([looks, changes], [6, 1]);
});

test('files that never come to rest are read all the same', async () => {
  const seen = events();
  let digests = 0;
  const watcher = new Watcher(
    options({
      hasChanged: async () => true,
      digestNow: async () => String(digests++),
      settleTime: 0,
      onChange: async () => seen.emit('change'),
    }),
  );
  await once(seen, 'change');
  await watcher.close();
  assert.ok(digests >= 51);
});

test('what asks to be looked at again is', async () => {
  const seen = events();
  let changes = 0;
  const watcher = new Watcher(
    options({
      folders: () => new Set([tmpdir()]),
      pollTime: 1_000_000,
      hasChanged: async () => changes < 3,
      onChange: async () => {
        seen.emit('change', ++changes);
        return changes < 3;
      },
    }),
  );
  watcher.look();
  watcher.look();
  while (changes < 3) await once(seen, 'change');
  await watcher.close();
  watcher.look();
  assert.equal(changes, 3);
});
