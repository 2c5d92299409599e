/**
 * @module
 * What is said on a Node that is too old. The build makes a separate file of this, since an older Node cannot parse the
 * rest. So it imports nothing, and uses only old syntax.
 */
import type { Code } from './codes.ts';

/** The first Node that has `Temporal`, which DataWeave's dates use; `engines` in package.json says the same. */
const oldest = 26;
const code: Code = 'cli.node-version';

/** A sentence; undefined if the Node of the process is new enough. */
export function oldNode(node: Pick<NodeJS.Process, 'version' | 'versions' | 'execPath'>): string | undefined {
  if (Number(node.versions.node.split('.')[0]) >= oldest) return undefined;
  return `mintproc needs Node ${oldest} or later, and this is Node ${node.version} (${node.execPath}). [${code}]`;
}
