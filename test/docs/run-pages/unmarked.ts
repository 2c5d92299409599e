/**
 * @module
 * Which blocks of a page must say what becomes of them: commands, and configurations in YAML or XML.
 */
import { type Block, blocksOf } from './page-blocks.ts';

const always = /^(?:sh|bash|shell|console|yaml|yml|xml)$/;

/** A command of ours in a block of any other language. */
const command = /^(?:\$ )?mintproc [a-z]/m;

/** Whether a reader would copy it: a command line, or a configuration. */
function isToRun({ language, text }: Block): boolean {
  return always.test(language) || command.test(text);
}

/** The blocks without a mark that need one. */
export function unmarkedBlocks(page: string): readonly Block[] {
  return blocksOf(page).filter((block) => block.mark === undefined && isToRun(block));
}
