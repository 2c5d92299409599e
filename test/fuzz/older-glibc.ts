/**
 * @module
 * Lets the fuzzer's addon load with a C library older than the one that it was linked with (2.38): Debian 12 has 2.36.
 *
 * It needs two functions of that version, which are `strtol` and `strtoul` by new names, and one of a newer C++ library,
 * which only initializes its streams. A small library has them, and the versions that the addon asks for are marked as
 * weak, so that the dynamic linker does not insist on them.
 */

/** The functions in C. */
export const shimSource = `#include <stdlib.h>
long __isoc23_strtol(const char *text, char **end, int base) { return strtol(text, end, base); }
unsigned long __isoc23_strtoul(const char *text, char **end, int base) { return strtoul(text, end, base); }
void _ZSt21ios_base_library_initv(void) {}
`;

const newer: ReadonlySet<string> = new Set(['GLIBC_2.38', 'GLIBCXX_3.4.32']);

/** ELF, 64 bits, little-endian: the only form that is changed. */
const magic = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
/** SHT_GNU_verneed: the versions that a library needs of others. */
const neededVersions = 0x6fff_fffe;
/** VER_FLG_WEAK. */
const weak = 2;

/**
 * Marks the newer versions that a library asks for as weak, in its bytes.
 *
 * @returns whether it asks for some and this process runs with an older C library
 */
export function allowOlderLibraries(library: Buffer, glibc: string | undefined = glibcVersion()): boolean {
  if (glibc === undefined || !isOlder(glibc) || !library.subarray(0, magic.length).equals(magic)) return false;
  const sections = Number(library.readBigUInt64LE(40));
  const count = library.readUInt16LE(60);
  let found = false;
  for (let index = 0; index < count; index++) {
    const section = sections + 64 * index;
    if (library.readUInt32LE(section + 4) !== neededVersions) continue;
    const strings = sections + 64 * library.readUInt32LE(section + 40);
    found = markIn(library, offsetOf(library, section), offsetOf(library, strings)) || found;
  }
  return found;
}

function offsetOf(library: Buffer, section: number): number {
  return Number(library.readBigUInt64LE(section + 24));
}

/** @param needs where the section is @param strings where the names of its versions are */
function markIn(library: Buffer, needs: number, strings: number): boolean {
  let found = false;
  for (let need = needs, next = 1; next !== 0; need += next) {
    let entry = need + library.readUInt32LE(need + 8);
    for (let left = library.readUInt16LE(need + 2); left > 0; left--) {
      const start = strings + library.readUInt32LE(entry + 8);
      if (newer.has(library.toString('latin1', start, library.indexOf(0, start)))) {
        library.writeUInt16LE(library.readUInt16LE(entry + 4) | weak, entry + 4);
        found = true;
      }
      entry += library.readUInt32LE(entry + 12);
    }
    next = library.readUInt32LE(need + 12);
  }
  return found;
}

function isOlder(glibc: string): boolean {
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  return major === 2 && minor < 38;
}

/** Undefined with another C library. */
function glibcVersion(): string | undefined {
  const { header }: { header?: { glibcVersionRuntime?: string } } = Object(process.report.getReport());
  return header?.glibcVersionRuntime;
}
