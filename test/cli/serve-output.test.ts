/**
 * @module
 * H5: standard output that is full, closed or not read. Requests are served, what is lost is counted, and SIGTERM ends
 * the process.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { flexPolicy } from '../configuration/memory-files.ts';
import { endOf, StreamClient } from '../extproc/stream-client.ts';
import { until } from '../serving/sidecar.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const mayMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

/** What `sh` does with standard output; `$serve` is the program. `disk` is a folder of the test's own. */
const outputs: Readonly<Record<string, string>> = {
  '/dev/full': 'exec $serve > /dev/full',
  'a pipe that nobody reads': 'exec $serve > pipe',
  'a closed pipe': 'exec $serve > pipe',
  'a socket that nobody reads': 'exec $serve',
  'a full disk': `exec unshare -m sh -c 'mount -t tmpfs -o size=64k none disk; cat /dev/zero > disk/fill; exec $serve > disk/log'`,
};

interface Served extends AsyncDisposable {
  readonly folder: string;
  readonly child: ChildProcess;
  get(path: string): Promise<string>;
  lost(stream?: 'log' | 'audit'): Promise<number>;
  /** Asks for tokens, one after the other. */
  minted(requests: number): Promise<void>;
  /** Asks for a policy that there is none of. @returns how many got their refusal */
  refused(requests: number): Promise<number>;
}

async function serve(output: string, workers: number): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-output-'));
  writeFileSync(join(folder, 'policy.yaml'), flexPolicy({ iss: 'one' }), { mode: 0o600 });
  const configuration = {
    listen: `unix:${folder}/mintproc.sock`,
    admin: `unix:${folder}/admin.sock`,
    drain: { timeout: '1s' },
    workers,
    log: { audit: true },
    allowRoutePolicy: true,
    policies: [{ name: 'p', file: 'policy.yaml' }],
    routes: [{ match: {}, policies: ['p'] }],
  };
  writeFileSync(join(folder, 'mintproc.yaml'), JSON.stringify(configuration), { mode: 0o600 });
  spawnSync('mkfifo', [join(folder, 'pipe')]);
  spawnSync('mkdir', [join(folder, 'disk')]);
  const pipe = openSync(join(folder, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK);
  if (output === 'a pipe that nobody reads') fill(pipe);
  const environment = { ...process.env, serve: `${process.execPath} ${main} serve --config mintproc.yaml` };
  const child = spawn('sh', ['-c', outputs[output] ?? ''], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const get = (path: string): Promise<string> => bodyAt(join(folder, 'admin.sock'), path);
  await until(async () => (await get('/readyz').catch(() => '')).includes('"ready"'));
  if (output === 'a closed pipe') closeSync(pipe);
  const client = new StreamClient(configuration.listen);
  return {
    folder,
    child,
    get,
    async lost(stream = 'log') {
      const sample = new RegExp(`^mintproc_log_lines_dropped_total\\{stream="${stream}"\\} (\\d+)$`, 'm');
      return Number(sample.exec(await get('/metrics'))?.[1]);
    },
    async minted(requests) {
      const message = { request: 'request_headers', request_headers: { headers: { headers: [] } } } as const;
      for (let i = 0; i < requests; i++) {
        const { answers } = await client.converse([message]);
        assert.ok(answers[0]?.request_headers, 'the request goes on');
      }
    },
    async refused(requests) {
      const asked = Array.from({ length: requests }, async () => {
        const call = client.open([['x-mintproc-policy', 'nobody']]);
        call.end({ request: 'request_headers', request_headers: { headers: { headers: [] }, end_of_stream: true } });
        return endOf(call);
      });
      const all = await Promise.all(asked);
      return all.filter(({ answers }) => answers[0]?.immediate_response !== undefined).length;
    },
    async [Symbol.asyncDispose]() {
      client.close();
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      if (output !== 'a closed pipe') closeSync(pipe);
      rmSync(folder, { recursive: true });
    },
  };
}

function fill(pipe: number): void {
  try {
    for (;;) writeSync(pipe, 'x'.repeat(4096));
  } catch {
    // It is full.
  }
}

function bodyAt(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    })
      .once('error', reject)
      .end();
  });
}

const rows: [output: string, workers: number, isLost: boolean][] = [
  ['/dev/full', 1, true],
  ['/dev/full', 2, true],
  ['a closed pipe', 1, true],
  ['a closed pipe', 2, true],
  ['a pipe that nobody reads', 1, false],
  ['a pipe that nobody reads', 2, false],
  ['a socket that nobody reads', 1, false],
  ['a full disk', 1, true],
];

