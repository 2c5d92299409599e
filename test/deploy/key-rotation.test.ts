/**
 * @module
 * The script of the CronJob in `deploy/kubernetes/components/key-rotation`, against a server that answers as the API of
 * Kubernetes does for one Secret: merge patches, and 409 for another version.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { ec, policy } from '../configuration/key-world.ts';

const root = join(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'mintproc-rotation-'));
after(() => rmSync(scratch, { recursive: true }));

type Data = Record<string, string>;

/** One Secret. */
class Api {
  data: Data;
  version = 1;
  readonly asked: string[] = [];
  /** Changes it after it was read. */
  interferes = false;
  readonly #server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request;
      this.asked.push(`${method} ${url} ${headers.authorization} ${headers['content-type'] ?? ''}`.trim());
      const status = method === 'PATCH' ? this.#patch(JSON.parse(body)) : 200;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ metadata: { resourceVersion: String(this.version) }, data: this.data }));
      if (this.interferes) this.version += 1;
    });
  });

  constructor(data: Data) {
    this.data = data;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }

  #patch({ metadata, data }: { metadata: { resourceVersion: string }; data: Record<string, string | null> }): number {
    if (metadata.resourceVersion !== String(this.version)) return 409;
    const merged = Object.entries({ ...this.data, ...data }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    this.data = Object.fromEntries(merged);
    this.version += 1;
    return 200;
  }
}

let runs = 0;

/** @returns the exit code, and what was printed */
async function rotate(api: Api): Promise<{ code: number | null; said: string }> {
  const folder = join(scratch, `${runs++}`);
  mkdirSync(join(folder, 'keys'), { recursive: true });
  mkdirSync(join(folder, 'account'));
  writeFileSync(join(folder, 'account', 'token'), 'account-token\n');
  writeFileSync(join(folder, 'account', 'namespace'), 'shop');
  writeFileSync(join(folder, 'p.yaml'), policy());
  writeFileSync(
    join(folder, 'mintproc.yaml'),
    'jwks: { listen: 127.0.0.1:0 }\npolicies: [{ name: p, file: p.yaml, key: partner }]\nroutes: [{ match: {}, policies: [p] }]\nkeys: { partner: { directory: keys } }\n',
  );
  const environment = {
    ...process.env,
    KEY: 'partner',
    SECRET: 'mintproc-keys',
    KEYS: join(folder, 'keys'),
    CONFIG: join(folder, 'mintproc.yaml'),
    MINTPROC: join(root, 'src/main.ts'),
    ACCOUNT: join(folder, 'account'),
    API: await api.listen(),
  };
  const script = join(root, 'deploy/kubernetes/components/key-rotation/rotate.mjs');
  try {
    return await new Promise((resolve) => {
      const child = execFile(process.execPath, [script], { env: environment }, (_error, out, errors) =>
        resolve({ code: child.exitCode, said: out + errors }),
      );
    });
  } finally {
    api.close();
  }
}

const base64 = (pem: string): string => Buffer.from(pem).toString('base64');

test('the Secret gets the next key, and keeps the one that signs', async () => {
  const api = new Api({ 'first.pem': base64(ec()) });
  const before = { ...api.data };
  const { code, said } = await rotate(api);
  assert.equal(code, 0, said);
  const [next, ...others] = Object.keys(api.data).filter((name) => name !== 'first.pem');
  assert.match(next ?? '', /^\d{8}T\d{6}Z--[\w-]{43}\.pem$/);
  assert.deepEqual(others, []);
  assert.equal(api.data['first.pem'], before['first.pem']);
  assert.deepEqual(api.asked, [
    'GET /api/v1/namespaces/shop/secrets/mintproc-keys Bearer account-token',
    'PATCH /api/v1/namespaces/shop/secrets/mintproc-keys Bearer account-token application/merge-patch+json',
  ]);
  // Names in a Secret: https://kubernetes.io/docs/concepts/configuration/secret/
  for (const name of Object.keys(api.data)) assert.match(name, /^[-._a-zA-Z0-9]{1,253}$/);
});

test('a key that has ended is taken out', async () => {
  const [one, two] = ['20200101T000000Z--k-1.pem', '20210101T000000Z--k-2.pem'];
  const api = new Api({ [one]: base64(ec()), [two]: base64(ec()) });
  const { code, said } = await rotate(api);
  assert.equal(code, 0, said);
  assert.equal(Object.keys(api.data).length, 2);
  assert.ok(two in api.data && !(one in api.data));
});

test('a Secret that somebody else has changed meanwhile is left as it is', async () => {
  const api = new Api({ 'first.pem': base64(ec()) });
  api.interferes = true;
  const before = { ...api.data };
  const { code, said } = await rotate(api);
  assert.equal(code, 1);
  assert.match(said, /PATCH of the Secret mintproc-keys: 409/);
  assert.deepEqual(api.data, before);
});

test('a rotation that is under way is no second one', async () => {
  const soon = `${new Date(Date.now() + 3_600_000).toISOString().replace(/[-:]|\.\d+/g, '')}--k-2.pem`;
  const api = new Api({ '20200101T000000Z--k-1.pem': base64(ec()), [soon]: base64(ec()) });
  const before = { ...api.data };
  const { code, said } = await rotate(api);
  assert.equal(code, 1);
  assert.match(said, /under way/);
  assert.deepEqual(api.data, before);
  assert.equal(api.asked.length, 1);
});
