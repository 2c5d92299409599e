/**
 * @module
 * Asks all peers behind an address. A name may have many addresses, such as that of a headless Service, which has one
 * for each pod. Each pod has its own keys, so all are asked.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { hostOf } from '../../net/safe-address.ts';
import { askPeer, NoAnswer, type PeerOptions, peerLimit } from './ask-peer.ts';
import { readSet, type Sight } from './seen-keys.ts';

/** Addresses of one name; more pods than most clusters have behind a Service. */
const maxAddresses = 512;

/** One question. */
export type Ask = () => Promise<Sight>;

/** Finds the addresses of a name. It has no order. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** By the resolver of the system, which knows the search domains of a cluster. */
export const resolveAll: Resolve = async (host) => {
  if (isIP(host) !== 0) return [host];
  const found = lookup(host, { all: true }).then((all) => all.map(({ address }) => address));
  const late = setTimeout(peerLimit, undefined, { ref: false }).then(() => {
    throw new NoAnswer(`The name is not resolved after ${peerLimit / 1000} s.`);
  });
  // If it is late, its error comes to nobody.
  found.catch(() => undefined);
  return Promise.race([found, late]);
};

interface Questions {
  readonly asks: readonly Ask[];
  /** What is wrong with the name; empty if nothing is. */
  readonly sights: readonly Sight[];
}

/** The questions to all addresses of a peer's host. */
export async function questionsTo(url: URL, resolve: Resolve, options: PeerOptions): Promise<Questions> {
  const from = url.origin;
  try {
    const addresses = [...new Set(await resolve(hostOf(url)))].sort();
    const asked = addresses.slice(0, maxAddresses);
    const objections = [
      ...(addresses.length === 0 ? ['The name has no address.'] : []),
      ...(addresses.length > maxAddresses ? [`The name has more than ${maxAddresses} addresses.`] : []),
    ];
    const asks = asked.map((address) => () => ask(url, address, options));
    return { asks, sights: objections.length === 0 ? [] : [{ from, keys: [], objections }] };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    const objection = error instanceof NoAnswer ? error.message : `The name cannot be resolved${code}.`;
    return { asks: [], sights: [{ from, keys: undefined, objections: [objection] }] };
  }
}

async function ask(url: URL, address: string, options: PeerOptions): Promise<Sight> {
  const host = address.includes(':') ? `[${address}]` : address;
  const from = `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}${url.pathname}`;
  try {
    return readSet(await askPeer(url, address, options), from);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { from, keys: undefined, objections: [error.message] };
  }
}
