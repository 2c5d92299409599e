/**
 * @module
 * Runs of `mintproc keys rotate` that are killed at a random moment: whatever was written by then, the configuration
 * loads, the key that signs is the same, and the next run does what the killed one did not do.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ec, policy } from '../configuration/key-world.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { runCommand } from './captured-terminal.ts';

export const search: Search = {
  name: 'killed-rotations',
  property:
    'When `keys rotate` is killed at any moment, the configuration loads with the same signer, and the next run completes the rotation or says that it is under way.',
  inputs: 100,
  share: 2,
  run,
};

const root = join(import.meta.dirname, '../..');
/** The time of `runCommand`. */
const at = '2023-11-14T22:13:20Z';

async function run(effort: Effort): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-killed-'));
  const counts = { killed: 0, halfway: 0, done: 0 };
  try {
    for await (const number of effort.inputs()) {
      const dice = new Dice(Math.imul(effort.seed + number, 0x9e3779b1));
      counts[await killedOnce(join(folder, `${number}`), dice)] += 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return `${counts.killed} before anything was written, ${counts.halfway} after a file, ${counts.done} too late`;
}

async function killedOnce(folder: string, dice: Dice): Promise<'killed' | 'halfway' | 'done'> {
  const kind = dice.pick(['versions', 'directory'] as const);
  const file = writeWorld(folder, kind);
  const before = readFileSync(file, 'utf8');
  const [signer] = await signersOf(file);
  const line = ['keys', 'rotate', '--config', file, 'k', '--at', at];
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...line], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  // Most of a run loads the program; the files are written at its end, within some milliseconds.
  if (dice.chance(25)) await setTimeout(dice.roll(1_500));
  else await untilWritten(folder, dice);
  child.kill('SIGKILL');
  const [code] = await exit;
  assert.deepEqual(await signersOf(file), [signer], 'another key signs');
  const names = readdirSync(join(folder, 'keys'));
  const wasHalfway = names.length > 1 && code !== 0;
  const again = await runCommand(line);
  if (again.code !== 0 && !again.errors.includes('under way')) throw new Finding(`${kind}: ${again.errors}`);
  const isChanged = kind === 'directory' || readFileSync(file, 'utf8') !== before;
  const { keys } = await listed(file);
  if (!isChanged || keys.filter(({ state }) => state === 'coming').length !== 1) {
    throw new Finding(`${kind}: ${keys.length} keys after the second run, ${names.join(' ')}`);
  }
  if (code === 0) return 'done';
  return wasHalfway ? 'halfway' : 'killed';
}

/** Until a file comes, or the run is over; then a moment that no clock resolves. */
async function untilWritten(folder: string, dice: Dice): Promise<void> {
  const count = (): number => readdirSync(folder).length + readdirSync(join(folder, 'keys')).length;
  const [first, end] = [count(), performance.now() + 20_000];
  while (count() === first && performance.now() < end) await setTimeout(1);
  const until = performance.now() + dice.roll(4_000) / 100;
  while (performance.now() < until) count();
}

interface Listed {
  readonly keys: readonly { readonly kid: string; readonly state: string }[];
}

async function listed(file: string): Promise<Listed> {
  const { code, out, errors } = await runCommand(['keys', 'list', '--config', file, '--at', at, '--format', 'json']);
  if (code !== 0) throw new Finding(`the configuration does not load: ${errors}`);
  return JSON.parse(out);
}

async function signersOf(file: string): Promise<readonly string[]> {
  const { keys } = await listed(file);
  return keys.filter(({ state }) => state === 'active').map(({ kid }) => kid);
}

function writeWorld(folder: string, kind: 'versions' | 'directory'): string {
  mkdirSync(join(folder, 'keys'), { recursive: true });
  writeFileSync(join(folder, 'keys', 'first.pem'), ec(), { mode: 0o600 });
  writeFileSync(join(folder, 'p.yaml'), policy());
  const key = kind === 'versions' ? '{ versions: [{ file: keys/first.pem }] }' : '{ directory: keys }';
  const file = join(folder, 'mintproc.yaml');
  writeFileSync(
    file,
    `jwks: { listen: 127.0.0.1:0 }\npolicies: [{ name: p, file: p.yaml, key: k }]\nroutes: [{ match: {}, policies: [p] }]\nkeys:\n  k: ${key}\n`,
  );
  return file;
}
