/**
 * @module
 * The second part of `npm run build`: the types of the library, in `dist/library/`. The compiler writes them from the
 * source, and what is not in `src/library/` may not be needed: nobody who imports mintproc depends on its inside.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As the compiler writes them: a declaration, or `import("…")` within a type. */
const imports = /^(?:im|ex)port .*\bfrom '([^']*)';$|\bimport\("([^"]*)"\)/gm;

const root = join(import.meta.dirname, '..');
const made = mkdtempSync(join(tmpdir(), 'mintproc-declarations-'));
try {
  const project = join(root, 'build/tsconfig.declarations.json');
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['--project', project, '--outDir', made], { stdio: 'inherit' });
  const wanted = new Set(['mintproc', 'dataweave']);
  for (const name of wanted) {
    const text = readFileSync(join(made, `library/${name}.d.ts`), 'utf8');
    for (const [, from, inline] of text.matchAll(imports)) wanted.add(siblingOf(from ?? inline ?? '', name));
    writeFileSync(join(root, `dist/library/${name}.d.ts`), text.replaceAll(/'(\.\/[\w-]+)\.ts'/g, "'$1.js'"));
  }
} finally {
  rmSync(made, { recursive: true });
}

/** The set grows while it is read, so each file is written once. @throws Error if the file is elsewhere */
function siblingOf(target: string, from: string): string {
  const [, name] = /^\.\/([\w-]+)\.ts$/.exec(target) ?? [];
  if (name !== undefined) return name;
  throw new Error(`src/library/${from}.ts shows a type of ${target}: use one of src/library/interface.ts.`);
}
