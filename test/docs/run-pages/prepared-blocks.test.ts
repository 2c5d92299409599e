/**
 * @module
 * Commands of pages that speak of files which the page does not show: run with files that are made here, they print
 * what the page shows.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { blocksRunBy } from './blocks-run-by.ts';
import { stepsOf } from './console.ts';
import type { Block } from './page-blocks.ts';
import { PageFolder } from './page-folder.ts';
import { compareOutputs } from './run-blocks.ts';

const ofCommands = blocksRunBy('docs/commands.md', import.meta.filename);
const ofKeys = blocksRunBy('docs/keys.md', import.meta.filename);
const ofOperations = blocksRunBy('docs/operations.md', import.meta.filename);

/** The request of docs/commands.md. */
const request = ofCommands.find(({ language }) => language === 'yaml')?.text ?? '';

function policyOf(algorithm: string, lifetime: number, claims: object): string {
  const customClaims = Object.entries(claims).map(([name, value]) => ({ name, value }));
  const config = { signingMethod: algorithm, iat: true, exp: lifetime, nbf: 0, customClaims, customHeaders: [] };
  return JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
}

const routed =
  'policies: [{ name: partner, file: partner.yaml, key: orders }]\nroutes: [{ match: {}, policies: [partner] }]\n';

const caller = { sub: '#[authentication.principal]', jti: '#[uuid()]' };

/** A token of an old gateway; nothing looks at its signature. */
const recorded = [
  { alg: 'RS256', typ: 'JWT' },
  { sub: 'alice', exp: 1_767_226_200, iat: 1_767_225_600, jti: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6' },
  'signature',
].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));

const files: Readonly<Record<string, string>> = {
  'orders.yaml': request,
  'mintproc.yaml': `${routed}keys: { orders: { file: keys/2026-01.pem, kid: 2026-01 } }\n`,
  'partner.yaml': policyOf('RS256', 300, caller),
  'recorded.jwt': `${recorded.join('.')}\n`,
  'hour/mintproc.yaml': `${routed}keys: { orders: { file: ../keys/2026-01.pem, kid: 2026-01 } }\n`,
  'hour/partner.yaml': policyOf('RS256', 3600, { iss: 'https://issuer.example.com', aud: 'orders' }),
  'dated/mintproc.yaml': `${routed}keys:\n  orders:\n    versions:\n      - { file: keys/2026-01.pem }\njwks: { listen: "127.0.0.1:9465" }\n`,
  'dated/partner.yaml': policyOf('ES256', 300, caller),
};

const setUp: readonly string[] = [
  'mkdir keys dated/keys tokens',
  'openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out keys/2026-01.pem',
  'openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out dated/keys/2026-01.pem',
  'chmod 600 keys/2026-01.pem dated/keys/2026-01.pem',
  'mintproc mint --config hour/mintproc.yaml --request orders.yaml --at 2026-01-01T00:00:00Z --format token > token.txt',
  `printf 'directories.tokendir = %s\n' "$PWD/tokens" > softhsm2.conf`,
];

const folder = new PageFolder();
after(() => folder[Symbol.dispose]());
before(async () => {
  for (const [name, text] of Object.entries(files)) folder.write(name, text);
  for (const command of setUp) {
    const { code, output } = await folder.run(command);
    assert.equal(code, 0, `${command}\n${output}`);
  }
  folder.environment['SOFTHSM2_CONF'] = `${folder.root}/softhsm2.conf`;
});

/** Runs the commands of a block. @param exit the exit code of the last one */
async function follow(path: string, block: Block, from: string, exit: number): Promise<void> {
  await folder.run(`cd ${join(folder.root, from)}`);
  const steps = stepsOf(block);
  const outputs: string[] = [];
  for (const [index, { command }] of steps.entries()) {
    const { code, output } = await folder.run(command);
    assert.equal(code, index === steps.length - 1 ? exit : 0, output);
    outputs.push(output);
  }
  compareOutputs(path, { block, steps, outputs });
}

const module = '/usr/lib/softhsm/libsofthsm2.so';
const hasTools = existsSync(module) && spawnSync('pkcs11-tool', ['--version']).error === undefined;
const noTools = hasTools ? false : 'no SoftHSM, or no OpenSC';

type Row = readonly [command: string, blocks: readonly Block[], from: string, exit: number, skip?: false | string];

/** Each command with the folder of its configuration, the exit code, and why it is skipped. */
const commands: readonly Row[] = [
  ['mintproc compare', ofCommands, '.', 1],
  ['mintproc verify', ofCommands, '.', 1],
  ['mintproc jwks', ofCommands, '.', 0],
  ['softhsm2-util', ofKeys, '.', 0, noTools],
  ['mintproc keys rotate', ofKeys, 'dated', 0],
  ['mintproc gen envoy', ofOperations, '.', 0],
];

for (const [command, blocks, from, exit, skip = false] of commands) {
  test(`${command}: the page shows what it does`, { skip }, async () => {
    const block = blocks.find((one) => one.language !== 'yaml' && stepsOf(one)[0]?.command.startsWith(command));
    assert.ok(block);
    await follow('the page', block, from, exit);
  });
}

test('every command of the pages is run', () => {
  const marked = [ofCommands, ofKeys, ofOperations].flat().filter(({ language }) => language !== 'yaml');
  assert.equal(marked.length, commands.length);
});
