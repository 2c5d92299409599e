/**
 * @module
 * `npm run build`: the program and everything that it imports as one file, `dist/program.cjs`, which a sidecar loads in
 * less time and memory than hundreds of modules (docs/decisions/0060). What is run is `dist/main.cjs`, which has a word
 * about Node's version, in the syntax of any Node, and loads the other.
 */
import { chmodSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');

/**
 * A CommonJS module has no `import.meta`, and a `require` of its own. What the source requires when it is needed becomes
 * part of the file; what it finds beside itself is still found from where the source stood.
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

/** Pushes metrics to a gateway, which mintproc does not do; it alone would load Node's TLS, 3 MB resident. */
const withoutPushgateway: Plugin = {
  name: 'without-pushgateway',
  setup({ onLoad }) {
    onLoad({ filter: /prom-client.lib.pushgateway\.js$/ }, () => ({ contents: '', loader: 'js' }));
  },
};

await build({
  entryPoints: [join(root, 'src/main.ts')],
  outfile: join(root, 'dist/program.cjs'),
  bundle: true,
  platform: 'node',
  target: 'node26',
  format: 'cjs',
  // Large, and loaded for `transport: grpc-js` alone, from where npm installs it.
  external: ['@grpc/*'],
  define: { 'import.meta.filename': '__filename' },
  banner: { js: urlOfSource },
  plugins: [asCommonJs, withoutPushgateway],
  minifySyntax: true,
  minifyWhitespace: true,
  // Names stay, and lines stay short, for the places in a logged defect.
  lineLimit: 160,
  logLevel: 'warning',
});

const [firstLine = ''] = readFileSync(join(root, 'src/main.ts'), 'utf8').split('\n', 1);
const started = join(root, 'dist/main.cjs');
await build({
  entryPoints: [join(root, 'src/cli/node-version.ts')],
  outfile: started,
  platform: 'node',
  target: 'es2015',
  format: 'cjs',
  banner: { js: firstLine },
  footer: { js: "require('./program.cjs');" },
  logLevel: 'warning',
});
chmodSync(started, 0o755);
