/**
 * @module
 * Starts programs in an image whose base has only Node and its libraries, like a distroless one: no shell, no `env`.
 * They run as the image's user, with its environment, and cannot write to its files. Needs root, for mounts in a
 * namespace of the process.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from './dockerfile.ts';

/** False for a user who may not mount. */
export const mayMount =
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0 &&
  spawnSync('setpriv', ['--no-new-privs', 'true']).status === 0;

const node = '/nodejs/bin/node';

/** Mounted from this machine: the libraries of Node, and devices. */
const shared = ['/usr/lib', '/usr/lib64', '/dev'].filter((path) => existsSync(path));

/** A command line that starts a program of the image; its process id becomes that of the program. */
export type Starts = (command: readonly string[]) => { readonly file: string; readonly args: readonly string[] };

/** @param mounted folders to mount, by their path in the container */
export function readOnlyRoot(image: Image, mounted: Readonly<Record<string, string>>): Starts {
  const { root, env, user } = image;
  const mounts = Object.entries({ ...Object.fromEntries(shared.map((path) => [path, path])), ...mounted });
  for (const [path] of mounts) mkdirSync(join(root, path), { recursive: true });
  for (const name of ['lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
  mkdirSync(join(root, node, '..'), { recursive: true });
  writeFileSync(join(root, node), '');
  const script = [
    'set -e',
    'root=$1; shift',
    'mount --bind "$root" "$root"',
    ...[...mounts, [node, process.execPath]].flatMap(([path, from]) => [
      `mount --bind '${from}' "$root${path}"`,
      path === '/dev' ? '' : `mount -o remount,bind,ro "$root${path}"`,
    ]),
    'mount -o remount,bind,ro "$root"',
    'exec env -i "$@"',
  ];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const enter = ['setpriv', '--no-new-privs', 'chroot', `--userspec=${user}`, root];
  return (command) => ({
    file: 'unshare',
    args: ['-m', '/bin/sh', '-c', script.join('\n'), 'sh', root, ...variables, ...enter, ...command],
  });
}
