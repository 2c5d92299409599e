/**
 * @module
 * How the page of `mintproc playground` is bundled, into `dist/playground/`. `npm run playground` runs this file alone,
 * before it starts the command from its sources; `npm run build` bundles the page with the program.
 */
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const source = join(root, 'src/playground/page');

export const pageBundle: BuildOptions = {
  absWorkingDir: root,
  entryPoints: [
    { in: join(source, 'main.tsx'), out: 'page' },
    { in: join(source, 'page.css'), out: 'page' },
  ],
  outdir: join(root, 'dist/playground'),
  bundle: true,
  platform: 'browser',
  target: ['chrome120', 'firefox121', 'safari17.4'],
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  // The licences are in LICENSES.txt.
  legalComments: 'none',
  logLevel: 'warning',
};

if (import.meta.main) await build(pageBundle);
