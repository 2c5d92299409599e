/**
 * @module
 * TLS over raw connections, with a pair that can be exchanged: a connection keeps what it began with, and the next gets
 * the pair that is in use when it comes.
 */
import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';

/** All in PEM. */
export interface TlsOptions {
  readonly certificate: string;
  readonly key: string;
  /** The authorities of client certificates. With them, a client without a certificate of theirs is refused. */
  readonly clientAuthorities?: string | undefined;
}

/** How long a TLS handshake may take, in milliseconds. */
const handshakeTimeout = 10_000;

/** Who terminates for one taker of connections. */
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

  /** What takes raw connections and hands on to `onConnection` those that agree on HTTP/2. */
  before(onConnection: (socket: Socket) => void): (socket: Socket) => void {
    const terminator: Terminator = { onConnection, server: makeServer(this.#options, onConnection) };
    this.#terminators.push(terminator);
    return (socket) => terminator.server.emit('connection', socket);
  }

  /** From now on. Sessions of before are not resumed: the client may be one that the new authorities do not know. */
  use(options: TlsOptions): void {
    for (const terminator of this.#terminators) terminator.server = makeServer(options, terminator.onConnection);
    this.#options = options;
  }
}

/** It listens to nothing. A connection that does not agree on HTTP/2 by ALPN is not handed on (RFC 9113, 3.2). */
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
  // Loaded where it is used: 3 MB of memory that a plain listener does without.
  return process.getBuiltinModule('node:tls').createServer(options, (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') onConnection(socket);
    else socket.destroy();
  });
}
