/**
 * @module
 * Faults of what is around mintproc: disk, files, rights, clock, names, services, certificates, connections.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemCode } from '../../../demo/setup-error.ts';
import { fakeTimeInShell, noFakeTime } from '../harness/fake-time.ts';
import type { StartedVault } from '../harness/started-vault.ts';
import { makeTlsFiles } from '../harness/tls-files.ts';
import type { Fault } from './fault.ts';
import type { Stage } from './stage.ts';

const noNamespaces =
  process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'a mount namespace needs root on Linux';

/** A disk of 64 kB. */
const smallDisk = `mkdir -p small && exec unshare -m sh -c 'mount -t tmpfs -o size=64k tmpfs small && exec "$@" >> small/log 2>&1' sh "$@"`;

/** The root is then a user like any other, whom the rights of a file can refuse. */
const withoutOverride = 'exec setpriv --bounding-set=-dac_override,-dac_read_search "$@"';

/** Names are resolved by a file of its own, or not at all. */
const ownHosts = `echo 'nameserver 127.0.0.255' > resolv.conf; exec unshare -m sh -c 'mount --bind hosts /etc/hosts && mount --bind resolv.conf /etc/resolv.conf && exec "$@"' sh "$@"`;
const known = '127.0.0.1 localhost\n';

/** A policy whose key is in a Vault. */
async function heldBy(stage: Stage, host?: string): Promise<Readonly<Record<string, unknown>>> {
  const vault = await stage.world.vault();
  vault.heal();
  stage.world.write({ 'vault.token': 'token-1\n' });
  const address = host === undefined ? vault.server.origin : vault.server.origin.replace('127.0.0.1', host);
  const key = { vaultTransit: { address, key: 'orders', token: { file: 'vault.token' } }, kid: 'held', deadline: '1s' };
  return stage.withPolicy({ name: 'held', file: 'held.yaml', key });
}

async function failService(stage: Stage): Promise<() => void> {
  const vault = await stage.world.vault();
  vault.fail(stage.dice.pick<'hang' | 'reset'>(['hang', 'reset']));
  return () => restore(vault);
}

function restore(vault: StartedVault): void {
  vault.heal();
  vault.server.drop();
}

async function fillDisk(stage: Stage): Promise<() => void> {
  const { pid } = stage.world.sidecar;
  const small = join(realpathSync(stage.world.folder), 'small');
  const disk = join('/proc', String(pid), 'root', small);
  fill(join(disk, 'filler'));
  await stage.world.untilSeen('lost lines', async () => (await stage.figure('mintproc_log_lines_dropped_total')) > 0);
  stage.rotate();
  stage.publish();
  return () => {
    stage.logged.push(readFileSync(join(disk, 'log'), 'utf8'));
    execFileSync('nsenter', ['-t', String(pid), '-m', 'mount', '-o', 'remount,size=16m', small]);
  };
}

/** @throws what keeps it from writing, but for a full disk */
function fill(file: string): void {
  try {
    for (;;) appendFileSync(file, Buffer.alloc(1024));
  } catch (error) {
    if (systemCode(error) !== 'ENOSPC') throw error;
  }
}

async function loseRights(stage: Stage): Promise<() => void> {
  stage.publish();
  const key = realpathSync(join(stage.volume, 'signer.pem'));
  chmodSync(key, 0);
  return () => chmodSync(key, 0o640);
}

/** An hour forth, two back, and one forth. While a clock is set, tokens by the time before are on their way. */
async function stepClock(stage: Stage): Promise<() => Promise<void>> {
  const step = async (from: number, to: number): Promise<void> => {
    stage.arrivals.clocks = [from, to].map((seconds) => seconds * 1000);
    writeFileSync(join(stage.world.folder, 'time'), `${to < 0 ? '' : '+'}${to}`);
    stage.over();
    await pause(onTheirWay);
    stage.arrivals.clocks = [to * 1000];
    await pause(1_000);
  };
  await step(0, 3600);
  await step(3600, -3600);
  return () => step(-3600, 0);
}

/** Milliseconds: as long as Envoy waits for an answer. */
const onTheirWay = 3_000;

/** Files are written in parts, emptied, and exchanged as Kubernetes does it, while they are read. */
async function swapFiles(stage: Stage): Promise<undefined> {
  for (let swaps = 0; swaps < 8; swaps++) {
    const name = stage.dice.pick(['flex.yaml', 'apigee.xml', 'signer.pem', 'connect.yaml']);
    const place = realpathSync(join(stage.volume, name));
    if (stage.dice.chance(40)) stage.rotate();
    if (stage.dice.chance(50)) {
      stage.publish();
    } else {
      const text = stage.files()[name] ?? '';
      writeFileSync(place, text.slice(0, stage.dice.roll(text.length)));
      await stage.sometime(0, 300);
      writeFileSync(place, text);
    }
    await stage.sometime(0, 300);
  }
  return undefined;
}

/** Milliseconds: a busy machine checks the files twice if it sees the certificate before its key. */
const longestReload = 90_000;

/** Seconds until the certificate ends: mintproc starts meanwhile. */
const certificateSeconds = 20;

