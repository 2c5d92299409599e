/**
 * @module
 * Parses the addresses to listen at, as written in the configuration.
 */

import { isIP } from 'node:net';
import { audienceOf } from './address-literal.ts';

export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** The operating system's limit for a socket path (`sun_path` of unix(7)), without the terminating zero byte. */
const maxSocketPathBytes = 107;

/** `host:port`, `[address]:port`, `unix:/path` or `unix:///path`; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const path = /^unix:(?:\/\/)?(\/[^\0]+)$/.exec(text)?.[1];
  if (path !== undefined) return Buffer.byteLength(path) > maxSocketPathBytes ? undefined : { kind: 'unix', path };
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { kind: 'tcp', host, port };
}

/** Whether a host is an IP address, and not a name. */
export function isIpAddress(host: string): boolean {
  return isIP(host) !== 0;
}

/** Whether only processes of the same machine, or the same pod, reach this host. */
export function isLoopback(host: string): boolean {
  return audienceOf(host) === 'machine';
}
