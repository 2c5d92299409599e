/**
 * @module
 * How `dist/program.cjs`, `dist/tracing.cjs` and the page of the playground are bundled, and which packages are part of
 * them.
 */
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { pageBundle } from './playground.ts';

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

/** The part of the source that becomes a file of its own, and that file (docs/decisions/0095). */
const tracing = { source: 'src/observe/tracing/otlp.ts', bundle: './tracing.cjs' } as const;

/** The program loads OpenTelemetry's SDK from its own file, on demand. */
const withoutTracing: Plugin = {
  name: 'without-tracing',
  setup({ onResolve }) {
    onResolve({ filter: /\/otlp\.ts$/ }, ({ path, resolveDir }) =>
      join(resolveDir, path) === join(root, tracing.source) ? { path: tracing.bundle, external: true } : undefined,
    );
  },
};

/** What starts when the program starts itself again, as a worker for example. */
const mainFile = `const mainFile = require('node:path').join(__dirname, 'main.cjs');`;

/** Each part of the program runs when it is first asked for, so that the library and the commands share one file. */
const parts = `
exports.main = () => require('./src/main.ts');
exports.mintproc = () => require('./src/library/mintproc.ts');
exports.dataweave = () => require('./src/library/dataweave.ts');`;

const forThisNode = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node26',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  // Names are kept and lines are short, so that stack frames in the log are useful.
  lineLimit: 160,
  logLevel: 'warning',
} as const satisfies BuildOptions;

const bundles: readonly BuildOptions[] = [
  {
    ...forThisNode,
    stdin: { contents: parts, resolveDir: root, sourcefile: 'parts.js' },
    outfile: join(root, 'dist/program.cjs'),
    // From `node_modules`: large, and loaded only for `transport: grpc-js`; and not a dependency.
    external: ['@grpc/*', 'pkcs11js'],
    define: { 'import.meta.filename': 'mainFile' },
    banner: { js: `${urlOfSource}\n${mainFile}` },
    plugins: [asCommonJs, withoutPushgateway, withoutTracing],
  },
  { ...forThisNode, entryPoints: [join(root, tracing.source)], outfile: join(root, 'dist', tracing.bundle) },
  pageBundle,
];

/** A package, of whose code the bundle has some. */
export interface BundledPackage {
  /** As the package says, whatever name it is installed by. */
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly folder: string;
}

/**
 * Bundles the program.
 * @returns the packages that are part of it, ordered by name
 * @throws Error for a package without a name, a version or a licence
 */
export async function bundleProgram({ write }: { readonly write: boolean }): Promise<readonly BundledPackage[]> {
  const results = await Promise.all(bundles.map((options) => build({ ...options, metafile: true, write })));
  const outputs = results.flatMap(({ metafile }) => Object.values(metafile.outputs));
  const inputs = outputs.flatMap((output) => Object.entries(output.inputs));
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
