/**
 * @module
 * How `dist/program.cjs` is bundled, and which packages are part of it.
 */
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';

export const root = join(import.meta.dirname, '..');

/**
 * A CommonJS module has no `import.meta`, but has `require`. Modules that the source requires on demand become part of
 * the bundle. Files that it locates relative to itself are still located relative to the source file.
 */
const asCommonJs: Plugin = {
  name: 'as-commonjs',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const place = relative(root, path).replaceAll(sep, '/');
      const contents = readFileSync(path, 'utf8')
        .replace('const require = createRequire(import.meta.url);', '')
        .replaceAll('import.meta.url', `urlOfSource('${place}')`);
      return { contents, loader: 'ts' };
    });
  },
};

const urlOfSource = `const urlOfSource = (place) =>
  require('node:url').pathToFileURL(require('node:path').join(__dirname, '..', place)).href;`;

/** Leaves out the push gateway client, which mintproc does not use. It would load Node's TLS, 3 MB resident. */
const withoutPushgateway: Plugin = {
  name: 'without-pushgateway',
  setup({ onLoad }) {
    onLoad({ filter: /prom-client.lib.pushgateway\.js$/ }, () => ({ contents: '', loader: 'js' }));
  },
};

/** What starts when the program starts itself again, as a worker for example. */
const mainFile = `const mainFile = require('node:path').join(__dirname, 'main.cjs');`;

/** Each part of the program runs when it is first asked for, so that the library and the commands share one file. */
const parts = `
exports.main = () => require('./src/main.ts');
exports.mintproc = () => require('./src/library/mintproc.ts');
exports.dataweave = () => require('./src/library/dataweave.ts');`;

export const programBundle = {
  absWorkingDir: root,
  stdin: { contents: parts, resolveDir: root, sourcefile: 'parts.js' },
  outfile: join(root, 'dist/program.cjs'),
  bundle: true,
  platform: 'node',
  target: 'node26',
  format: 'cjs',
  // From `node_modules`: large, and loaded only for `transport: grpc-js`; and not a dependency.
  external: ['@grpc/*', 'pkcs11js'],
  define: { 'import.meta.filename': 'mainFile' },
  banner: { js: `${urlOfSource}\n${mainFile}` },
  plugins: [asCommonJs, withoutPushgateway],
  minifySyntax: true,
  minifyWhitespace: true,
  // Names are kept and lines are short, so that stack frames in the log are useful.
  lineLimit: 160,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** A package, of whose code the bundle has some. */
export interface BundledPackage {
  /** As the package says, whatever name it is installed by. */
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly folder: string;
}

/** Ordered by name. @throws Error for a package without a name, a version or a licence */
export function bundledPackages({ outputs }: Metafile): readonly BundledPackage[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? [];
    return folder === undefined || bytesInOutput === 0 ? [] : [folder];
  });
  const packages = Array.from(new Set(folders), (path) => {
    const folder = join(root, path);
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const value of [name, version, license]) {
      if (typeof value !== 'string') throw new Error(`${path}/package.json has no name, no version or no license.`);
    }
    return { name, version, license, folder };
  });
  return packages.sort((one, other) => (one.name < other.name ? -1 : 1));
}
