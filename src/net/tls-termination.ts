/**
 * @module
 * Terminates TLS on raw connections. The certificate and key can be replaced: an open connection keeps its pair, and a
 * new connection gets the current one. The list of clients applies to open connections too.
 */
import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { Steps } from '../diagnostics/steps.ts';
import { ClientName, certificateNames, plainNameOf } from './client-names.ts';

export interface TlsOptions {
  /** In PEM, like the next two. */
  readonly certificate: string;
  readonly key: string;
  /** The CAs of client certificates. If present, clients need a certificate from one of them. */
  readonly clientAuthorities?: string | undefined;
  /** Default: 1.2. */
  readonly minVersion?: '1.2' | '1.3' | undefined;
  /** Patterns of `client-names.ts`. If present, the certificate must have one of these names. */
  readonly clients?: readonly string[] | undefined;
}

/**
 * Gets each client that was refused because of its name.
 *
 * @param name a name in its certificate, of plain characters; undefined if it has none
 */
export type OnRefused = (name: string | undefined) => void;

/** How long a TLS handshake may take, in milliseconds. */
const handshakeTimeout = 10_000;

/** The TLS server for one consumer of connections. */
interface Terminator {
  readonly onConnection: (socket: Socket) => void;
  server: Server;
}

export class TlsTermination {
  readonly #terminators: Terminator[] = [];
  readonly #onRefused: OnRefused;
  /** The open connections that were passed on. */
  readonly #open = new Set<TLSSocket>();
  #options: TlsOptions;
  #clients: readonly ClientName[] | undefined;

  constructor(options: TlsOptions, onRefused: OnRefused) {
    this.#options = options;
    this.#clients = options.clients?.map(patternOf);
    this.#onRefused = onRefused;
  }

  /** Returns a function that takes raw connections and passes those that negotiate HTTP/2 to `onConnection`. */
  before(onConnection: (socket: Socket) => void): (socket: Socket) => void {
    const terminator: Terminator = { onConnection, server: this.#makeServer(this.#options, onConnection) };
    this.#terminators.push(terminator);
    return (socket) => terminator.server.emit('connection', socket);
  }

  /**
   * Uses `options` for new connections. Earlier sessions are not resumed, because the new CAs may not accept the
   * client.
   *
   * @returns the steps that close the open connections of clients that `clients` no longer names: a client that is not
   *   wanted any more could keep them for as long as it likes. Reading a certificate takes 0.1 ms.
   */
  use(options: TlsOptions): Steps<void> {
    for (const terminator of this.#terminators) terminator.server = this.#makeServer(options, terminator.onConnection);
    const isSameList = isDeepStrictEqual(options.clients, this.#options.clients);
    this.#options = options;
    this.#clients = options.clients?.map(patternOf);
    return this.#closeUnnamed(isSameList ? [] : [...this.#open]);
  }

  *#closeUnnamed(open: readonly TLSSocket[]): Steps<void> {
    for (const socket of open) {
      if (!socket.destroyed && !this.#admits(socket)) socket.destroy();
      yield;
    }
  }

  /** A TLS server that does not listen. Connections that do not negotiate HTTP/2 by ALPN are closed (RFC 9113, 3.2). */
  #makeServer(settings: TlsOptions, onConnection: (socket: Socket) => void): Server {
    const { certificate, key, clientAuthorities, minVersion = '1.2' } = settings;
    const options = {
      cert: certificate,
      key,
      ca: clientAuthorities,
      requestCert: clientAuthorities !== undefined,
      rejectUnauthorized: true,
      minVersion: `TLSv${minVersion}`,
      ALPNProtocols: ['h2'],
      handshakeTimeout,
    } as const;
    // Loaded on demand, because it takes 3 MB of memory that a plain listener does not need.
    return process.getBuiltinModule('node:tls').createServer(options, (socket: TLSSocket) => {
      // The list may be newer than the beginning of the handshake.
      if (socket.alpnProtocol === 'h2' && this.#admits(socket)) {
        this.#open.add(socket);
        socket.once('close', () => this.#open.delete(socket));
        onConnection(socket);
      } else socket.destroy();
    });
  }

  /** Node verified the certificate, or its session, before anything was read from the connection. */
  #admits(socket: TLSSocket): boolean {
    if (this.#clients === undefined) return true;
    const certificate = socket.getPeerX509Certificate();
    const names = certificate && certificateNames(certificate);
    if (names !== undefined && this.#clients.some((client) => client.isOneOf(names))) return true;
    this.#onRefused(names && plainNameOf(names));
    return false;
  }
}

/** The configuration was checked. A pattern that cannot be read must not let anyone in. */
function patternOf(text: string): ClientName {
  const pattern = ClientName.parse(text);
  if (pattern === undefined) throw new TypeError('the configuration was checked, and a client name cannot be parsed');
  return pattern;
}
