import assert from 'node:assert/strict';
import { dirname, relative } from 'node:path';
import { test } from 'node:test';
import { runCommand, writeFiles } from '../../captured-terminal.ts';

const paths = writeFiles({
  'good.yaml': '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: RS256, exp: 300 }\n',
  'weak.yaml':
    '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256, exp: 300, privateKey: my-secret-key }\n',
  'bad, 1%.yaml': '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: RS265, exq: 300 }\n',
});
const folder = dirname(paths['good.yaml']);

/** The output with the folder of the files as FOLDER. */
async function said(format: string, ...line: readonly string[]): Promise<string> {
  const { out } = await runCommand(['validate', ...Object.values(paths), '--format', format, ...line]);
  return out.replaceAll(relative(process.cwd(), folder), 'FOLDER').replaceAll(folder, 'FOLDER');
}

test('--format github', async () => {
  assert.equal(
    await said('github'),
    `::warning file=FOLDER/weak.yaml,line=2,col=57,title=jose.short-secret::The secret for HS256 has 13 bytes; RFC 7518 section 3.2 requires at least 32.%0AA short secret can be guessed. Use a random one, and change it at the backend as well.
::error file=FOLDER/bad%2C 1%25.yaml,line=2,col=35,title=policy.unknown-key::Unknown key \`exq\`.%0ADid you mean \`exp\`?
::error file=FOLDER/bad%2C 1%25.yaml,line=2,col=28,title=policy.invalid-value::This is not a known signing method.%0ADid you mean \`RS256\`?
3 files: not valid, 2 errors, 1 warning, 1 note (--notes)
`,
  );
});

test('--format github --notes', async () => {
  assert.match(
    await said('github', '--notes'),
    /^::notice file=FOLDER\/good\.yaml,line=2,col=11,title=keys\.not-in-file::/,
  );
});

test('--format github in a part of the repository', async () => {
  const { out } = await runCommand(['validate', paths['weak.yaml'], '--format', 'github'], [], {
    GITHUB_WORKSPACE: '/',
  });
  assert.ok(out.startsWith(`::warning file=${paths['weak.yaml'].slice(1)},line=2`));
});

test('--format junit', async () => {
  assert.equal(
    await said('junit'),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mintproc validate" tests="3" failures="1" errors="0" skipped="0" time="0">
<testsuite name="FOLDER/good.yaml" tests="1" failures="0" errors="0" skipped="0" time="0">
<testcase name="FOLDER/good.yaml" classname="FOLDER/good.yaml" file="FOLDER/good.yaml" time="0"/>
</testsuite>
<testsuite name="FOLDER/weak.yaml" tests="1" failures="0" errors="0" skipped="0" time="0">
<testcase name="FOLDER/weak.yaml" classname="FOLDER/weak.yaml" file="FOLDER/weak.yaml" time="0">
<system-out>FOLDER/weak.yaml:2:57: warning: The secret for HS256 has 13 bytes; RFC 7518 section 3.2 requires at least 32. [jose.short-secret]
  A short secret can be guessed. Use a random one, and change it at the backend as well.</system-out>
</testcase>
</testsuite>
<testsuite name="FOLDER/bad, 1%.yaml" tests="1" failures="1" errors="0" skipped="0" time="0">
<testcase name="FOLDER/bad, 1%.yaml" classname="FOLDER/bad, 1%.yaml" file="FOLDER/bad, 1%.yaml" line="2" time="0">
<failure type="policy.unknown-key policy.invalid-value" message="2:35: Unknown key \`exq\`. 2:28: This is not a known signing method.">FOLDER/bad, 1%.yaml:2:35: error: Unknown key \`exq\`. [policy.unknown-key]
  Did you mean \`exp\`?
FOLDER/bad, 1%.yaml:2:28: error: This is not a known signing method. [policy.invalid-value]
  Did you mean \`RS256\`?</failure>
</testcase>
</testsuite>
</testsuites>
`,
  );
});

test('--format junit --strict: a warning is a failure', async () => {
  assert.match(await said('junit', '--strict'), /<testsuites name="mintproc validate" tests="3" failures="2" /);
});

test('a file that does not exist is a failure of its own', async () => {
  const { code, out } = await runCommand(['validate', 'nowhere.yaml', '--format', 'junit']);
  assert.equal(code, 1);
  assert.match(out, /<failure type="config\.unreadable-file" message="1:1: The file nowhere\.yaml does not exist\.">/);
});

/** The policies of a configuration are test cases of its suite only if something is said of them. */
test('--format junit of a configuration', async () => {
  const files = writeFiles({
    'mintproc.yaml': 'policies: [{ name: a, file: bad.yaml }]\nroutes: [{ match: {}, policies: [a] }]\nlistn: x\n',
    'bad.yaml': '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: RS265, exp: 300 }\n',
  });
  const { out } = await runCommand(['validate', files['mintproc.yaml'], '--format', 'junit']);
  assert.match(out, /<testsuite name="\S+mintproc\.yaml" tests="2" failures="2" /);
  assert.match(
    out,
    /<testcase name="\S+bad\.yaml" classname="\S+mintproc\.yaml" file="\S+bad\.yaml" line="2" time="0">/,
  );
});