async function shortCertificate(stage: Stage): Promise<Readonly<Record<string, unknown>>> {
  const { world } = stage;
  const files = await makeTlsFiles(certificateSeconds);
  stage.deadline = Date.now() + certificateSeconds * 1000;
  const authorities = readFileSync(join(world.folder, 'authorities.crt'), 'utf8');
  world.write({
    'pair.crt': files['server.crt'],
    'pair.key': files['server.key'],
    'authorities.crt': `${authorities}${files['authority.crt']}`,
  });
  await world.startEnvoy();
  const tls = { certificate: 'pair.crt', key: 'pair.key', clientAuthorities: 'authorities.crt' };
  return { listen: `127.0.0.1:${world.ports.tls}`, tls };
}

/** Connections that are open stay open. The workers are replaced, and so Envoy connects anew. */
async function letCertificateEnd(stage: Stage): Promise<() => Promise<void>> {
  await pause(Math.max(0, stage.deadline - Date.now()) + 1_000);
  for (const pid of stage.workers()) process.kill(pid, 'SIGKILL');
  return async () => {
    const { world } = stage;
    const read = (name: string): string => readFileSync(join(world.folder, name), 'utf8');
    const series = 'mintproc_certificate_end_timestamp_seconds{use="listener",name="certificate"}';
    const before = (await world.figures()).get(series);
    world.write({ 'pair.crt': read('server.crt'), 'pair.key': read('server.key') });
    const isNew = async (): Promise<boolean> => (await world.figures()).get(series) !== before;
    await world.untilSeen('the new certificate', isNew, longestReload);
    stage.over();
  };
}

async function storm(stage: Stage): Promise<undefined> {
  const { mintproc, listener, metrics } = stage.world.ports;
  for (let waves = 0; waves < 20; waves++) {
    const sockets = [mintproc, listener, metrics].flatMap((port) => stage.connect(port, port === metrics ? 10 : 70));
    await stage.sometime(20, 120);
    for (const socket of sockets) if (stage.dice.chance(50)) socket.resetAndDestroy();
    for (const socket of sockets) socket.destroy();
  }
  return undefined;
}

/** Milliseconds: a service that failed for a few seconds is not called for up to so many more (docs/keys.md). */
const longestCircuit = 4_000;

export const surroundingFaults = {
  'disk-full': {
    what: 'the disk of the log and of the remembered keys is full',
    settings: async (stage) => ({
      log: { audit: true },
      jwks: { listen: await stage.freeAddress(), state: 'small/keys.json' },
    }),
    around: smallDisk,
    missing: noNamespaces,
    begin: fillDisk,
    served: true,
    grows: ['mintproc_log_lines_dropped_total'],
    shows: ['mintproc_jwks_state_trouble'],
  },
  'rights-lost': {
    what: 'the file of a key cannot be read any more',
    around: withoutOverride,
    missing: existsSync('/usr/bin/setpriv') ? noNamespaces : 'setpriv is not installed',
    begin: loseRights,
    served: true,
    grows: ['mintproc_config_reload_total{result="failure"}'],
    log: ['The new configuration is refused; the last good one stays in force.'],
  },
  'clock-stepped': {
    what: 'the clock is set an hour forth, two back and one forth',
    around: `echo +0 > time; ${fakeTimeInShell('"$PWD/time"')} exec "$@"`,
    missing: noFakeTime,
    begin: stepClock,
    served: true,
    grows: ['mintproc_clock_jumps_total'],
    log: ['The clock of this machine was set; the times of tokens follow it.'],
  },
  'service-away': {
    what: 'the service that holds a key hangs or breaks connections',
    settings: (stage) => heldBy(stage),
    paths: ['/held'],
    begin: failService,
    lasts: [2_000, 4_000],
    backWithin: longestCircuit,
    grows: ['mintproc_signer_errors_total'],
  },
  'names-away': {
    what: 'the name of the service that holds a key is not resolved',
    settings: (stage) => {
      stage.world.write({ hosts: known });
      return heldBy(stage, 'localhost');
    },
    around: ownHosts,
    missing: noNamespaces,
    paths: ['/held'],
    begin: async (stage) => {
      stage.world.write({ hosts: '' });
      (await stage.world.vault()).server.drop();
      return () => stage.world.write({ hosts: known });
    },
    lasts: [2_000, 4_000],
    backWithin: longestCircuit,
    grows: ['mintproc_signer_errors_total'],
  },
  'certificate-ends': {
    what: 'the certificate of mintproc ends while it serves, and is renewed',
    settings: shortCertificate,
    variant: 'tls',
    begin: letCertificateEnd,
    envoy: ['cluster.mintproc-tls.ssl.fail_verify_error'],
  },
  'files-swapped': {
    what: 'files are written in parts and exchanged while they are read',
    begin: swapFiles,
    served: true,
    grows: ['mintproc_config_reload_total{result="success"}'],
  },
  'connections-dropped': {
    what: 'thousands of connections are opened and dropped',
    begin: storm,
    served: true,
  },
} as const satisfies Record<string, Fault>;
