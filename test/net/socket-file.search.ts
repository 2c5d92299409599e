/**
 * @module
 * Random changes to a unix socket's file and its folder: in the end the server can be reached
 * again, and files of other processes are unchanged.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ListenError } from '../../src/net/listen-error.ts';
import { SocketFile } from '../../src/net/socket-file.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { greetingAt, SocketPlace } from './socket-place.ts';

export const search: Search = {
  name: 'socket-file',
  property:
    'Whatever becomes of the file of a unix socket, new connections arrive in the end, and what is others’ stays.',
  inputs: 20_000,
  share: 300,
  run,
};

/** Concurrent sockets, because each spends most of its time waiting. */
const immediately = 50;
/** Milliseconds. */
const interval = 4;
const patience = 5_000;
const mask = 0o117;

async function run(effort: Effort): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-sockets-'));
  const tally = { steps: 0, losses: 0 };
  try {
    const lives = new Set<Promise<void>>();
    for await (const number of effort.inputs()) {
      const one = live(join(folder, String(number)), effort.seed + number, tally).then(() => void lives.delete(one));
      lives.add(one);
      if (lives.size === immediately) await Promise.race(lives);
    }
    await Promise.all(lives);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return `${tally.steps} steps, ${tally.losses} losses of the file`;
}

/** The life of one socket. */
async function live(folder: string, seed: number, tally: { steps: number; losses: number }): Promise<void> {
  const dice = new Dice(Math.imul(seed, 0x9e3779b1));
  const place = new SocketPlace(folder);
  const steps: string[] = [];
  const recorded: string[] = [];
  const find = (what: string): never => {
    throw new Finding(`seed ${seed}: ${what}, after ${steps.join(', ')}; recorded: ${recorded.join(', ')}`);
  };
  const server = dice.chance(50) ? createServer(greet) : httpServer();
  const file = await open(server, place.path, recorded);
  const early = await greetingAt(place.path);
  if (early !== 'ours') find(`at first ${early} answers`);
  for (let left = dice.roll(10); left >= 0; left--) {
    steps.push(await place.change(dice));
    if (dice.chance(60)) await pause(dice.roll(3 * interval));
    const harm = await place.harm();
    if (harm !== undefined) find(harm);
  }
  await place.clear();
  await untilReached(place.path, find);
  if (place.mode !== (0o666 & ~mask)) find(`the file has the mode ${place.mode.toString(8)}`);
  if (recorded.at(-1) === 'lost') find('bound() was not called');
  tally.steps += steps.length;
  tally.losses += recorded.filter((event) => event === 'lost').length;
  await end(file, server, place, dice, find);
}

async function open(server: Server, path: string, recorded: string[]): Promise<SocketFile> {
  const events = {
    lost: () => void recorded.push('lost'),
    unbound: ({ message }: ListenError) => void recorded.push(message),
    bound: () => void recorded.push('bound'),
  };
  const refusal = (error: unknown): ListenError => new ListenError('extproc.listen-failed', String(error));
  return SocketFile.open({ server, path, mask, watch: { events, interval }, refusal });
}

function greet(socket: Socket): void {
  socket.on('error', () => undefined).end('ours');
}

/** A socket like that of the admin address. */
function httpServer(): Server {
  const server = createHttpServer();
  server.removeAllListeners('connection').on('connection', greet);
  return server;
}

async function untilReached(path: string, find: (what: string) => never): Promise<void> {
  const giveUp = performance.now() + patience;
  let greeting = await greetingAt(path);
  while (greeting !== 'ours') {
    if (performance.now() > giveUp) find(`still ${greeting} answers`);
    await pause(interval);
    greeting = await greetingAt(path);
  }
}

/** It stops while its file is in place, or while another process's file is. */
async function end(
  file: SocketFile,
  server: Server,
  place: SocketPlace,
  dice: Dice,
  find: (what: string) => never,
): Promise<void> {
  if (dice.chance(50)) await place.take(dice);
  if (file.release()) server.close();
  const harm = await place.harm();
  if (harm !== undefined) find(`as it stopped: ${harm}`);
  await place.clear();
  // By now the path is free.
  if (server.listening && file.release()) server.close();
}
