/**
 * @module
 * Clients that are not ours and that a machine may have: curl, nghttp, h2load.
 */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { bytesOf, callFields, type Heard, processPath, type Talk } from '../../extproc/transports/peers/talk.ts';

/** Milliseconds for one talk. */
const patience = 15_000;

export type Command = 'curl' | 'nghttp' | 'h2load';

/** Why the command cannot be a peer here; undefined if it can. */
export function absenceOf(command: Command): string | undefined {
  const { error, stdout }: SpawnSyncReturns<string> = spawnSync(command, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return `${command} is not on this machine`;
  const speaks = command !== 'curl' || /^Features:.*\bHTTP2\b/m.test(stdout);
  return speaks ? undefined : `the ${command} of this machine does not speak HTTP/2`;
}

const fields = Object.entries(callFields).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);

async function run(command: Command, args: readonly string[]): Promise<Buffer> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: patience });
  const [printed, [code, signal]] = await Promise.all([buffer(child.stdout), once(child, 'close')]);
  if (code !== 0) throw new Error(`${command} ended with ${signal ?? code}: ${printed.subarray(0, 1000)}`);
  return printed;
}

/**
 * Each stream's request is in `folder`, and so is what it received. Each has a connection of its own: curl 7.88 refuses
 * a second stream on one with "error in the HTTP2 framing layer", whatever the server.
 */
export async function askWithCurl(port: number, folder: string, args: readonly string[], talk: Talk): Promise<Heard[]> {
  const asked = join(folder, 'asked');
  await writeFile(asked, bytesOf(talk));
  const files = Array.from({ length: talk.streams }, (_, at) => ({
    body: join(folder, `body-${at}`),
    head: join(folder, `head-${at}`),
  }));
  const requests = files.flatMap(({ body, head }, at) => [
    ...(at > 0 ? ['--next'] : []),
    ...['--http2-prior-knowledge', ...fields, ...args, '--data-binary', `@${asked}`, '-o', body, '-D', head],
    `http://127.0.0.1:${port}${processPath}`,
  ]);
  await run('curl', ['--silent', '--show-error', '--parallel', '--parallel-immediate', ...requests]);
  return Promise.all(
    files.map(async ({ body, head }) => ({
      answers: await readFile(body),
      status: /^grpc-status: *(\d+)/m.exec(await readFile(head, 'utf8'))?.[1] ?? 'none',
    })),
  );
}

/** One stream; nghttp prints its body alone. */
export async function askWithNghttp(
  port: number,
  folder: string,
  args: readonly string[],
  talk: Talk,
): Promise<Heard[]> {
  const asked = join(folder, 'asked');
  await writeFile(asked, bytesOf(talk));
  const url = `http://127.0.0.1:${port}${processPath}`;
  const answers = await run('nghttp', [...args, ...fields, '-d', asked, url]);
  return [{ answers, status: undefined }];
}

/** What h2load counted. */
export interface Counted {
  readonly succeeded: number;
  /** Of all answers. */
  readonly bytes: number;
}

/** The talk ten times on one connection, with as many streams at once as it says. */
export async function askWithH2load(
  port: number,
  folder: string,
  args: readonly string[],
  talk: Talk,
): Promise<Counted> {
  const asked = join(folder, 'asked');
  await writeFile(asked, bytesOf(talk));
  const count = ['-n', String(10 * talk.streams), '-c', '1', '-m', String(talk.streams)];
  const url = `http://127.0.0.1:${port}${processPath}`;
  const printed = String(await run('h2load', [...count, ...args, ...fields, '-d', asked, url]));
  const [, succeeded] = /(\d+) succeeded, 0 failed, 0 errored, 0 timeout/.exec(printed) ?? [];
  const [, bytes] = /\((\d+)\) data$/m.exec(printed) ?? [];
  return { succeeded: Number(succeeded), bytes: Number(bytes) };
}
