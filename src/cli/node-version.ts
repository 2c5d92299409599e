/**
 * @module
 * Checks that this Node is new enough, before anything else runs. The build makes a separate file of it, since an older
 * Node cannot parse the rest. So it imports nothing, and uses only old syntax.
 */
import type { Code } from '../diagnostics/codes.ts';

/** The first Node that has `Temporal`, which DataWeave's dates use; `engines` in package.json says the same. */
const oldest = 26;
const code: Code = 'cli.node-version';

if (Number(process.versions.node.split('.')[0]) < oldest) {
  const found = `${process.version} (${process.execPath})`;
  process.stderr.write(`mintproc needs Node ${oldest} or later, and this is Node ${found}. [${code}]\n`);
  process.exit(1);
}
