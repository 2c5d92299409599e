/**
 * @module
 * Tokens in files, with the Envoy part that `mintproc gen` writes and a real Envoy: the token arrives and verifies
 * without a call, is made anew, and is gone at once when it must be.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { parse, stringify } from 'yaml';
import { freePort } from '../../demo/ports.ts';
import { ProcessGroup, type Running } from '../../demo/process-group.ts';
import { isUp, untilReady } from '../../demo/readiness.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { findEnvoy } from './harness/find-envoy.ts';
import { type GeneratedStack, startGenerated } from './harness/generated-stack.ts';
import { project } from './harness/stack.ts';

const { skip } = await findEnvoy();

/** Seconds. Two thirds of it are over soon. */
const lifetime = 10;

const policy = (sub: string): string =>
  stringify([
    {
      policyRef: { name: 'jwt-generation-flex' },
      config: { signingMethod: 'ES256', exp: lifetime, customClaims: [{ name: 'sub', value: sub }] },
    },
  ]);

const keyText = (): string =>
  String(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'pem' }));

/** `sds` of the entry; undefined for none. */
type Sds = { readonly file: string; readonly onStop: 'clear' | 'keep' } | undefined;

interface Configured {
  readonly policies: readonly object[];
  readonly keys: object;
}

function configured(sds: Sds, revoked: readonly string[] = []): Configured {
  return {
    policies: [
      {
        name: 'orders',
        file: 'policy.yaml',
        key: 'k',
        output: { header: 'x-token' },
        ...(sds === undefined ? {} : { sds }),
      },
    ],
    keys: { k: { file: 'k.pem', ...(revoked.length === 0 ? {} : { revoked }) } },
  };
}

const clear: Sds = { file: 'token.json', onStop: 'clear' };

