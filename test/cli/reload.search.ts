/**
 * @module
 * Reloading while files are in any state: what cannot be used changes nothing and is reported, and what can be used is
 * in force.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskFiles } from '../../src/configuration/files.ts';
import { checkerHere } from '../configuration/checker-here.ts';
import { flexPolicy } from '../configuration/memory-files.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { configuration, pem, startWorld, type World } from './reload-world.ts';

export const search: Search = {
  name: 'reload',
  property: 'Files in any state leave the last good configuration in force and say why, and good ones come into force.',
  inputs: 10_000,
  share: 300,
  run,
};

interface State {
  readonly name: string;
  readonly isGood: boolean;
  put(path: string, good: string): void;
}

/** What any file may be replaced with. */
const states: readonly State[] = [
  { name: 'good', isGood: true, put: (path, good) => writeFileSync(path, good, { mode: 0o600 }) },
  {
    name: 'link',
    isGood: true,
    put(path, good) {
      writeFileSync(`${path}.real`, good, { mode: 0o600 });
      symlinkSync(`${path}.real`, path);
    },
  },
  { name: 'missing', isGood: false, put: () => undefined },
  { name: 'pipe', isGood: false, put: (path) => execFileSync('mkfifo', [path]) },
  { name: 'folder', isGood: false, put: (path) => mkdirSync(path) },
  { name: 'device', isGood: false, put: (path) => symlinkSync('/dev/zero', path) },
  { name: 'loop', isGood: false, put: (path) => symlinkSync(path, path) },
  { name: 'cut', isGood: false, put: (path, good) => writeFileSync(path, good.slice(0, good.length / 3)) },
  { name: 'empty', isGood: false, put: (path) => writeFileSync(path, '') },
  { name: 'huge', isGood: false, put: (path) => writeFileSync(path, Buffer.alloc(5_000_000, 'a')) },
  { name: 'not text', isGood: false, put: (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00])) },
  { name: 'deep', isGood: false, put: (path) => writeFileSync(path, 'a: ['.repeat(50_000)) },
];

const configurationText = `include: ['teams/*.yaml']\n${configuration(', watch: false').replace('policy.yaml', 'policy.yaml, key: { file: key.pem }')}`;

/** A file that the configuration includes. */
function teamText(name: string): string {
  const policies = `policies: [{ name: ${name}, file: ../policy.yaml, key: ${name}-key }]\n`;
  return `${policies}routes: [{ match: { host: ${name}.com }, policies: [${name}] }]\nkeys: { ${name}-key: { file: ../key.pem } }\n`;
}
const policyText = (issuer: string): string => flexPolicy({ iss: issuer }, '').replace('HS256', 'EdDSA');

function prepare(folder: string): string {
  writeFileSync(join(folder, 'key.pem'), pem(), { mode: 0o600 });
  writeFileSync(join(folder, 'policy.yaml'), policyText('0'));
  writeFileSync(join(folder, 'mintproc.yaml'), configurationText);
  mkdirSync(join(folder, 'teams'));
  return join(folder, 'mintproc.yaml');
}

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  await using world = await startWorld(prepare, { checker: checkerHere(diskFiles) });
  const key = pem();
  let issuer = '0';
  let policies = ['a'];
  let good = 0;
  for await (const number of effort.inputs()) {
    const files = {
      'mintproc.yaml': configurationText,
      'policy.yaml': policyText(String(number + 1)),
      'key.pem': key,
      'teams/b.yaml': teamText('b'),
      'teams/c.yaml': teamText('c'),
    };
    const chosen = put(files, world.folder, dice);
    // An included file that does not exist is not included.
    const included = chosen.filter(({ name, state }) => name.startsWith('teams/') && state.name !== 'missing');
    const isGood = [...chosen.slice(0, 3), ...included].every(({ state }) => state.isGood);
    if (isGood) {
      issuer = String(number + 1);
      policies = ['a', ...included.map(({ name }) => name.slice('teams/'.length, -'.yaml'.length))];
      good++;
    }
    await reloaded(world);
    const problem = await stillDiffers(() => differs(world, isGood, issuer, policies));
    if (problem === undefined) continue;
    throw new Finding(`${chosen.map(({ name, state }) => `${name}: ${state.name}`).join(', ')}: ${problem}`);
  }
  return `${good} of them good`;
}

/** The counter changes some slices before the rest of the report, so a difference must last. */
async function stillDiffers(look: () => string | undefined): Promise<string | undefined> {
  const until = performance.now() + 2000;
  while (look() !== undefined && performance.now() < until) await new Promise((next) => setTimeout(next, 5));
  return look();
}

/** What is not as it must be after a reload. */
function differs(world: World, isGood: boolean, issuer: string, policies: readonly string[]): string | undefined {
  const { lastReload, lastReloadError = '' } = world.readiness.report;
  if (lastReload !== (isGood ? 'success' : 'failure')) return `${lastReload} ${lastReloadError}`;
  if (world.issuer() !== issuer) return `the policy in force is ${world.issuer()}, not ${issuer}`;
  const inForce = [...world.inForce.current.snapshot.policies.keys()].join();
  if (inForce !== policies.join()) return `the policies in force are ${inForce}, not ${policies}`;
  return isGood || /:\d+:\d+: .+ \[[\w.-]+\]$/.test(lastReloadError) ? undefined : lastReloadError;
}

/** Brings each file into a state, most into a good one. */
function put(
  files: Readonly<Record<string, string>>,
  folder: string,
  dice: Dice,
): readonly { readonly name: string; readonly state: State }[] {
  return Object.entries(files).map(([name, text]) => {
    const state = dice.chance(60) ? dice.pick(states.slice(0, 2)) : dice.pick(states);
    const path = join(folder, name);
    rmSync(path, { recursive: true, force: true });
    state.put(path, text);
    return { name, state };
  });
}

/** Returns once a reload that is asked for now has come to its end. */
async function reloaded(world: World): Promise<void> {
  const before = await reloads(world);
  world.hangUp();
  for (;;) {
    if ((await reloads(world)) > before) return;
    await new Promise((next) => setTimeout(next, 2));
  }
}

async function reloads({ metrics }: World): Promise<number> {
  const counts = (await metrics.text()).matchAll(/^mintproc_config_reload_total\{[^}]*\} (\d+)$/gm);
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
}
