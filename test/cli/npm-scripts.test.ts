/**
 * H13: what an npm script starts ends with it, however npm is ended.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort, portIsFree } from '../../demo/ports.ts';
import { flexPolicy } from '../configuration/memory-files.ts';
import { StreamClient } from '../extproc/stream-client.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-npm-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'policy.yaml'), flexPolicy({ iss: 'one' }));

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

for (const name of ['start', 'mintproc', 'demo', 'envoy', 'upstream', 'bench', 'test', 'search']) {
  test(`H13: no shell is between npm and \`npm run ${name}\``, () =>
    assert.match(scripts[name] ?? '', /^exec (?!npm)/));
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const) {
  test(`H13: ${signal} to npm: what is in flight is answered, then both ports are free`, async () => {
    const [port, adminPort] = [await freePort(), await freePort()];
    const file = join(folder, `${signal}.yaml`);
    writeFileSync(file, JSON.stringify(configurationAt(port, adminPort)));
    const line = ['run', '--silent', 'mintproc', '--', 'serve', '--config', file];
    const npm = spawn('npm', line, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    // Its end is the end of all that npm started, since they share the pipe.
    const closed = once(npm.stdout.setEncoding('utf8'), 'close');
    npm.stdout.on('data', (text: string) => {
      out += text;
    });
    const said = async (words: string): Promise<void> => {
      while (!out.includes(words)) await once(npm.stdout, 'data');
    };
    await said('The admin server is listening.');
    const client = new StreamClient(`127.0.0.1:${port}`);
    const call = client.open();
    call.write({ request: 'request_headers', request_headers: { headers: { headers: [] }, end_of_stream: false } });
    await once(call, 'data');
    npm.kill(signal);
    await said('mintproc is stopping;');
    call.write({ request: 'request_body', request_body: { body: Buffer.alloc(0), end_of_stream: true } });
    const [answer] = await once(call, 'data');
    assert.equal(answer.response, 'request_body');
    call.end();
    await closed;
    client.close();
    assert.match(out, /mintproc has stopped\./);
    assert.ok((await portIsFree(port)) && (await portIsFree(adminPort)));
  });
}

function configurationAt(port: number, adminPort: number): object {
  return {
    listen: `127.0.0.1:${port}`,
    admin: `127.0.0.1:${adminPort}`,
    policies: [{ name: 'p', file: 'policy.yaml' }],
    routes: [{ match: {}, policies: ['p'] }],
  };
}
