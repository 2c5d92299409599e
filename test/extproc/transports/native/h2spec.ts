/**
 * @module
 * h2spec, the conformance test of HTTP/2 servers, against the native transport: plain and over TLS.
 *
 * `npm test` does not need it: `calls.test.ts` and `attacks.test.ts` cover the same rules.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type ServerOptions, startServer } from '../../../../src/extproc/server.ts';
import { TlsTermination } from '../../../../src/net/tls-termination.ts';
import { makeTlsFiles } from '../../../e2e/harness/tls-files.ts';
import { defaultLimits } from '../../default-limits.ts';
import { RecordingObserver } from '../../recording-observer.ts';

const help = `Usage: node test/extproc/transports/native/h2spec.ts [--h2spec FILE]

  --h2spec FILE  the program (default: h2spec on the path);
                 go install github.com/summerwind/h2spec/cmd/h2spec@latest makes it`;

const { values } = parseArgs({ options: { help: { type: 'boolean' }, h2spec: { type: 'string', default: 'h2spec' } } });

/** Small, because one case opens one stream more than allowed. */
const options: ServerOptions = {
  addresses: ['127.0.0.1:0'],
  transport: 'native',
  limits: { ...defaultLimits, concurrentStreams: 100 },
  observer: new RecordingObserver(),
  pin: () => () => ({ kind: 'untouched', mints: [] }),
};

/** @returns whether every case passed */
async function run(name: string, flags: readonly string[], more: Partial<ServerOptions>): Promise<boolean> {
  const server = await startServer({ ...options, ...more });
  const port = server.addresses[0]?.split(':')[1] ?? '';
  const args = ['-h', '127.0.0.1', '-p', port, ...flags];
  const child = spawn(values.h2spec, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += String(chunk);
  });
  const code = await new Promise<number>((resolve) => {
    child.on('error', (error) => {
      text += `${error.message}\n`;
      resolve(1);
    });
    child.on('close', (status) => resolve(status ?? 1));
  });
  await server.stop(0);
  const passed = code === 0 && /\b(\d+) tests, \1 passed, 0 skipped, 0 failed/.test(text);
  process.stdout.write(passed ? `${name}: ${text.trim().split('\n').at(-1)}\n` : `${name}:\n${text}`);
  return passed;
}

async function main(): Promise<boolean> {
  const plain = await run('plain', [], {});
  const files = await makeTlsFiles();
  const tls = new TlsTermination({ certificate: files['server.crt'], key: files['server.key'] }, () => undefined);
  return (await run('TLS', ['-t', '-k'], { tls })) && plain;
}

if (values.help === true) process.stdout.write(`${help}\n`);
else process.exitCode = (await main()) ? 0 : 1;
