/**
 * @module
 * Terminates TLS on raw connections. The certificate and key can be replaced: an open connection keeps its pair, and a
 * new connection gets the current one.
 */
import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';

/** All values are PEM. */
export interface TlsOptions {
  readonly certificate: string;
  readonly key: string;
  /** The CAs of client certificates. If present, clients need a certificate from one of them. */
  readonly clientAuthorities?: string | undefined;
}

/** How long a TLS handshake may take, in milliseconds. */
const handshakeTimeout = 10_000;

/** The TLS server for one consumer of connections. */
interface Terminator {
  readonly onConnection: (socket: Socket) => void;
  server: Server;
}

export class TlsTermination {
  readonly #terminators: Terminator[] = [];
  #options: TlsOptions;

  constructor(options: TlsOptions) {
    this.#options = options;
  }

  /** Returns a function that takes raw connections and passes those that negotiate HTTP/2 to `onConnection`. */
  before(onConnection: (socket: Socket) => void): (socket: Socket) => void {
    const terminator: Terminator = { onConnection, server: makeServer(this.#options, onConnection) };
    this.#terminators.push(terminator);
    return (socket) => terminator.server.emit('connection', socket);
  }

  /**
   * Uses `options` for new connections. Earlier sessions are not resumed, because the new CAs may not accept the
   * client.
   */
  use(options: TlsOptions): void {
    for (const terminator of this.#terminators) terminator.server = makeServer(options, terminator.onConnection);
    this.#options = options;
  }
}

/** A TLS server that does not listen. Connections that do not negotiate HTTP/2 by ALPN are closed (RFC 9113, 3.2). */
function makeServer(
  { certificate, key, clientAuthorities }: TlsOptions,
  onConnection: (socket: Socket) => void,
): Server {
  const options = {
    cert: certificate,
    key,
    ca: clientAuthorities,
    requestCert: clientAuthorities !== undefined,
    rejectUnauthorized: true,
    ALPNProtocols: ['h2'],
    handshakeTimeout,
  };
  // Loaded on demand, because it takes 3 MB of memory that a plain listener does not need.
  return process.getBuiltinModule('node:tls').createServer(options, (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') onConnection(socket);
    else socket.destroy();
  });
}
