/**
 * @module
 * The first thing that runs: whether this Node is new enough. The build makes a file of its own of it, since an older
 * Node could not even read the rest; so nothing is imported here, and no syntax is used that an old one lacks.
 */
import type { Code } from '../diagnostics/codes.ts';

/** The first Node that has `Temporal`, which DataWeave's dates are made of; `engines` in package.json says the same. */
const oldest = 26;
const code: Code = 'cli.node-version';

if (Number(process.versions.node.split('.')[0]) < oldest) {
  const found = `${process.version} (${process.execPath})`;
  process.stderr.write(`mintproc needs Node ${oldest} or later, and this is Node ${found}. [${code}]\n`);
  process.exit(1);
}
