/**
 * @module
 * A process that serves over TLS, put together as `mintproc serve` does, with its files in memory.
 */

import * as grpc from '@grpc/grpc-js';
import { decodeJwt } from 'jose';
import { ConfigurationReport } from '../../src/cli/configuration-report.ts';
import { PairInUse } from '../../src/cli/pair-in-use.ts';
import { startReloading } from '../../src/cli/reloading.ts';
import type { FileReader } from '../../src/configuration/files.ts';
import { Reloader } from '../../src/configuration/reload/reload.ts';
import { createLog } from '../../src/observe/log.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { countersIn, processorMetrics } from '../../src/serving/processor.ts';
import { serveInProcess } from '../../src/serving/serve-in-process.ts';
import { checkerHere } from '../configuration/checker-here.ts';
import { memoryFiles, startsOnly } from '../configuration/memory-files.ts';
import type { StreamClient } from '../extproc/stream-client.ts';
import { thisProcess } from '../serving/this-process.ts';

export interface TlsWorld extends AsyncDisposable {
  readonly address: string;
  readonly tlsError: string | undefined;
  /** Returns once what came of it is in force. */
  reload(): Promise<void>;
  /** What was logged about the pair, line by line. */
  said(): string;
  /** Lines about errors of a configuration. */
  refusals(): number;
}

/** @param files read at each reload, `mintproc.yaml` and what it names */
export async function startTlsWorld(files: ReadonlyMap<string, string>): Promise<TlsWorld> {
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line));
  const metrics = processorMetrics('0');
  const readiness = new Readiness();
  const report = new ConfigurationReport(metrics, readiness, log, Date.now);
  const reader = (): FileReader => memoryFiles(Object.fromEntries(files));
  const source: FileReader = { read: (path) => reader().read(path), list: (path) => reader().list(path) };
  const checker = checkerHere(source);
  const reloader = new Reloader('mintproc.yaml', { ...startsOnly, ...countersIn(metrics), files: source, checker });
  const first = await reloader.start();
  if (first.kind !== 'loaded' || first.tls?.kind !== 'pair') throw new Error(`the first configuration: ${first.kind}`);
  reloader.adopt(first.snapshot);
  const startWorker = (): never => {
    throw new Error('the process serves itself');
  };
  const tls = first.tls.pair;
  const audit = { minted: () => undefined };
  const serving = await serveInProcess({
    ...{ first, tls, metrics, log, audit, readiness, startWorker, now: Date.now },
    ...thisProcess,
  });
  const inUse = new PairInUse(tls, serving, { log, readiness, metrics, keys: { listens: () => undefined } });
  return {
    address: serving.addresses[0] ?? '',
    get tlsError() {
      return readiness.report.tlsError;
    },
    async reload() {
      let hangUp = (): void => undefined;
      const onReload = (reload: () => void): (() => void) => {
        hangUp = reload;
        return () => undefined;
      };
      const reloading = startReloading(reloader, serving, report, { onReload }, inUse);
      hangUp();
      await reloading.close();
    },
    said: () => lines.filter((line) => line.includes('TLS pair')).join(''),
    refusals: () => lines.filter((line) => line.includes('is refused')).length,
    async [Symbol.asyncDispose]() {
      await serving.stop(0);
    },
  };
}

/** The claim `iss` of the token that a request gets. */
export async function issuerOf(client: StreamClient): Promise<unknown> {
  const path = { key: ':path', raw_value: Buffer.from('/') };
  const { answers, status } = await client.converse([
    { request: 'request_headers', request_headers: { headers: { headers: [path] }, end_of_stream: true } },
  ]);
  if (status.code !== grpc.status.OK) return `no answer: ${status.details}`;
  const [header] = answers[0]?.request_headers?.response?.header_mutation?.set_headers ?? [];
  const token = header?.header.raw_value.toString().replace('Bearer ', '');
  return token === undefined ? undefined : decodeJwt(token).iss;
}
