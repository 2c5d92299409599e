/**
 * @module
 * `npm run build`: bundles the program and everything it imports into `dist/program.cjs`, which loads with less time
 * and memory than hundreds of modules (docs/decisions/0060). The entries are `dist/main.cjs` for the commands and
 * `dist/library/` for programs: they check Node's version, in syntax that any Node can parse, and then load
 * `program.cjs`.
 */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

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

/** What starts when the program starts itself again, as a worker for example. */
const mainFile = `const mainFile = require('node:path').join(__dirname, 'main.cjs');`;

/** Each part of the program runs when it is first asked for, so that the library and the commands share one file. */
const parts = `
exports.main = () => require('./src/main.ts');
exports.mintproc = () => require('./src/library/mintproc.ts');
exports.dataweave = () => require('./src/library/dataweave.ts');`;

await build({
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
});

// V8 keeps a source with a character beyond U+00FF in twice the memory. esbuild escapes them in strings, but not in
// regular expressions.
const wide = /[\u0100-\uffff]/.exec(readFileSync(join(root, 'dist/program.cjs'), 'utf8'));
if (wide !== null) {
  const code = wide[0].charCodeAt(0).toString(16).padStart(4, '0');
  throw new Error(`dist/program.cjs has a character beyond U+00FF: write \\u${code} in the regular expression.`);
}

/** Files that an old Node can parse, to say that it is too old. */
const forAnyNode: BuildOptions = { bundle: true, platform: 'node', target: 'es2015', logLevel: 'warning' };

const [firstLine = ''] = readFileSync(join(root, 'src/main.ts'), 'utf8').split('\n', 1);
const started = join(root, 'dist/main.cjs');
await build({
  ...forAnyNode,
  entryPoints: [join(root, 'src/cli/node-version.ts')],
  outfile: started,
  format: 'cjs',
  banner: { js: firstLine },
  footer: { js: "require('./program.cjs').main();" },
});
chmodSync(started, 0o755);

await build({
  ...forAnyNode,
  entryPoints: [join(root, 'src/library/node-version.ts')],
  outfile: join(root, 'dist/library/node-version.js'),
  format: 'esm',
});
/** Each has one function of `parts`; what that exports is exported by name. */
const program = createRequire(import.meta.url)('../dist/program.cjs') as Readonly<Record<string, () => object>>;
for (const name of ['mintproc', 'dataweave']) {
  const exported = Object.keys(program[name]?.() ?? {}).sort();
  const lines = [
    "import './node-version.js';",
    "import program from '../program.cjs';",
    `export const { ${exported.join(', ')} } = program.${name}();`,
  ];
  writeFileSync(join(root, `dist/library/${name}.js`), `${lines.join('\n')}\n`);
}
