import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AsyncFiles } from '../../src/configuration/reload/async-files.ts';
import { heldKey } from '../../src/keys/held-key.ts';
import { maxPublishedKeys, type PublishedKey } from '../../src/keys/published-keys.ts';
import { StateKeeper } from '../../src/publishing/state-keeper.ts';
import { writeAside } from '../../src/publishing/write-aside.ts';
import { Told } from './history.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-state-'));
after(() => rmSync(folder, { recursive: true }));

const [one, two] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey);
assert.ok(one !== undefined && two !== undefined);

const now = Date.UTC(2026, 0, 1);
const hour = 3_600_000;

function published(kid: string, key = one, more: Partial<PublishedKey> = {}): PublishedKey {
  assert.ok(key !== undefined);
  const times = { since: now, until: now + hour, activeFrom: now };
  return { held: heldKey(key, { kid }), algorithms: new Set(['ES256']), ...times, ...more };
}

interface Kept {
  readonly keeper: StateKeeper;
  readonly told: Told;
  own: readonly PublishedKey[];
  revoked: ReadonlySet<string>;
  time: number;
}

function keeping(path: string, ...own: readonly PublishedKey[]): Kept {
  const told = new Told();
  const kept: Omit<Kept, 'keeper'> = { told, own, revoked: new Set(), time: now };
  const keeper = new StateKeeper(
    {
      path,
      files: new AsyncFiles(),
      witness: told,
      own: () => ({ keys: whole.own, revoked: whole.revoked }),
      now: () => whole.time,
    },
    [],
  );
  const whole: Kept = Object.assign(kept, { keeper });
  return whole;
}

const names = ({ keeper }: Kept): readonly unknown[] => keeper.keys.map(({ held }) => held.kid);

function inFile(path: string): readonly string[] {
  const { keys } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly keys: readonly { readonly jwk: { kid: string } }[];
  };
  return keys.map(({ jwk }) => jwk.kid).sort();
}

test('processes with one file publish the keys of all, and keep them when one is gone', async () => {
  const path = join(folder, 'shared.json');
  const [first, second] = [keeping(path, published('a')), keeping(path, published('b', two))];
  await Promise.all([first.keeper.look(), second.keeper.look()]);
  for (const { keeper } of [first, second, first]) await keeper.look();
  assert.deepEqual(inFile(path), ['a', 'b']);
  assert.deepEqual(names(first).toSorted(), ['a', 'b']);
  assert.deepEqual(names(second).toSorted(), ['a', 'b']);
  assert.equal(statSync(path).mode & 0o777, 0o644);
  first.time = now + hour - 1;
  first.own = [];
  await first.keeper.look();
  assert.deepEqual(names(first).toSorted(), ['a', 'b']);
  first.time = now + hour;
  await first.keeper.look();
  assert.deepEqual(names(first), []);
});

test('two keys of one name: the first stays, both processes tell it, and the file is not written forever', async () => {
  const path = join(folder, 'clash.json');
  const [first, second] = [keeping(path, published('k')), keeping(path, published('k', two))];
  await first.keeper.look();
  const text = readFileSync(path, 'utf8');
  for (let time = 0; time < 3; time++) for (const { keeper } of [second, first]) await keeper.look();
  assert.equal(readFileSync(path, 'utf8'), text);
  assert.deepEqual([first.told.clashing, second.told.clashing], [[], ['k']]);
  second.own = [];
  await second.keeper.look();
  assert.deepEqual(second.told.clashing, []);
});

test('a revoked key goes from the file, although another process still publishes it', async () => {
  const path = join(folder, 'revoked.json');
  const [first, second] = [keeping(path, published('a'), published('b', two)), keeping(path, published('a'))];
  await first.keeper.look();
  await second.keeper.look();
  first.own = [published('b', two)];
  first.revoked = new Set(['a']);
  await first.keeper.look();
  assert.deepEqual(inFile(path), ['b']);
  await second.keeper.look();
  await first.keeper.look();
  assert.deepEqual(names(first), ['b']);
});

