/**
 * @module
 * `npm run build`: bundles the program and everything it imports into `dist/program.cjs`, which loads with less time
 * and memory than hundreds of modules (docs/decisions/0060). The entry is `dist/main.cjs`: it checks Node's version, in
 * syntax that any Node can parse, and then loads `program.cjs`.
 */
import { chmodSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');

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

await build({
  entryPoints: [join(root, 'src/main.ts')],
  outfile: join(root, 'dist/program.cjs'),
  bundle: true,
  platform: 'node',
  target: 'node26',
  format: 'cjs',
  // Large, and loaded only for `transport: grpc-js`, from `node_modules`.
  external: ['@grpc/*'],
  define: { 'import.meta.filename': '__filename' },
  banner: { js: urlOfSource },
  plugins: [asCommonJs, withoutPushgateway],
  minifySyntax: true,
  minifyWhitespace: true,
  // Names are kept and lines are short, so that stack frames in the log are useful.
  lineLimit: 160,
  logLevel: 'warning',
});

// V8 keeps a source with a character beyond U+00FF in twice the memory. esbuild escapes them in strings, but not in
// regular expressions.
const wide = /[\u0100-\uffff]/.exec(readFileSync(join(root, 'dist/program.cjs'), 'utf8'));
if (wide !== null) {
  const code = wide[0].charCodeAt(0).toString(16).padStart(4, '0');
  throw new Error(`dist/program.cjs has a character beyond U+00FF: write \\u${code} in the regular expression.`);
}

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