for (const [output, workers, isLost] of rows) {
  const skip = output === 'a full disk' && !mayMount ? 'no mount of our own on this machine' : false;
  test(`H5: standard output is ${output}, ${workers} worker(s)`, { skip }, async () => {
    await using served = await serve(output, workers);
    assert.equal(await served.refused(40), 40);
    if (isLost) await until(async () => (await served.lost()) > 0);
    assert.equal(await served.refused(40), 40);
    assert.equal(await served.get('/healthz'), 'ok\n');
    const exited = once(served.child, 'exit');
    served.child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);
  });
}

test('H5: once a pipe is read again, what was kept comes, and how many lines were lost', async () => {
  await using served = await serve('a pipe that nobody reads', 1);
  // 50 lines a second are written about requests.
  await until(async () => {
    assert.equal(await served.refused(60), 60);
    return (await served.lost()) > 2;
  });
  let text = '';
  await until(() => {
    text += read(served);
    return text.includes('lost.');
  });
  const lines = text.slice(text.lastIndexOf('xx{') + 2).split('\n');
  const gap = lines.findIndex((line) => line.includes('Log lines could not be written and are lost.'));
  assert.ok(gap > 100);
  for (const line of lines.slice(0, gap)) assert.equal(typeof JSON.parse(line).message, 'string');
  assert.ok(JSON.parse(lines[gap] ?? '').suppressed > 2);
});

test('lines of the audit that are lost are counted as such, and the log has its half of what waits', async () => {
  await using full = await serve('/dev/full', 1);
  await full.minted(20);
  await until(async () => (await full.lost('audit')) === 20);

  await using stalled = await serve('a pipe that nobody reads', 1);
  await stalled.minted(400);
  const [audit, log] = [await stalled.lost('audit'), await stalled.lost('log')];
  assert.ok(audit > 200 && audit < 400, `${audit} lines of the audit are lost`);
  assert.equal(log, 0);
  assert.equal(await stalled.refused(40), 40);
  assert.equal(await stalled.lost('log'), 0);
  let text = '';
  await until(() => {
    text += read(stalled);
    return text.includes('lost.');
  });
  const gap = text.split('\n').find((line) => line.includes('Log lines could not be written and are lost.'));
  assert.ok(JSON.parse(gap ?? '').suppressedAudit > 100);
});

/** What is in the pipe. */
function read({ folder }: Served): string {
  const pipe = openSync(join(folder, 'pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
  const bytes = Buffer.alloc(65_536);
  let text = '';
  try {
    for (;;) text += bytes.toString('latin1', 0, readSync(pipe, bytes));
  } catch {
    // No more is there.
    return text;
  } finally {
    closeSync(pipe);
  }
}

test('H5: a disk that has room again gets the log again', {
  skip: mayMount ? false : 'no mount of our own',
}, async () => {
  await using served = await serve('a full disk', 1);
  assert.equal(await served.refused(5), 5);
  await until(async () => (await served.lost()) > 0);
  const disk = `/proc/${served.child.pid}/root${served.folder}/disk`;
  rmSync(join(disk, 'fill'));
  await until(() => readFileSync(join(disk, 'log'), 'utf8').includes('are lost.'));
  assert.equal(await served.refused(1), 1);
  await until(() => readFileSync(join(disk, 'log'), 'utf8').trimEnd().endsWith('}'));
  for (const line of readFileSync(join(disk, 'log'), 'utf8').trimEnd().split('\n')) JSON.parse(line);
});

const unusable: [stream: string, redirection: string, code: number][] = [
  ['standard error is full', '2> /dev/full', 1],
  ['standard output is full', '> /dev/full', 1],
  ['both are full', '> /dev/full 2> /dev/full', 1],
];

for (const [name, redirection, code] of unusable) {
  test(`H5: a start that fails says so by its exit code, and ${name}`, () => {
    const line = `exec ${process.execPath} ${main} serve --config none.yaml ${redirection}`;
    const ended = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
    assert.equal(ended.status, code);
    if (!redirection.includes('2>')) assert.match(ended.stderr, /none\.yaml/);
    assert.doesNotMatch(ended.stderr, /at .*\.ts:/);
  });
}

test('a command whose standard output is full says it in one sentence', () => {
  const ended = spawnSync('sh', ['-c', `exec ${process.execPath} ${main} --help > /dev/full`], { encoding: 'utf8' });
  assert.equal(ended.status, 1);
  assert.equal(ended.stderr, 'mintproc: standard output cannot be written (ENOSPC).\n');
});
