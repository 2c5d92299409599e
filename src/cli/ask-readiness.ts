/**
 * @module
 * Asks `/readyz` over a plain socket: Node's HTTP client would cost every probe 17 MB of memory.
 */

import { connect, isIPv6 } from 'node:net';
import { isRecord, parsedRecord } from '../diagnostics/json.ts';
import { listed } from '../diagnostics/listing.ts';
import type { Address } from '../net/address.ts';
import type { JsonRecord } from './input-file.ts';

export interface Verdict {
  readonly ready: boolean;
  /** The status and the reason, in one line. */
  readonly summary: string;
}

/** Bytes; mintproc's own answer names up to two hundred policies, with names of up to 64 characters. */
const longestAnswer = 262_144;
/** Characters of the line. */
const longestLine = 1_000;

const request = 'GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n';

/** @param milliseconds for everything */
export function askReadiness(address: Address, milliseconds: number): Promise<Verdict> {
  const { promise, resolve } = Promise.withResolvers<Verdict>();
  const socket = connect(reachable(address));
  let answer = '';
  const conclude = (verdict: Verdict): void => {
    clearTimeout(timer);
    socket.destroy();
    resolve({ ready: verdict.ready, summary: oneLine(verdict.summary) });
  };
  const refuse = (summary: string): void => conclude({ ready: false, summary });
  const timer = setTimeout(() => refuse('no answer in time'), milliseconds);
  socket.setEncoding('latin1');
  socket.once('connect', () => socket.write(request));
  socket.once('error', (error) => refuse('code' in error ? `no answer (${error.code})` : 'no answer'));
  socket.once('close', () => conclude(judge(answer)));
  socket.on('data', (chunk) => {
    answer += chunk;
    if (answer.length > longestAnswer) refuse('the answer is too long to come from mintproc');
    else if (isWhole(answer)) conclude(judge(answer));
  });
  return promise;
}

/** A server that listens on every address is asked on the loopback address. */
function reachable(address: Address): { readonly host: string; readonly port: number } | { readonly path: string } {
  if (address.kind === 'unix') return { path: address.path };
  const { host, port } = address;
  if (/^[0.]+$/.test(host)) return { host: '127.0.0.1', port };
  return { host: isIPv6(host) && /^[0:]+$/.test(host) ? '::1' : host, port };
}

/** @returns the status, and the body as far as it came; undefined before the body begins */
function partsOf(
  answer: string,
): { readonly status: number; readonly head: string; readonly body: string } | undefined {
  const end = answer.indexOf('\r\n\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(answer)?.[1];
  if (end === -1 || status === undefined) return undefined;
  return { status: Number(status), head: answer.slice(0, end), body: answer.slice(end + 4) };
}

function isWhole(answer: string): boolean {
  const parts = partsOf(answer);
  const length = /^content-length: *(\d+) *$/im.exec(parts?.head ?? '')?.[1];
  return parts !== undefined && length !== undefined && parts.body.length >= Number(length);
}

function judge(answer: string): Verdict {
  const parts = partsOf(answer);
  const report = reportOf(parts?.body ?? '');
  const state = report?.['status'];
  if (parts === undefined || report === undefined || typeof state !== 'string') {
    return { ready: false, summary: 'the answer does not come from mintproc' };
  }
  const reasons = [state, ...reasonsOf(report)].join('; ');
  const ready = parts.status === 200 && state === 'ready';
  return { ready, summary: ready ? reasons : `not ready: ${reasons} (${parts.status})` };
}

function reportOf(body: string): JsonRecord | undefined {
  return parsedRecord(Buffer.from(body, 'latin1').toString());
}

/** What is wrong although requests are answered, by its name in the report. */
const troubleTexts = {
  lastReloadError: 'the last reload failed',
  tlsError: 'the latest TLS pair cannot be used',
  filesTrouble: 'files cannot be checked for changes',
  jwksState: 'published keys are not all remembered',
};

function reasonsOf({ notListening, workers, keysEnded, signersPaused, tokenFiles, ...report }: JsonRecord): string[] {
  const lost = isRecord(notListening) ? Object.values(notListening).map(String) : [];
  const serving = isRecord(workers) ? [`${workers['serving']} of ${workers['of']} workers are serving`] : [];
  const troubles = Object.entries(troubleTexts).flatMap(([name, text]) => {
    const trouble = report[name];
    return typeof trouble === 'string' ? [`${text}: ${trouble}`] : [];
  });
  const named = (names: unknown, text: string): string[] =>
    Array.isArray(names) ? [`${text}: ${listed(names.map(String), 10)}`] : [];
  const ended = named(keysEnded, 'no key is active for');
  const paused = named(signersPaused, 'the service fails that holds the key');
  const files = named(isRecord(tokenFiles) && Object.keys(tokenFiles), 'the token in a file cannot be replaced for');
  return [...lost, ...serving, ...ended, ...paused, ...files, ...troubles];
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, longestLine);
}
