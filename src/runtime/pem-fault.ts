/**
 * @module
 * Whether a file of certificates is whole. OpenSSL leaves out of a list what it cannot read, and takes a file that ends too
 * early for one that has fewer: without this, a file that is being written would shut clients out.
 */
import { X509Certificate } from 'node:crypto';

/** A line that begins or ends a block; of one that is cut off at least the dashes and a letter are there. */
const mark = /^-----[BE].*$/gm;
const wholeMark = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----\s*$/;
const certificateLabel = /^(?:X509 |TRUSTED )?CERTIFICATE$/;
/** The text ends with the dashes that begin a mark. */
const cutMark = /(?:^|\n)-{1,5}$/;

/** Ends a sentence that begins with the file's name; undefined where each block is whole and each certificate one. */
export function pemFault(text: string): string | undefined {
  const blocks = blocksOf(text);
  if (blocks === undefined) return 'ends within a PEM block, as a file does that is being written';
  let certificates = 0;
  for (const block of blocks) {
    if (!certificateLabel.test(block.label)) continue;
    if (!isCertificate(block.text)) return 'holds a certificate that cannot be read';
    certificates++;
  }
  return certificates === 0 ? 'holds no certificate in PEM' : undefined;
}

/** Undefined where one of them is not whole. */
function blocksOf(text: string): readonly { readonly label: string; readonly text: string }[] | undefined {
  if (cutMark.test(text)) return undefined;
  const marks = Array.from(text.matchAll(mark));
  const blocks = [];
  for (let index = 0; index < marks.length; index += 2) {
    const [begin, end] = [marks[index], marks[index + 1]];
    const [, first, label = ''] = wholeMark.exec(begin?.[0] ?? '') ?? [];
    const [, last, again] = wholeMark.exec(end?.[0] ?? '') ?? [];
    if (begin === undefined || end === undefined) return undefined;
    if (first !== 'BEGIN' || last !== 'END' || label !== again) return undefined;
    blocks.push({ label, text: text.slice(begin.index, end.index + end[0].length) });
  }
  return blocks;
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(`${block}\n`).serialNumber !== '';
  } catch {
    return false;
  }
}
