/**
 * @module
 * A TLS connection of Node's own to `listen`, to see which certificate the server shows and whether it takes the
 * client's.
 */
import { connect, type TLSSocket } from 'node:tls';

export interface ProbeOptions {
  /** The authorities that the client trusts, in PEM. */
  readonly trusted: readonly string[];
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  /** Whether the server's certificate must name its host; default: yes. */
  readonly named?: boolean;
  /** Of an earlier connection. */
  readonly session?: Buffer | undefined;
}

export interface Probe {
  readonly socket: TLSSocket;
  /** The server's certificate, as DER. */
  readonly shown: Buffer;
  /** Whether the server spoke HTTP/2; otherwise it hung up. */
  readonly served: boolean;
  readonly resumed: boolean;
  /** What a later connection may resume. */
  readonly session: Buffer | undefined;
}

/** Resolves once the server has spoken, or hung up; the connection stays. */
export async function probe(address: string, options: ProbeOptions): Promise<Probe> {
  const [host = '', port] = address.split(':');
  const { trusted, certificate, key, session, named = true } = options;
  const anyName = named ? {} : { checkServerIdentity: () => undefined };
  const client = { cert: certificate, key, session, ...anyName };
  const socket = connect({ host, port: Number(port), ca: [...trusted], ALPNProtocols: ['h2'], ...client });
  socket.on('error', () => undefined);
  const sessions: Buffer[] = [];
  socket.on('session', (ticket: Buffer) => sessions.push(ticket));
  let served = false;
  const connected = new Promise((resolve) => socket.once('secureConnect', resolve));
  // Under TLS 1.3 a client learns only afterwards what the server makes of its certificate.
  const settled = new Promise<void>((resolve) => {
    socket.once('data', () => {
      served = true;
      resolve();
    });
    socket.once('close', () => resolve());
  });
  await Promise.race([connected, settled]);
  const shown = socket.getPeerCertificate().raw;
  const resumed = socket.isSessionReused();
  await settled;
  return { socket, shown, served, resumed, session: sessions[0] };
}