test('one more key than there is place for is reported', async () => {
  const many = Array.from({ length: maxPublishedKeys + 1 }, (_, index) => published(`k${index}`));
  const kept = keeping(join(folder, 'full.json'), ...many.slice(1));
  await kept.keeper.look();
  assert.equal(kept.told.full, 0);
  kept.own = many;
  await kept.keeper.look();
  assert.equal(kept.told.full, 1);
  // Those that have ended make place.
  kept.time = now + hour;
  kept.own = [published('next', one, { until: now + 2 * hour })];
  await kept.keeper.look();
  assert.deepEqual([kept.told.full, names(kept)], [0, ['next']]);
});

const foreign: readonly [name: string, text: string][] = [
  ['a private key', '-----BEGIN PRIVATE KEY-----\n'],
  ['half a state file', '{ "mintprocKeys": 1, "keys": ['],
  ['a newer state file', '{ "mintprocKeys": 9, "keys": [] }'],
];

for (const [name, text] of foreign) {
  test(`${name} is not overwritten, and the keys are published all the same`, async () => {
    const path = join(folder, 'foreign.json');
    writeFileSync(path, text);
    const kept = keeping(path, published('a'));
    await kept.keeper.look();
    assert.equal(kept.told.trouble?.code, 'keys.state-unusable');
    assert.equal(readFileSync(path, 'utf8'), text);
    assert.deepEqual(names(kept), ['a']);
    // When it is gone, the next look writes the file.
    rmSync(path);
    await kept.keeper.look();
    assert.equal(kept.told.trouble, undefined);
    assert.deepEqual(inFile(path), ['a']);
  });
}

test('what cannot be written is reported with what to do, and tried again', async () => {
  const place = join(folder, 'missing');
  const kept = keeping(join(place, 'state.json'), published('a'));
  await kept.keeper.look();
  assert.equal(kept.told.trouble?.code, 'keys.state-unwritten');
  assert.match(kept.told.trouble.suggestion, /Create its folder/);
  mkdirSync(place);
  await kept.keeper.look();
  assert.equal(kept.told.trouble, undefined);
  assert.deepEqual(inFile(join(place, 'state.json')), ['a']);
  chmodSync(join(place, 'state.json'), 0o666);
  await kept.keeper.look();
  const { trouble } = kept.told as Told;
  assert.match(trouble?.reason ?? '', /Every user/);
});

test('a folder in its place is reported', async () => {
  const path = join(folder, 'folder.json');
  mkdirSync(path);
  const kept = keeping(path, published('a'));
  await kept.keeper.look();
  assert.match(kept.told.trouble?.reason ?? '', /is a folder/);
});

test('what a killed process left is removed, and nothing else', async () => {
  const place = join(folder, 'drafts');
  mkdirSync(place);
  const left = ['.state.json.0123456789ab', '.state.json.0123456789ac', '.state.json.not-a-draft'];
  for (const name of left) writeFileSync(join(place, name), '');
  for (const name of [left[0], left[2]]) utimesSync(join(place, String(name)), now / 1000 - 7200, now / 1000 - 7200);
  utimesSync(join(place, String(left[1])), now / 1000, now / 1000);
  const kept = keeping(join(place, 'state.json'), published('a'));
  await kept.keeper.look();
  assert.deepEqual(readdirSync(place).sort(), ['.state.json.0123456789ac', '.state.json.not-a-draft', 'state.json']);
});

test('a look that changes nothing writes nothing', async () => {
  const path = join(folder, 'quiet.json');
  const kept = keeping(path, published('a'));
  await kept.keeper.look();
  const { ino } = statSync(path);
  kept.own = [published('a', one, { until: now + hour + 600_000 })];
  await kept.keeper.look();
  assert.equal(statSync(path).ino, ino);
  kept.own = [published('a', one, { until: now + hour + 600_001 })];
  await kept.keeper.look();
  assert.notEqual(statSync(path).ino, ino);
});

test('a key that begins to sign later than the file says is written again', async () => {
  const path = join(folder, 'activated.json');
  const kept = keeping(path, published('a'));
  await kept.keeper.look();
  const { ino } = statSync(path);
  kept.own = [published('a', one, { activeFrom: now + 1_000 })];
  await kept.keeper.look();
  assert.notEqual(statSync(path).ino, ino);
});

test('a file that cannot be replaced leaves no draft', async () => {
  const place = join(folder, 'occupied');
  mkdirSync(join(place, 'state.json', 'full'), { recursive: true });
  await assert.rejects(writeAside(join(place, 'state.json'), 'text'), { code: 'EISDIR' });
  assert.deepEqual(readdirSync(place), ['state.json']);
});
