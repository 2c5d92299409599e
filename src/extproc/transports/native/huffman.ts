/**
 * @module
 * Decodes the Huffman-coded strings of HPACK (RFC 7541, 5.2 and Appendix B).
 *
 * The code is canonical: codes of one length are consecutive numbers in the order of their symbols, and shorter codes
 * come first. So the lengths define the code, and the tree is built from them at load.
 */

/** The code length in bits of each byte 0 to 255, and of the end-of-string symbol, 256. */
// biome-ignore format: a table of 16 a row, as the RFC counts them
const codeLengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];

const endOfString = 256;

/**
 * The tree. Node `n` has its children at `2n` and `2n + 1`. A positive entry is the next node; `-1 - symbol` is a leaf.
 */
const tree: Int16Array = makeTree();

function makeTree(): Int16Array {
  const nodes = new Int16Array(2 * codeLengths.length);
  const symbols = codeLengths.map((length, symbol) => ({ length, symbol }));
  symbols.sort((a, b) => a.length - b.length || a.symbol - b.symbol);
  let code = 0;
  let before = 0;
  let count = 1;
  for (const { length, symbol } of symbols) {
    code <<= length - before;
    before = length;
    let node = 0;
    for (let bit = length - 1; bit > 0; bit--) {
      const child = 2 * node + ((code >> bit) & 1);
      if (nodes[child] === 0) nodes[child] = count++;
      node = nodes[child] ?? 0;
    }
    nodes[2 * node + (code & 1)] = -1 - symbol;
    code++;
  }
  return nodes;
}

/** Holds the characters of one string. It grows for longer strings. */
let scratch = Buffer.allocUnsafeSlow(4096);

/**
 * Decodes `bytes` from `start` to `end` to a string with one character per byte.
 *
 * @returns undefined if the code contains the end-of-string symbol, or the padding is not a prefix of it or is longer
 *   than 7 bits
 */
export function decodeHuffman(bytes: Buffer, start: number, end: number): string | undefined {
  // The shortest code has 5 bits.
  const longest = Math.floor(((end - start) * 8) / 5);
  if (longest > scratch.length) scratch = Buffer.allocUnsafeSlow(2 * longest);
  let length = 0;
  let node = 0;
  let pendingBits = 0;
  let pendingOnes = true;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    for (let bit = 7; bit >= 0; bit--) {
      const one = (byte >> bit) & 1;
      const next = tree[2 * node + one] ?? 0;
      if (next >= 0) {
        node = next;
        pendingBits++;
        pendingOnes &&= one === 1;
        continue;
      }
      if (next === -1 - endOfString) return undefined;
      scratch[length++] = -1 - next;
      node = 0;
      pendingBits = 0;
      pendingOnes = true;
    }
  }
  return pendingBits > 7 || !pendingOnes ? undefined : scratch.toString('latin1', 0, length);
}
