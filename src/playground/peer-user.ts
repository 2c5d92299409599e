/**
 * @module
 * Whose connection it is. An address of loopback is open to every user of the machine, and so are two secrets of the
 * page: the command line that opens the browser, and a cookie, which a browser sends to every port of a host. Linux
 * tells whose a socket is; elsewhere, the secrets are all there is.
 */
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { endianness } from 'node:os';

/** The two ends of a connection, as a socket of the server has them. */
export interface Connection {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

/** The state of a connection whose two ends are open: an end that its program has closed is nobody's. */
const established = '01';

/**
 * Whether the other end belongs to another user than this process and root. False where the system does not tell.
 *
 * @param user of this process; undefined if the system has none, such as Windows
 */
export function isOfOtherUser(connection: Connection, user = process.geteuid?.(), tables = systemTables): boolean {
  const { remoteAddress, remotePort, localAddress, localPort } = connection;
  if (user === undefined || remoteAddress === undefined || localAddress === undefined) return false;
  const isMapped = [false, true];
  const [theirs, ours] = [
    isMapped.map((mapped) => endOf(remoteAddress, remotePort, mapped)),
    isMapped.map((mapped) => endOf(localAddress, localPort, mapped)),
  ];
  let isListed = false;
  for (const [local = '', remote = '', state, owner] of tables().flatMap(rowsOf)) {
    if (theirs.includes(local) && ours.includes(remote)) {
      return state !== established || (owner !== user && owner !== 0);
    }
    isListed ||= ours.includes(local) && theirs.includes(remote);
  }
  return isListed;
}

type Row = readonly [local: string, remote: string, state: string, owner: number];

/** The rows of `/proc/net/tcp`; its format is in proc(5) and in the kernel's `proc_net_tcp.rst`. */
function rowsOf(table: string): readonly Row[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .map(([, local = '', remote = '', state = '', , , , owner]) => [local, remote, state, Number(owner)]);
}

/** As the table writes it: words of four bytes in the order of the machine, and the port. */
function endOf(address: string, port = 0, isMapped: boolean): string {
  const bytes = isIPv6(address) ? loopback6 : address.split('.').map(Number);
  const all = isMapped && bytes.length === 4 ? [...new Array<number>(10).fill(0), 255, 255, ...bytes] : bytes;
  const words = Array.from({ length: all.length / 4 }, (_, at) => all.slice(at * 4, at * 4 + 4));
  const ordered = endianness() === 'LE' ? words.map((word) => word.toReversed()) : words;
  const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
  return `${ordered
    .flat()
    .map((byte) => hex(byte, 2))
    .join('')}:${hex(port, 4)}`;
}

/** `::1`, the only address of IPv6 that is listened at, so that it is the only one of a peer. */
const loopback6: readonly number[] = [...new Array<number>(15).fill(0), 1];

/** None where the system has none. */
function systemTables(): readonly string[] {
  try {
    return ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFileSync(path, 'latin1'));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [];
    throw error;
  }
}
