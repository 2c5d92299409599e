/**
 * @module
 * Addresses to listen on: checks whether one is free, and finds a free one.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Setback, systemCode } from './setback.ts';

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
 * Fails if something already listens on `address`. Envoy silently shares its port with another Envoy of the same user
 * (SO_REUSEPORT), so it does not always fail to bind.
 *
 * @param neededBy what will listen there, and where this is configured
 * @throws Setback naming both
 */
export async function demandFree(address: Address, neededBy: string): Promise<void> {
  const code = await bindError(address);
  if (code === undefined) return;
  const why = code === 'EADDRINUSE' ? 'taken' : `not to be had (${code})`;
  throw new Setback(
    `Port ${address.port} on ${address.host} is ${why}, but ${neededBy} needs it: free it and try again.`,
  );
}

/** Below the ports that the kernel uses for outgoing connections (32768 and up on Linux), so that none takes it. */
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
