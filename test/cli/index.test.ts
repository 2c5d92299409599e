import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from './captured-terminal.ts';

const cases: readonly [name: string, line: readonly string[], code: number, out: RegExp, errors: RegExp][] = [
  ['nothing', [], 2, /Usage: mintproc COMMAND/, /^$/],
  ['help', ['help'], 0, /serve +run beside Envoy/, /^$/],
  ['help for a command', ['help', 'validate'], 0, /^Usage: mintproc validate /, /^$/],
  ['help for an unknown command', ['help', 'validat'], 2, /^$/, /Did you mean `validate`/],
  ['eval with the marks of a policy', ['eval', '#[1 + 1]'], 2, /^$/, /Leave out `#\[` and `\]`/],
  ['--help', ['--help'], 0, /Usage: mintproc COMMAND/, /^$/],
  ['--version', ['--version'], 0, /^mintproc 1\.2\.3\n$/, /^$/],
  [
    'an unknown command',
    ['start'],
    2,
    /^$/,
    /unknown command `start`.*serve, health, validate, init, import, mint, test, compare, verify, jwks, publish, eval, explain, gen/,
  ],
  ['a mistyped command', ['validat'], 2, /^$/, /unknown command `validat`. Did you mean `validate`\?/],
  [
    'an unknown option',
    ['serve', '--port', '1'],
    2,
    /^$/,
    /Unknown option `--port`. The options are: --config, --help\./,
  ],
  ['a mistyped option', ['serve', '--confg', 'x'], 2, /^$/, /Unknown option `--confg`. Did you mean `--config`\?/],
  ['explain with another format', ['explain', '--policy', 'x', '--format', 'yaml'], 2, /^$/, /takes text or json\./],
  [
    'validate with another format',
    ['validate', 'x', '--format', 'JSON'],
    2,
    /^$/,
    /takes text, json, junit or github\./,
  ],
  ['mint with another format', ['mint', '--format', 'x'], 2, /^$/, /takes text, json or token\./],
  ['an empty file', ['validate', ''], 2, /^$/, /: An argument is empty\. Is a variable of the command line not set\?/],
  ['one empty file of two', ['test', 'a.test.yaml', ''], 2, /^$/, /: An argument is empty\./],
  ['an empty option', ['serve', '--config', ''], 2, /^$/, /: --config is empty\. Is a variable/],
  ['an empty option with =', ['health', '--config='], 2, /^$/, /: --config is empty\./],
  ['an empty value of an option that repeats', ['init', '--policy', 'a', '--policy', ''], 2, /^$/, /--policy is empty/],
  ['help with an empty option', ['serve', '--config', '', '--help'], 0, /^Usage: mintproc serve/, /^$/],
  ['eval with another format', ['eval', '1', '--format', 'xml'], 2, /^$/, /takes text or json\./],
  ['serve without a configuration', ['serve'], 2, /^$/, /--config/],
  ['a check that no one asks for', ['check'], 2, /^$/, /mintproc validate FILE/],
  ['a worker that no one serves with', ['worker', '1'], 2, /^$/, /write `workers: 2` in mintproc\.yaml/],
  [
    'serve with a missing configuration',
    ['serve', '--config', 'nowhere.yaml'],
    1,
    /^$/,
    /nowhere\.yaml.*does not exist/,
  ],
];

for (const [name, line, code, out, errors] of cases) {
  test(`mintproc ${name}`, async () => {
    const ran = await runCommand(line);
    assert.equal(ran.code, code);
    assert.match(ran.out, out);
    assert.match(ran.errors, errors);
  });
}

for (const command of ['serve', 'validate', 'mint', 'eval', 'explain']) {
  test(`mintproc ${command} --help`, async () => {
    const { code, out } = await runCommand([command, '--help']);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^Usage: mintproc ${command} `));
  });
}
