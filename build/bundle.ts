/**
 * @module
 * `npm run build`: bundles the program and everything it imports into `dist/program.cjs`, which loads with less time
 * and memory than hundreds of modules (docs/decisions/0060). The entries are `dist/main.cjs` for the commands and
 * `dist/library/` for programs: they check Node's version, in syntax that any Node can parse, and then load
 * `program.cjs`. OpenTelemetry's SDK is in `dist/tracing.cjs`, which is loaded only if requests are traced
 * (docs/decisions/0095), and the page of the playground in `dist/playground/`. `dist/LICENSES.txt` has the licences of the packages that are part of them.
 */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { licenseTexts } from './licenses.ts';
import { bundleProgram, root } from './program.ts';

writeFileSync(join(root, 'dist/LICENSES.txt'), licenseTexts(await bundleProgram({ write: true })));

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
