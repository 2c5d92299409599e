/**
 * @module
 * Refuses to be imported by a Node that is too old, before anything else runs. See `diagnostics/old-node.ts`.
 */
import { oldNode } from '../diagnostics/old-node.ts';

const sentence = oldNode(process);

if (sentence !== undefined) throw new Error(sentence);