describe('tokens in files', { skip }, () => {
  let stack: GeneratedStack;
  let folder: string;
  let sidecar: Running;
  let restarted: ProcessGroup;
  let keysUrl: URL;

  before(async () => {
    const keyPort = await freePort();
    keysUrl = new URL(`http://127.0.0.1:${keyPort}/.well-known/jwks.json`);
    stack = await startGenerated({
      platform: 'envoy',
      listen: 'unix',
      caller: false,
      files: { 'policy.yaml': policy('one'), 'k.pem': keyText() },
      mintproc: {
        ...configured(clear),
        routes: [{ match: {}, policies: ['orders'] }],
        jwks: { listen: keysUrl.host, publishAhead: '0s' },
        reload: { settle: '20ms', poll: '100ms' },
      },
    });
    ({ sidecar } = stack);
    folder = dirname(sidecar.log);
    restarted = new ProcessGroup(mkdtempSync(join(tmpdir(), 'mintproc-logs-')));
  });
  after(async () => {
    await restarted?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });

  /** What the upstream gets, or the status if it gets nothing. */
  async function ask(headers: readonly (readonly [string, string])[] = []): Promise<string> {
    const answer = await stack.ask({ headers });
    return answer.status === 200 ? seenHeader(seenIn(answer), 'x-token').join() : `${answer.status}`;
  }

  /** Asks until the answer is as wanted. @returns all answers */
  async function answersUntil(isWanted: (answer: string) => boolean): Promise<readonly string[]> {
    const giveUp = Date.now() + 20_000;
    const answers: string[] = [];
    for (;;) {
      const answer = await ask();
      answers.push(answer);
      if (isWanted(answer)) return answers;
      assert.ok(Date.now() < giveUp, `the last answer: ${answer}`);
      await pause(20);
    }
  }

  function replace(name: string, text: string): void {
    writeFileSync(join(folder, 'next'), text);
    renameSync(join(folder, 'next'), join(folder, name));
  }

  function reconfigure(changed: Configured): void {
    const file = join(folder, 'mintproc.yaml');
    replace('mintproc.yaml', stringify({ ...parse(readFileSync(file, 'utf8')), ...changed }));
  }

  async function restart(): Promise<void> {
    const args = [join(project, 'src', 'main.ts'), 'serve', '--config', 'mintproc.yaml'];
    sidecar = await restarted.start({ name: 'mintproc', file: process.execPath, args, cwd: folder });
    const { admin } = parse(readFileSync(join(folder, 'mintproc.yaml'), 'utf8'));
    await untilReady(sidecar, () => isUp(`http://${admin}/readyz`));
  }

  const isToken = (answer: string): boolean => answer.startsWith('Bearer ');

  test('the token arrives, another library verifies it, and mintproc is not called', async () => {
    const value = await ask();
    const { payload } = await jwtVerify(value.slice('Bearer '.length), createRemoteJWKSet(keysUrl));
    assert.equal(payload.sub, 'one');
    assert.equal(await stack.stat('^cluster.mintproc.upstream_rq_total'), 0);
  });

  test("a client's own copies do not arrive", async () => {
    const value = await ask();
    const copies = [
      ['X-Token', 'Bearer mine'],
      ['x-token', 'Bearer mine, too'],
      ['x.token', 'Bearer mine'],
    ] as const;
    assert.equal(await ask(copies), value);
    const seen = seenIn(await stack.ask({ headers: copies }));
    assert.deepEqual(
      seen.headers.filter(([, text]) => text.includes('mine')),
      [],
    );
  });

  test('the token is made anew, and no request is without one', async () => {
    const before = await ask();
    const answers = await answersUntil((answer) => answer !== before);
    assert.ok(answers.every(isToken));
    const [first, second] = [before, answers.at(-1) ?? ''].map((value) => decodeJwt(value.slice('Bearer '.length)));
    assert.ok(Number(second?.exp) > Number(first?.exp));
    // It was replaced while it was still valid.
    assert.ok(Date.now() < Number(first?.exp) * 1000);
  });

  test('a changed policy has its token at once', async () => {
    replace('policy.yaml', policy('two'));
    const answers = await answersUntil((answer) => decodeJwt(answer.slice('Bearer '.length)).sub === 'two');
    assert.ok(answers.every(isToken));
  });

  test('a revoked key has signed the last token', async () => {
    const { kid = '' } = decodeProtectedHeader((await ask()).slice('Bearer '.length));
    replace('k.pem', keyText());
    reconfigure(configured(clear, [kid]));
    const answers = await answersUntil((answer) => decodeProtectedHeader(answer.slice('Bearer '.length)).kid !== kid);
    assert.ok(answers.every(isToken));
  });

  test('a policy that has no file any more has no token there', async () => {
    reconfigure(configured(undefined));
    assert.equal((await answersUntil((answer) => !isToken(answer))).at(-1), '401');
    reconfigure(configured(clear));
    await answersUntil(isToken);
  });

  test('while mintproc is dead, the token stays, also for a new Envoy; after its start there is another', async () => {
    const before = await ask();
    sidecar.signal('SIGKILL');
    await sidecar.ended;
    assert.equal(await ask(), before);
    await stack.restartEnvoy();
    assert.equal(await ask(), before);
    await restart();
    assert.ok((await answersUntil((answer) => answer !== before)).every(isToken));
  });

  test('onStop: clear takes the token away', async () => {
    await sidecar.stop();
    assert.equal((await answersUntil((answer) => !isToken(answer))).at(-1), '401');
    await stack.restartEnvoy();
    assert.equal(await ask(), '401');
    await restart();
    await answersUntil(isToken);
  });

  test('onStop: keep leaves the token', async () => {
    reconfigure(configured({ file: 'token.json', onStop: 'keep' }));
    const { length } = readFileSync(sidecar.log, 'utf8').split('A new configuration is in force.');
    while (readFileSync(sidecar.log, 'utf8').split('A new configuration is in force.').length === length)
      await pause(20);
    const before = await ask();
    await sidecar.stop();
    assert.match(readFileSync(join(folder, 'token.json'), 'utf8'), /Bearer /);
    assert.ok(isToken(before) && isToken(await ask()));
  });
});
