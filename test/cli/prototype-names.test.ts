/**
 * Names from files that every JavaScript object inherits, such as `constructor`: no table has an entry for them. The
 * process is real, because `process.env` inherits them too.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand, writeFiles } from './captured-terminal.ts';

const names = Object.getOwnPropertyNames(Object.prototype);
const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

const places: readonly [name: string, code: string, line: (name: string, i: number) => string][] = [
  ['a key', 'keys.no-variable', (name, i) => `  k${i}: { env: ${name} }`],
  ['a passphrase', 'keys.no-variable', (name, i) => `  p${i}: { file: a.pem, passphrase: { env: ${name} } }`],
  ['a variable', 'variables.unreadable', (name, i) => `  v${i}: { env: ${name} }`],
];
const section = (at: number): string => names.map((name, i) => places[at]?.[2](name, i)).join('\n');
const policies = ['k', 'p'].flatMap((kind) =>
  names.map((_, i) => `  - { name: ${kind}${i}, file: flex.yaml, key: ${kind}${i} }`),
);

const files = writeFiles({
  'mintproc.yaml': `policies:\n${policies.join('\n')}\nkeys:\n${section(0)}\n${section(1)}\nvariables:\n${section(2)}\nroutes: [{ match: {}, policies: [k0] }]\n`,
  'flex.yaml': '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256 }\n',
  'a.pem': 'not reached',
});

test(`an environment variable with an inherited name does not exist: ${names.length} names, 3 places`, () => {
  const ran = spawnSync(process.execPath, [main, 'validate', files['mintproc.yaml'], '--format', 'json'], {
    encoding: 'utf8',
  });
  assert.equal(ran.status, 1, ran.stderr);
  const problems: { code: string; line: number }[] = JSON.parse(ran.stdout).files[0].problems;
  const lines = ['policies:', ...policies, 'keys:'].length;
  for (const [at, [place, code]] of places.entries()) {
    for (const [i, name] of names.entries()) {
      const line = lines + at * names.length + i + (place === 'a variable' ? 2 : 1);
      const found = problems.filter((problem) => problem.line === line).map((problem) => problem.code);
      assert.ok(found.includes(code), `${place}, ${name}, line ${line}: ${found.join(' ')}\n${ran.stdout}`);
    }
  }
});

const roots = writeFiles(
  Object.fromEntries(names.map((name) => [`${name}.xml`, `<${name}><!-- <GenerateJWT name="P"/> --></${name}>`])),
);

for (const name of names) {
  test(`an XML file with the root element ${name} is not a policy`, async () => {
    const ran = await runCommand(['validate', roots[`${name}.xml`] ?? '', '--format', 'json']);
    assert.equal(ran.code, 1, ran.errors);
    const [problem] = JSON.parse(ran.out).files[0].problems;
    assert.equal(problem.code, 'apigee.not-generate-jwt');
    assert.match(problem.suggestion, /^Use the file of a GenerateJWT policy/);
  });
}
