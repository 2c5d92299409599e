/**
 * @module
 * The CPU time of a request that is refused because of `limits.inFlight`, beside that of requests with a token. Without
 * Envoy, so that nothing hides the difference.
 *
 * Usage: npm run build && node bench/overload.ts [ROUNDS]
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessGroup } from '../demo/process-group.ts';
import { serviceNames } from '../src/extproc/transports/transport.ts';
import { algorithms } from './algorithms.ts';
import { connectTo } from './load/connect-to.ts';
import { envoyMessage } from './load/envoy-request.ts';
import { askOver } from './load/stream-load.ts';
import { median } from './paired.ts';
import { ownRows } from './rows.ts';
import { onePolicy } from './servers/policy-files.ts';
import { cpuOf } from './servers/process-use.ts';
import { type Server, startServer, startSidecar } from './servers/start-server.ts';

const rounds = Number(process.argv[2] ?? 5);
const message = envoyMessage('/orders/42?tenant=acme');
const requests = 20_000;
const concurrency = 16;

/** In microseconds for each request. */
async function costOf({ pid, address }: Server): Promise<number> {
  const before = cpuOf(pid);
  await askOver({ address, message, requests, concurrency });
  return (cpuOf(pid) - before) / requests;
}

/** Takes the only place. */
async function holdStream(address: string): Promise<ClientHttp2Session> {
  const session = connect('http://mintproc', { createConnection: () => connectTo(address) });
  const head = { ':method': 'POST', ':path': `/${serviceNames.processor}/Process` };
  session.request({ ...head, 'content-type': 'application/grpc', te: 'trailers' }).on('error', () => undefined);
  await once(session, 'remoteSettings');
  return session;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-overload-'));
  const group = new ProcessGroup(folder);
  try {
    const keys = algorithms.HS256.makeKeys();
    const { files, configuration } = onePolicy({ algorithm: 'HS256', claims: 0, reuse: false }, keys);
    const full = { files, configuration: { ...configuration, limits: { inFlight: 1 } } };
    const refusing = await startSidecar(group, folder, 'refused', full);
    const held = await holdStream(refusing.address);
    const servers: [name: string, server: Server][] = [['refused (limits.inFlight)', refusing]];
    for (const { name, serving, over, title } of ownRows) {
      if (!['constant', 'RS256-reused', 'HS256', 'RS256'].includes(name)) continue;
      const own = serving.kind === 'sidecar' ? algorithms[serving.minting.algorithm].makeKeys() : undefined;
      servers.push([title, await startServer(group, folder, { name, serving, over }, own)]);
    }
    const costs = servers.map((): number[] => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [index, [, server]] of servers.entries()) {
        const cost = await costOf(server);
        // The first round warms up.
        if (round > 0) costs[index]?.push(cost);
      }
    }
    const minted = await refusing.minted();
    if (minted !== 0) throw new Error(`${minted} requests were not refused.`);
    held.destroy();
    const [own = 0, ...others] = costs.map((each) => median(each));
    for (const [index, [name]] of servers.entries()) {
      const cost = [own, ...others][index] ?? 0;
      process.stdout.write(`${name}: ${cost.toFixed(1)} µs; a refused request is ${(own / cost).toFixed(2)} of it\n`);
    }
  } finally {
    await group[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  }
}

await main();
