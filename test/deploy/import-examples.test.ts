/**
 * @module
 * From a vendor's export to a token behind Envoy: the examples of README.md and docs/import.md, with their own commands
 * and other ports.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { jwtVerify } from 'jose';
import { freePort } from '../../demo/ports.ts';
import { ProcessGroup } from '../../demo/process-group.ts';
import { type Seen, seenHeader } from '../../demo/upstream.ts';
import { blocksRunBy } from '../docs/run-pages/blocks-run-by.ts';
import { envoyBinary } from '../e2e/harness/stack.ts';
import { commandsOf, project, section, writeFilesOf } from './samples/sample-folder.ts';

const clone = mkdtempSync(join(tmpdir(), 'mintproc-examples-'));
after(() => rmSync(clone, { recursive: true }));
for (const name of ['demo', 'proto', 'src', 'package.json']) {
  cpSync(join(project, name), join(clone, name), { recursive: true });
}
symlinkSync(join(project, 'node_modules'), join(clone, 'node_modules'));

/** The ports that the examples have on a machine of their own. */
const ports = ['50051', '9464', '10000', '9901', '8080'];

const examples: readonly [page: string, heading: string, claims: object][] = [
  ['README.md', 'From an export to a request', { aud: 'orders-backend', operation: 'GET' }],
  ['docs/import.md', 'Flex Gateway: an example', { method: 'GET' }],
  ['docs/import.md', 'API Connect: an example', { iss: 'https://gateway.example.com' }],
];

test('each block of docs/import.md that is marked for this test is in an example', () => {
  const text = readFileSync(join(project, 'docs/import.md'), 'utf8');
  const followed = examples.flatMap(([page, heading]) => (page === 'docs/import.md' ? [section(text, heading)] : []));
  const left = blocksRunBy('docs/import.md', import.meta.filename).filter(
    (block) => !followed.some((section) => section.includes(block.text)),
  );
  assert.deepEqual(left, []);
});

for (const [page, heading, claims] of examples) {
  test(`${page}: ${heading}`, async () => {
    const text = section(readFileSync(join(project, page), 'utf8'), heading);
    writeFilesOf(text, clone);
    const own = new Map(await Promise.all(ports.map(async (port) => [port, String(await freePort())] as const)));
    const moved = (value: string): string =>
      value.replace(/\b(?:50051|9464|10000|9901|8080)\b/g, (port) => own.get(port) ?? '');
    const env = {
      ...process.env,
      PATH: `${join(project, 'node_modules/.bin')}:${process.env['PATH']}`,
      ENVOY: await envoyBinary(),
    };
    await using group = new ProcessGroup(clone);
    let answer = '';
    for (const line of commandsOf(text).filter((command) => !command.startsWith('kill '))) {
      const command = moved(line);
      if (command.endsWith(' &')) {
        const args = Object.entries(env).map(([name, value]) => `${name}=${value}`);
        const name = command.replace(/\W+/g, '-').slice(0, 60);
        await group.start({
          name,
          file: 'env',
          args: [...args, 'sh', '-c', `exec ${command.slice(0, -2)}`],
          cwd: clone,
        });
        continue;
      }
      const { status, stdout, stderr } = spawnSync('sh', ['-ec', command], { cwd: clone, env, encoding: 'utf8' });
      assert.equal(status, 0, `${line}\n${stdout}${stderr}`);
      answer = stdout;
      const [, out] = / import .* --out (\S+)$/.exec(command) ?? [];
      if (out !== undefined) changePorts(join(clone, out), moved);
    }
    const [value = ''] = seenHeader(JSON.parse(answer) as Seen, 'authorization');
    const { payload } = await jwtVerify(value.replace(/^Bearer /, ''), publicKeyOf(text), { algorithms: ['RS256'] });
    for (const [claim, expected] of Object.entries(claims)) assert.equal(payload[claim], expected);
  });
}

function changePorts(folder: string, moved: (text: string) => string): void {
  const addresses = moved('listen: 127.0.0.1:50051\nadmin: 127.0.0.1:9464\n');
  const file = join(folder, 'mintproc.yaml');
  writeFileSync(file, addresses + readFileSync(file, 'utf8'));
  const envoy = join(folder, 'envoy.yaml');
  writeFileSync(envoy, moved(readFileSync(envoy, 'utf8')));
}

function publicKeyOf(text: string) {
  const [, file = ''] = /-out (\S+\.pem)$/m.exec(text) ?? [];
  assert.deepEqual(readdirSync(join(clone, dirname(file))).filter((name) => name.endsWith('.pem')).length, 1);
  return createPublicKey(readFileSync(join(clone, file)));
}
