/**
 * The package as `npm pack` makes it, of a copy of the repository: its build must not disturb that of another test.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Makes the tarball in `folder`. @returns its path */
export function packInto(folder: string): string {
  const copy = join(folder, 'repository');
  mkdirSync(copy);
  const { files, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly files: readonly string[];
    readonly version: string;
  };
  // The rest of the list says what of `dist` is packed, which the build makes.
  const needed = [...files.filter((name) => !/^!?dist\b/.test(name)), 'src', 'build'];
  for (const name of [...needed, 'package.json', 'tsconfig.json', 'README.md', 'LICENSE']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: copy, env: withThisNode });
  return join(folder, `mintproc-${version}.tgz`);
}

/** The environment with the Node that runs this first on the PATH. */
export const withThisNode = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };

/** Installs the tarball in a project, as its user does. */
export function installInto(project: string, tarball: string): void {
  const line = ['install', tarball, '--prefer-offline', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', line, { cwd: project, env: withThisNode });
}
