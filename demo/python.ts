/**
 * @module
 * Runs Python 3, which downloads and unpacks Envoy and installs the tests' independent verifier.
 */
import { spawn } from 'node:child_process';
import { SetupError, systemCode } from './setup-error.ts';

/** The output of python3 on known failures, and the message to show. */
const knownFailures: readonly (readonly [pattern: RegExp, sentence: string])[] = [
  [
    /No module named '?pip/,
    'Python 3 has no pip: install it (Debian, Ubuntu: apt-get install python3-pip; Fedora: dnf install python3-pip).',
  ],
  [
    /NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Temporary failure in name resolution|Network is unreachable/,
    'pip cannot reach its package index: check the network, the proxy (HTTPS_PROXY) and the index (PIP_INDEX_URL).',
  ],
  [/No space left on device/, 'The disk is full: fetching and unpacking needs about 300 MB.'],
  [
    /No matching distribution found|Could not find a version/,
    'pip cannot find the package in its index: check the network and the index (PIP_INDEX_URL), and that pip is 20.3 or later.',
  ],
];

export interface PythonOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends the Python process when aborted. */
  readonly signal: AbortSignal;
}

/**
 * Runs `python3` and returns what it printed. @throws SetupError when it is missing or fails, which tells what to do
 */
export function runPython(
  args: readonly string[],
  { environment, signal }: PythonOptions,
  input = '',
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const python = spawn('python3', args, { env: environment, signal, stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  let errors = '';
  python.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  python.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  python.on('error', (error) => {
    if (systemCode(error) !== 'ENOENT') reject(error);
    else reject(new SetupError('Python 3 is missing: install it so that `python3` is on the PATH.', { cause: error }));
  });
  python.on('close', (code) => {
    if (code === 0) resolve(printed);
    else reject(new SetupError(explain(args, errors)));
  });
  python.stdin.on('error', () => {}); // It ended without reading; the exit code is reported.
  python.stdin.end(input);
  return promise;
}

function explain(args: readonly string[], errors: string): string {
  const known = knownFailures.find(([pattern]) => pattern.test(errors));
  if (known !== undefined) return known[1];
  const last = errors.trim().split('\n').at(-1) ?? '';
  return `\`python3 ${args.slice(0, 3).join(' ')} …\` failed: ${last}`;
}
