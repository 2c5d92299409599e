/**
 * @module
 * A server at a unix socket whose file may go: somebody cleans the folder, a volume is mounted over it, another process
 * takes the path. The kernel keeps such a socket, and nobody can reach it. One look a second at the file's identity
 * notices it whatever happened, where a watch on the folder would end with the folder; then the server is bound again.
 * Connections that are open do not notice.
 */
import { type BigIntStats, lstatSync, unlinkSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { connect, Server } from 'node:net';
import { dirname } from 'node:path';
import type { ListenError } from './listen-error.ts';

/** Who is told what becomes of the file. */
export interface SocketEvents {
  /** It is gone, or something else stands in its place. */
  lost(): void;
  /** It cannot be made again yet; told at each attempt. */
  unbound(error: ListenError): void;
  /** New connections arrive again. */
  bound(): void;
}

export interface SocketWatch {
  readonly events: SocketEvents;
  /** Milliseconds between two looks. */
  readonly interval?: number | undefined;
}

interface SocketOptions {
  readonly server: Server;
  readonly path: string;
  readonly watch: SocketWatch | undefined;
  /** Connections that wait in the kernel to be accepted; libuv's own number without it. */
  readonly backlog?: number | undefined;
  /** The bits that the file does not get, as umask(2) takes them; those of the process without it. */
  readonly mask?: number | undefined;
  /** What a refusal of the system means. */
  refusal(error: unknown): ListenError;
}

const lookInterval = 1_000;

/** Whether this process ends without closing what is open. */
let endsAtOnce = false;

export class SocketFile {
  readonly #options: SocketOptions;
  /** The file that this server made. The kernel gives its number to no other while the socket is open. */
  #own: BigIntStats | undefined;
  #look: NodeJS.Timeout | undefined;
  #state: 'bound' | 'lost' | 'released' = 'bound';

  private constructor(options: SocketOptions) {
    this.#options = options;
  }

  /** Has the server listen, in the place of a socket that a killed process left behind. @throws ListenError */
  static async open(options: SocketOptions): Promise<SocketFile> {
    const file = new SocketFile(options);
    try {
      // libuv would report a missing folder as a missing permission.
      await lstat(dirname(options.path));
      await removeStaleSocket(options.path);
      await file.#bind();
    } catch (error) {
      throw options.refusal(error);
    }
    file.#lookSoon();
    return file;
  }

  /**
   * Ends looking. libuv removes whatever stands at a socket's path when it closes the socket, or when the process ends
   * by itself.
   *
   * @returns whether the server may be closed: not where something of others stands there. Then this process ends
   * without closing it, and nobody can reach it meanwhile
   */
  release(): boolean {
    clearTimeout(this.#look);
    this.#state = 'released';
    const { path, server } = this.#options;
    const file = fileAt(path);
    if (file === undefined || isSame(file, this.#own)) return true;
    server.unref();
    if (!endsAtOnce) process.once('exit', () => process.exit());
    endsAtOnce = true;
    return false;
  }

  #lookSoon(): void {
    // One after the other: a look may take long where the file system does.
    this.#look = setTimeout(() => void this.#lookNow(), this.#options.watch?.interval ?? lookInterval).unref();
  }

  async #lookNow(): Promise<void> {
    const { path, watch, refusal } = this.#options;
    try {
      if (await this.#isInPlace(path)) this.#found();
      else await this.#recover();
    } catch (error) {
      if (this.#state === 'lost') watch?.events.unbound(refusal(error));
    }
    if (this.#state !== 'released') this.#lookSoon();
  }

  /** Whether the file is the one that was made; a folder that may not be looked into tells nothing. */
  async #isInPlace(path: string): Promise<boolean> {
    try {
      return isSame(await lstat(path, { bigint: true }), this.#own);
    } catch (error) {
      return !isMissing(error);
    }
  }

  async #recover(): Promise<void> {
    if (this.#state === 'released') return;
    const { path, server, watch } = this.#options;
    if (this.#state === 'bound') watch?.events.lost();
    this.#state = 'lost';
    await lstat(dirname(path));
    await removeStaleSocket(path);
    if (this.#isReleased) return;
    // From here on to the new file nothing waits. With the path free, libuv removes nothing as it closes the old socket.
    if (fileAt(path) !== undefined) throw Object.assign(new Error('the path is taken'), { code: 'EADDRINUSE' });
    Server.prototype.close.call(server);
    await this.#bind();
    this.#found();
  }

  get #isReleased(): boolean {
    return this.#state === 'released';
  }

  /** It may have been put back by whoever took it away, too. */
  #found(): void {
    if (this.#state !== 'lost') return;
    this.#state = 'bound';
    this.#options.watch?.events.bound();
  }

  async #bind(): Promise<void> {
    const { server, path, backlog, mask } = this.#options;
    const bound = bind(server, { path, backlog }, mask);
    // The file is there before `bind` returns; a moment later it may be another's.
    this.#own = fileAt(path);
    await bound.catch((error: unknown) => {
      this.#own = undefined;
      throw error;
    });
  }
}

/** As `net` takes it. */
type BindTarget = ({ readonly path: string } | { readonly host: string; readonly port: number }) & {
  readonly backlog?: number | undefined;
};

/** Resolves once `server` listens. @param mask as in `SocketOptions` */
export function bind(server: Server, target: BindTarget, mask?: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const listens = (): void => {
      server.off('error', refused);
      resolve();
    };
    const refused = (error: unknown): void => {
      server.off('listening', listens);
      reject(error);
    };
    server.once('listening', listens).once('error', refused);
    // `listen` binds before it returns, so the mask holds from the first moment and is set for nothing else.
    const before = mask === undefined ? undefined : process.umask(mask);
    try {
      server.listen({ ...target });
    } finally {
      if (before !== undefined) process.umask(before);
    }
  });
}

/** Removes the socket at `path` where no process answers there; anything else that stands there stays. */
async function removeStaleSocket(path: string): Promise<void> {
  const file = await lstat(path, { bigint: true }).catch(() => undefined);
  if (file?.isSocket() !== true || !(await isDead(path))) return;
  // Another process may have done the same meanwhile, and listen there; its file may have the number of the old one.
  const now = fileAt(path);
  if (isSame(now, file) && now?.ctimeNs === file.ctimeNs) unlinkSync(path);
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'));
  });
}

function fileAt(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isSame(one: BigIntStats | undefined, other: BigIntStats | undefined): boolean {
  return one?.dev === other?.dev && one?.ino === other?.ino;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
