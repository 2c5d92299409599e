/**
 * What a process of mintproc says of an error that nobody has caught: nothing of the error's text and members, which
 * Node would print.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { flexPolicy } from '../configuration/memory-files.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-last-words-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'policy.yaml'), flexPolicy({ sub: 'a' }), { mode: 0o600 });
const configuration = {
  listen: '127.0.0.1:0',
  policies: [{ name: 'p', file: 'policy.yaml' }],
  routes: [{ match: { pathPrefix: '/' }, policies: ['p'] }],
};
const config = join(folder, 'mintproc.yaml');
writeFileSync(config, JSON.stringify(configuration));

const value = 'value-of-a-claim';

const defects: [name: string, code: string, said: RegExp][] = [
  ['text of a request in a message', `JSON.parse('${value}')`, /SyntaxError\nat JSON\.parse/],
  [
    'members and a cause',
    `throw Object.assign(new TypeError('a', { cause: '${value}' }), { claim: '${value}' })`,
    / TypeError\nat /,
  ],
  ['a rejected promise', `Promise.reject(new RangeError('${value}'))`, / RangeError\n/],
];

interface Ended {
  readonly status: number | null;
  readonly out: string;
}

/** Serves with a defect that has its moment once the program runs. */
async function served(number: number, code: string): Promise<Ended> {
  const module = join(folder, `${number}.mjs`);
  writeFileSync(module, `setTimeout(() => { ${code} }, 0);`);
  const child = spawn(process.execPath, ['--import', module, main, 'serve', '--config', config], { stdio: 'pipe' });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, out: String(Buffer.concat(chunks)) };
}

for (const [number, [name, code, said]] of defects.entries()) {
  test(`an error that nobody has caught ends the process without its text: ${name}`, async () => {
    const { status, out } = await served(number, code);
    assert.equal(status, 1);
    assert.match(out, /mintproc: Unexpected error \(a defect in mintproc\); please report it\./);
    assert.match(out, said);
    assert.ok(!out.includes(value), out);
  });
}
