/**
 * @module
 * A request as a command line of curl. It has only what the client sends: who verified the caller is in front of
 * mintproc, and a token that was made up for it would be no caller's.
 */
import type { ReadTrial } from '../trial/read-trial.ts';
import { headerPairs } from './case.ts';

/** Where Envoy of `npm run demo` and of the samples listens. */
const target = 'http://localhost:10000';

export function curlText({ request }: ReadTrial['trial']): string {
  const { method, path, host, headers } = request;
  // A path of `*` is that of OPTIONS; curl would take `?` and `#` of a URL as they are, and braces as a pattern.
  const url = path.startsWith('/') ? [`${target}${path}`] : [target, '--request-target', path];
  const fields = [['host', host] as const, ...headerPairs(headers)];
  const parts = [
    ['curl', '--globoff', '--path-as-is', '--include', ...(method === 'GET' ? [] : ['--request', method])],
    ...fields.map(([name, value]) => ['--header', headerOf(name, value)]),
    url,
  ];
  return parts.map((words) => words.map(quoted).join(' ')).join(' \\\n  ');
}

/** With a semicolon, curl sends a header without a value; with a colon, it leaves the header out. */
function headerOf(name: string, value: string): string {
  return value === '' ? `${name};` : `${name}: ${value}`;
}

/** One word of a POSIX shell, whatever it has. */
function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
