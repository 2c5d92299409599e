/**
 * @module
 * Addresses to listen on: whether one is free, and a free one where any will do.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { SetupError, systemCode } from './setup-error.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:50051` as an address. */
export function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/**
 * Refuses to go on when something listens at `address` already. Envoy shares its port with another Envoy of the same
 * user without a word (SO_REUSEPORT), so its own failure to bind cannot be relied on.
 *
 * @param neededBy who is going to listen there, and where that is written
 * @throws SetupError naming both
 */
export async function requireFree(address: Address, neededBy: string): Promise<void> {
  const code = await bindError(address);
  if (code === undefined) return;
  const why = code === 'EADDRINUSE' ? 'taken' : `not to be had (${code})`;
  throw new SetupError(
    `Port ${address.port} on ${address.host} is ${why}, but ${neededBy} needs it: free it and try again.`,
  );
}

/** Below the ports that the kernel hands to outgoing connections (32768 and up on Linux), so that none slips in. */
const firstPort = 20_000;
const lastPort = 31_999;

/** A port on the loopback address that nothing listens on now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort + 1));
    if (await portIsFree(port)) return port;
  }
}

/** Whether nothing listens on a port of the loopback address. */
export async function portIsFree(port: number): Promise<boolean> {
  return (await bindError({ host: '127.0.0.1', port })) === undefined;
}

async function bindError({ host, port }: Address): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code;
  } finally {
    server.close();
  }
}
