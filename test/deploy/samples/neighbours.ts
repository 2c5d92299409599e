/**
 * @module
 * What stands around a sample's pods: the issuer of the callers' tokens, which answers its JWKS over TLS, and the
 * upstream.
 */
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { prepareCredentials } from '../../../demo/credentials.ts';
import { freePort } from '../../../demo/ports.ts';
import { startUpstream } from '../../../demo/upstream.ts';
import { makeCertificates } from '../../e2e/harness/python-tools.ts';

export interface Neighbours extends AsyncDisposable {
  readonly upstreamPort: number;
  readonly issuerPort: number;
  /** The authority of the issuer's certificate, in PEM. */
  readonly authority: string;
  /** The issuer's public keys, as JSON. */
  readonly callerKeys: string;
  /** The demo's keys and tokens, as `npm run demo` makes them. */
  readonly demoFolder: string;
  /** A token such as an issuer of that name would have given a caller. */
  callerToken(issuer: string): Promise<string>;
}

/** The name of the issuer in the samples. */
const issuerHost = 'issuer.example.com';

export async function startNeighbours(): Promise<Neighbours> {
  const demoFolder = mkdtempSync(join(tmpdir(), 'mintproc-demo-'));
  const { callerKey } = await prepareCredentials(demoFolder);
  const callerKeys = readFileSync(join(demoFolder, 'caller.jwks.json'), 'utf8');
  const { ca, caller } = await makeCertificates({ name: issuerHost, dns: issuerHost, uri: `https://${issuerHost}` });
  const [upstreamPort, issuerPort] = [await freePort(), await freePort()];
  const issuer = createServer(caller, (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(callerKeys);
  });
  issuer.listen(issuerPort, '127.0.0.1');
  await once(issuer, 'listening');
  const upstream = await startUpstream(upstreamPort);
  // Node would close a connection that is idle for five seconds, also one that Envoy is about to use: a 503 of its own.
  upstream.keepAliveTimeout = 0;
  const servers: readonly Server[] = [issuer, upstream];
  return {
    upstreamPort,
    issuerPort,
    authority: ca,
    callerKeys,
    demoFolder,
    callerToken: (name) => tokenOf(callerKey, name),
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      rmSync(demoFolder, { recursive: true });
    },
  };
}

function tokenOf(key: KeyObject, issuer: string): Promise<string> {
  return new SignJWT({ client_id: 'partner-42', scope: 'orders.read orders.write' })
    .setProtectedHeader({ alg: 'ES256', kid: 'demo-caller' })
    .setSubject('alice')
    .setIssuer(issuer)
    .setAudience('orders')
    .setExpirationTime('1h')
    .sign(key);
}
