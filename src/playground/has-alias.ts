/**
 * @module
 * Aliases of YAML, which a part of a document may have without their anchors.
 */
import { type Document, type Node, visit } from 'yaml';

/** Whether the document or a part of it has an alias, such as `*name`. */
export function hasAlias(node: Document | Node): boolean {
  let isFound = false;
  visit(node, {
    Alias() {
      isFound = true;
      return visit.BREAK;
    },
  });
  return isFound;
}
