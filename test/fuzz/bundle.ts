/**
 * @module
 * Bundles a fuzz target and what it imports into one CommonJS file, which the fuzzer instruments.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { FuzzRow } from './index.ts';

/** A CommonJS module has no `import.meta`, but has `require`: what the source requires becomes part of the bundle. */
const asCommonJs: Plugin = {
  name: 'as-commonjs',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replace('const require = createRequire(import.meta.url);', '')
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(join(path, '..'))),
      loader: 'ts',
    }));
  },
};

/** Instrumented code takes so many times the time of other code, roughly. */
const slowness = 10;

/** @param file where the bundle goes */
export async function bundleTarget({ module, target }: FuzzRow, file: string): Promise<void> {
  const entry = `
import { checkInput } from './check-input.ts';
import { ${target} } from './targets/${module}.ts';
export const fuzz = (bytes) => checkInput(${target}, bytes, ${slowness});`;
  await build({
    stdin: { contents: entry, resolveDir: import.meta.dirname, sourcefile: 'fuzz.js' },
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'cjs',
    external: ['pkcs11js'],
    plugins: [asCommonJs],
    logLevel: 'warning',
  });
}
