/**
 * What `npm install` of our package gives: compiled JavaScript, since Node strips no types below node_modules.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mintproc-installed-'));
after(() => rmSync(folder, { recursive: true }));

execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
execFileSync('tar', ['-xzf', 'mintproc-0.1.0.tgz'], { cwd: folder });
symlinkSync(join(root, 'node_modules'), join(folder, 'package/node_modules'));
const program = join(folder, 'package/dist/main.js');

test('the installed program answers', () => {
  assert.equal(execFileSync(process.execPath, [program, 'eval', "upper('a')"], { encoding: 'utf8' }), '"A"\n');
});

test('the installed program serves, and stops when told', async () => {
  const policy =
    '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256, privateKey: "0123456789abcdef0123456789abcdef" }\n';
  writeFileSync(join(folder, 'policy.yaml'), policy);
  const settings = 'listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n';
  writeFileSync(
    join(folder, 'mintproc.yaml'),
    `${settings}policies: [{ name: a, file: policy.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n`,
  );
  const child = spawn(process.execPath, [program, 'serve', '--config', join(folder, 'mintproc.yaml')]);
  let out = '';
  for await (const chunk of child.stdout) {
    out += chunk;
    if (!child.killed && out.includes('The admin address answers.')) child.kill('SIGTERM');
  }
  assert.match(out, /mintproc serves\.[\s\S]*mintproc has stopped\./);
  assert.equal(child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve))), 0);
});
