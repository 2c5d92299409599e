/**
 * @module
 * A server at a unix socket whose file may disappear: the folder is cleaned, a volume is mounted over it, or another
 * process takes the path. The kernel keeps such a socket, but no client can reach it. The file's identity is checked
 * each second, which works in all these cases, while a watch on the folder would end with the folder. Then the server
 * is bound again. Open connections are not affected.
 */
import { type BigIntStats, lstatSync, unlinkSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { connect, Server } from 'node:net';
import { dirname } from 'node:path';
import type { ListenError } from './listen-error.ts';

/** Events of the socket file. */
export interface SocketEvents {
  /** The file was removed or replaced. */
  lost(): void;
  /** The socket cannot be created again yet. Called for each attempt. */
  unbound(error: ListenError): void;
  /** The socket accepts connections again. */
  bound(): void;
}

export interface SocketWatch {
  readonly events: SocketEvents;
  /** Milliseconds between two checks. */
  readonly interval?: number | undefined;
}

interface SocketOptions {
  readonly server: Server;
  readonly path: string;
  readonly watch: SocketWatch | undefined;
  /** Connections that wait in the kernel to be accepted. Default: that of libuv. */
  readonly backlog?: number | undefined;
  /** Permission bits to clear, as for umask(2). Default: only the owner and the group may connect. */
  readonly mask?: number | undefined;
  /** Converts an error of the system. */
  refusal(error: unknown): ListenError;
}

const defaultInterval = 1_000;

/** Only the owner and the group may connect. */
const socketMask = 0o117;

/** Whether this process exits without closing its sockets. */
let exitsWithoutClosing = false;

export class SocketFile {
  readonly #options: SocketOptions;
  /** The file that this server created. The kernel does not reuse its inode while the socket is open. */
  #own: BigIntStats | undefined;
  #timer: NodeJS.Timeout | undefined;
  #state: 'bound' | 'lost' | 'released' = 'bound';

  private constructor(options: SocketOptions) {
    this.#options = options;
  }

  /** Makes the server listen. Replaces a socket file that a killed process left behind. @throws ListenError */
  static async open(options: SocketOptions): Promise<SocketFile> {
    const file = new SocketFile(options);
    try {
      // libuv would report a missing folder as a missing permission.
      await lstat(dirname(options.path));
      await removeStaleSocket(options.path);
      await file.#bind();
    } catch (error) {
      throw file.#refusalOf(error);
    }
    file.#scheduleCheck();
    return file;
  }

  /**
   * Stops checking. libuv removes any file at the socket's path when it closes the socket, or when the process exits by
   * itself.
   *
   * @returns whether the server may be closed: not if the path is another process's file. Then this process exits
   *   without closing the socket, which no client can reach meanwhile
   */
  release(): boolean {
    clearTimeout(this.#timer);
    this.#state = 'released';
    const { path, server } = this.#options;
    const file = fileAt(path);
    if (file === undefined || isSame(file, this.#own)) return true;
    server.unref();
    if (!exitsWithoutClosing) process.once('exit', () => process.exit());
    exitsWithoutClosing = true;
    return false;
  }

  #scheduleCheck(): void {
    // Not an interval, because a check may take long on a slow file system.
    this.#timer = setTimeout(() => void this.#check(), this.#options.watch?.interval ?? defaultInterval).unref();
  }

  async #check(): Promise<void> {
    const { path, watch } = this.#options;
    try {
      if (await this.#isInPlace(path)) this.#found();
      else await this.#recover();
    } catch (error) {
      if (this.#state === 'lost') watch?.events.unbound(this.#refusalOf(error));
    }
    if (this.#state !== 'released') this.#scheduleCheck();
  }

  /** To the system any file at the path is an address in use. */
  #refusalOf(error: unknown): ListenError {
    const { path, refusal } = this.#options;
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    return refusal(isTaken && isOtherFile(path) ? Object.assign(new Error('not a socket'), { code: 'EEXIST' }) : error);
  }

  /** Whether the file is the one that was created. If the folder cannot be read, it is assumed to be. */
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
    // No `await` from here until the new file exists. While the path is free, closing the old socket removes nothing.
    if (fileAt(path) !== undefined) throw Object.assign(new Error('the path is taken'), { code: 'EADDRINUSE' });
    Server.prototype.close.call(server);
    await this.#bind();
    this.#found();
  }

  get #isReleased(): boolean {
    return this.#state === 'released';
  }

  /** Called also if the original file was put back. */
  #found(): void {
    if (this.#state !== 'lost') return;
    this.#state = 'bound';
    this.#options.watch?.events.bound();
  }

  async #bind(): Promise<void> {
    const { server, path, backlog, mask = socketMask } = this.#options;
    const bound = bind(server, { path, backlog }, mask);
    // The file exists before `bind` returns. Later it may be another process's.
    this.#own = fileAt(path);
    await bound.catch((error: unknown) => {
      this.#own = undefined;
      throw error;
    });
  }
}

/** The options of `Server.listen`. */
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
    // `listen` binds before it returns, so the umask applies to the new file from the start and to nothing else.
    const before = mask === undefined ? undefined : process.umask(mask);
    try {
      server.listen({ ...target });
    } finally {
      if (before !== undefined) process.umask(before);
    }
  });
}

/** Removes the socket file at `path` if no process listens there. Other files stay. */
async function removeStaleSocket(path: string): Promise<void> {
  const file = await lstat(path, { bigint: true }).catch(() => undefined);
  if (file?.isSocket() !== true || !(await isDead(path))) return;
  // Another process may have done the same meanwhile and listen there, with a file that reuses the inode.
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

/** Whether there is a file at the path, and it is not a socket. */
function isOtherFile(path: string): boolean {
  try {
    return fileAt(path)?.isSocket() === false;
  } catch {
    return false;
  }
}

function isSame(one: BigIntStats | undefined, other: BigIntStats | undefined): boolean {
  return one?.dev === other?.dev && one?.ino === other?.ino;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
