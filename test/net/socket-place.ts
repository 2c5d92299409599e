/**
 * @module
 * The path of a unix socket in a temporary folder, and the actions of other processes there.
 */

import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Dice } from '../search/dice.ts';

/** The files that other processes create at the path. */
type Other =
  | { readonly kind: 'file' }
  | { readonly kind: 'live'; readonly server: Server }
  | { readonly kind: 'folder' };

const content = 'kept';

export class SocketPlace {
  readonly path: string;
  readonly #folder: string;
  readonly #aside: string;
  #other: Other | undefined;
  #count = 0;

  /** @param folder created by this class */
  constructor(folder: string) {
    this.#folder = join(folder, 'run');
    this.#aside = join(folder, 'aside');
    this.path = join(this.#folder, 'm.sock');
    mkdirSync(this.#folder, { recursive: true });
    mkdirSync(this.#aside);
  }

  get mode(): number {
    return lstatSync(this.path).mode & 0o777;
  }

  /** @returns what was done */
  async change(dice: Dice): Promise<string> {
    const name = dice.pick(Object.keys(changes) as (keyof typeof changes)[]);
    if (!existsSync(this.#folder) && !folderChanges.has(name)) mkdirSync(this.#folder);
    await changes[name](this);
    return name;
  }

  /** Creates a file of another process. */
  async take(dice: Dice): Promise<void> {
    await this.clear();
    await changes[dice.pick(['file', 'live', 'folder'] as const)](this);
  }

  /** Removes the files of other processes, and restores the folder. */
  async clear(): Promise<void> {
    await this.remove();
    mkdirSync(this.#folder, { recursive: true });
  }

  /** What happened to the other process's file; undefined if it is unchanged. */
  async harm(): Promise<string | undefined> {
    const other = this.#other;
    if (other === undefined) return undefined;
    if (!existsSync(this.path)) return `the ${other.kind} of others is gone`;
    if (other.kind === 'file' && readFileSync(this.path, 'utf8') !== content) return 'the file has other content';
    if (other.kind !== 'live') return undefined;
    const greeting = await greetingAt(this.path);
    return greeting === 'other' ? undefined : `where another process listens, ${greeting} answers`;
  }

  async remove(): Promise<void> {
    const other = this.#other;
    this.#other = undefined;
    // The server's file exists only if there is no other file.
    rmSync(this.path, { recursive: true, force: true });
    if (other?.kind === 'live') other.server.close();
  }

  putFile(): void {
    this.#put({ kind: 'file' }, (at) => writeFileSync(at, content));
  }

  putFolder(): void {
    rmSync(this.path, { recursive: true, force: true });
    this.#put({ kind: 'folder' }, (at) => mkdirSync(at));
  }

  /** A listening process. It was bound elsewhere, so that its exit removes nothing here. */
  async putLive(): Promise<void> {
    const server = createServer((socket) => socket.on('error', () => undefined).end('other'));
    const at = this.#asideName();
    server.listen(at);
    await once(server, 'listening');
    this.#replace(at, { kind: 'live', server });
  }

  /** An ended process that left its socket file behind. */
  async putDead(): Promise<void> {
    await this.putLive();
    const other = this.#other;
    this.#other = undefined;
    if (other?.kind === 'live') other.server.close();
  }

  /** The file is moved away and back. */
  moveAway(): void {
    if (existsSync(this.path) && this.#other === undefined) renameSync(this.path, join(this.#aside, 'moved'));
  }

  moveBack(): void {
    const moved = join(this.#aside, 'moved');
    if (existsSync(moved) && !existsSync(this.path)) renameSync(moved, this.path);
  }

  async removeFolder(): Promise<void> {
    await this.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  makeFolder(): void {
    mkdirSync(this.#folder, { recursive: true });
  }

  async replaceFolder(): Promise<void> {
    await this.removeFolder();
    mkdirSync(this.#folder);
  }

  #put(other: Other, make: (at: string) => void): void {
    const at = this.#asideName();
    make(at);
    this.#replace(at, other);
  }

  /** Atomically, as a careful process does. */
  #replace(from: string, other: Other): void {
    const before = this.#other;
    if (before?.kind === 'folder') rmSync(this.path, { recursive: true, force: true });
    renameSync(from, this.path);
    this.#other = other;
    if (before?.kind === 'live') before.server.close();
  }

  #asideName(): string {
    return join(this.#aside, String(this.#count++));
  }
}

const changes = {
  remove: (place) => place.remove(),
  file: (place) => place.putFile(),
  live: (place) => place.putLive(),
  dead: (place) => place.putDead(),
  folder: (place) => place.putFolder(),
  'moved away': (place) => place.moveAway(),
  'moved back': (place) => place.moveBack(),
  'no folder': (place) => place.removeFolder(),
  'another folder': (place) => place.replaceFolder(),
  'folder made': (place) => place.makeFolder(),
} as const satisfies Record<string, (place: SocketPlace) => void | Promise<void>>;

const folderChanges: ReadonlySet<string> = new Set(['no folder', 'another folder', 'folder made', 'remove']);

/** The first data from the process that listens at a path, or the error. */
export function greetingAt(path: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(path);
  let greeting = '';
  socket.on('data', (chunk) => {
    greeting += chunk;
  });
  socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
  socket.on('close', () => resolve(greeting));
  return promise;
}
