/**
 * @module
 * The exit code of a command whose standard output is closed before it writes, as by `mintproc … | head -0`.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { flexPolicy } from '../configuration/memory-files.ts';
import { writeFiles } from './captured-terminal.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

const files = writeFiles({
  'policy.yaml': flexPolicy({ iss: 'one' }),
  'mintproc.yaml': 'policies: [{ name: one, file: policy.yaml }]\nroutes: [{ match: {}, policies: [one] }]\n',
  'good.test.yaml': 'config: mintproc.yaml\ncases: [{ name: a, request: { path: / }, expect: { policy: one } }]\n',
  'bad.test.yaml': 'config: mintproc.yaml\ncases: [{ name: a, request: { path: / }, expect: { policy: two } }]\n',
});

const formats = ['text', 'tap', 'junit', 'json', 'github'];

const cases: readonly [name: string, line: readonly string[], code: number, input?: string][] = [
  ...formats.map((format): [string, string[], number] => {
    return [`failing tests as ${format}`, ['test', files['bad.test.yaml'], '--format', format], 1];
  }),
  ['passing tests', ['test', files['good.test.yaml']], 0],
  ['a file that is not there', ['validate', 'nowhere.yaml'], 1],
  ['a valid file', ['validate', files['mintproc.yaml']], 0],
  ['a token that is not valid', ['verify', 'eyJ'], 1],
  ['a watch of a valid file ends', ['validate', '--watch', files['mintproc.yaml']], 0],
  ['a watch of failing tests ends', ['test', '--watch', files['bad.test.yaml']], 1],
  ['lines that go on end', ['eval', '--jsonl'], 0, '{"expr":"1"}\n'],
];

for (const [name, line, code, input] of cases) {
  test(`closed standard output: ${name}`, { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, [main, ...line], { stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdout.destroy();
    const exit = once(child, 'exit');
    child.stdin.on('error', () => undefined);
    const feed = input === undefined ? undefined : setInterval(() => child.stdin.write(input), 50);
    try {
      assert.deepEqual(await exit, [code, null]);
    } finally {
      clearInterval(feed);
      child.kill('SIGKILL');
    }
  });
}
