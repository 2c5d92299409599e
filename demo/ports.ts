/**
 * @module
 * Checks whether an address is free, and finds a free port.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { SetupError, systemCode } from './setup-error.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Parses an address such as `127.0.0.1:50051`. */
export function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/**
 * Throws if `address` is in use. An Envoy silently shares its port with another Envoy of the same user (SO_REUSEPORT),
 * so a failure to bind is not reliable.
 *
 * @param neededBy the process that will listen there, and where this is configured
 * @throws SetupError with the address and `neededBy`
 */
export async function requireFree(address: Address, neededBy: string): Promise<void> {
  const code = await bindError(address);
  if (code === undefined) return;
  const why = code === 'EADDRINUSE' ? 'in use' : `not available (${code})`;
  throw new SetupError(
    `Port ${address.port} on ${address.host} is ${why}, but ${neededBy} needs it: free it and try again.`,
  );
}

/**
 * Below the ports that the kernel uses for outgoing connections (32768 and up on Linux), so that they do not conflict.
 */
const firstPort = 20_000;
const lastPort = 31_999;

const ports = lastPort - firstPort + 1;

/** How many ports a process has before it reaches those of another process that started just after it. */
const block = 25;
let offset = (process.pid * block) % ports;

/**
 * A port on the loopback address that nothing listens on now. Processes that run at the same time get different ones.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + offset;
    offset = (offset + 1) % ports;
    if (await portIsFree(port)) return port;
  }
}

/** Whether a port on the loopback address is unused. */
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
