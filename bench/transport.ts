/**
 * @module
 * What a request costs on each transport, and on other servers, in one run on one machine: CPU time of the server's
 * process alone per request, as a ratio to the first row, and its resident memory.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../demo/ports.ts';
import { processMethod } from '../test/extproc/stream-client.ts';
import { envoyRequest } from './transport/envoy-request.ts';
import { MeasuredProcess } from './transport/measured-process.ts';
import { askOver } from './transport/stream-load.ts';

const help = `Usage: node bench/transport.ts [--requests N] [--rounds N] [--streams N,N] [--rival NAME=COMMAND]… [--json]

Asks each server N times, in turns, and prints the best round of each.

  --requests N          requests of one round (default 50000)
  --rounds N            rounds for each server (default 3)
  --streams N,N         streams in flight (default 1,16)
  --rival NAME=COMMAND  another server; {port} in the command is the port it has to listen at
  --json                one line of JSON for each row`;

interface Row {
  readonly name: string;
  readonly streams: number;
  /** Microseconds of CPU for each request. */
  cpu: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Megabytes after the last round. */
  resident: number;
}

const constantServer = join(import.meta.dirname, 'transport', 'constant-server.ts');

function commandsOf(rivals: readonly string[]): [name: string, command: string][] {
  const own = ['native', 'grpc-js'].map((name): [string, string] => [
    name,
    `${process.execPath} ${constantServer} ${name} {port}`,
  ]);
  const others = rivals.map((text): [string, string] => {
    const at = text.indexOf('=');
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return [...own, ...others];
}

interface Plan {
  readonly requests: number;
  readonly rounds: number;
  readonly streams: readonly number[];
  readonly rivals: readonly string[];
}

async function measure({ requests, rounds, streams, rivals }: Plan): Promise<Row[]> {
  const message = processMethod().requestSerialize(envoyRequest);
  const rows: Row[] = [];
  for (const concurrency of streams) {
    for (const [name, command] of commandsOf(rivals)) {
      const port = await freePort();
      const server = await MeasuredProcess.start(command.replace('{port}', String(port)), port);
      // The first requests are slower everywhere, and are no part of a long run.
      await askOver({ port, message, requests, concurrency });
      const row: Row = { name, streams: concurrency, cpu: Number.POSITIVE_INFINITY, p50: 0, p99: 0, resident: 0 };
      for (let round = 0; round < rounds; round++) {
        const before = server.cpu;
        const took = (await askOver({ port, message, requests, concurrency })).sort();
        const cpu = (server.cpu - before) / requests;
        if (cpu >= row.cpu) continue;
        row.cpu = cpu;
        row.p50 = took[Math.floor(requests * 0.5)] ?? 0;
        row.p99 = took[Math.floor(requests * 0.99)] ?? 0;
      }
      row.resident = server.resident;
      await server.stop();
      rows.push(row);
      process.stderr.write(`${name}, ${concurrency} in flight: done\n`);
    }
  }
  return rows;
}

function print(rows: readonly Row[], json: boolean): void {
  for (const row of rows) {
    const first = rows.find(({ streams }) => streams === row.streams);
    const ratio = first === undefined ? Number.NaN : first.cpu / row.cpu;
    if (json) {
      process.stdout.write(`${JSON.stringify({ ...row, ratio })}\n`);
      continue;
    }
    const { name, streams, cpu, p50, p99, resident } = row;
    process.stdout.write(
      `${name.padEnd(12)} ${String(streams).padStart(4)} in flight  ${cpu.toFixed(1).padStart(6)} µs  ` +
        `native/this ${ratio.toFixed(2)}  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  ${resident.toFixed(0)} MB\n`,
    );
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      requests: { type: 'string', default: '50000' },
      rounds: { type: 'string', default: '3' },
      streams: { type: 'string', default: '1,16' },
      rival: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  });
  const requests = Number(values.requests);
  const rounds = Number(values.rounds);
  const streams = values.streams.split(',').map(Number);
  const wrong =
    ![requests, rounds, ...streams].every((value) => value >= 1) ||
    !values.rival.every((text) => /^[^=]+=./.test(text));
  if (values.help === true || wrong) {
    (wrong ? process.stderr : process.stdout).write(`${help}\n`);
    return wrong ? 2 : 0;
  }
  if (!values.json)
    process.stdout.write(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`);
  print(await measure({ requests, rounds, streams, rivals: values.rival }), values.json);
  return 0;
}

process.exitCode = await main();
