/**
 * @module
 * Connects to a server by its address, in the syntax of mintproc's configuration.
 */
import { connect, type Socket } from 'node:net';
import { parseAddress } from '../../src/net/address.ts';

/** @param address `127.0.0.1:50051` or `unix:/path` @returns a connecting socket */
export function connectTo(address: string): Socket {
  const target = parseAddress(address);
  if (target === undefined) throw new TypeError(`${address} is not an address`);
  return target.kind === 'unix' ? connect(target.path) : connect({ ...target, noDelay: true });
}
