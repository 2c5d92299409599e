/**
 * @module
 * Ends the process if its Node is too old, before anything else runs. See `diagnostics/old-node.ts`.
 */
import { oldNode } from '../diagnostics/old-node.ts';

const sentence = oldNode(process);

if (sentence !== undefined) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
