/**
 * What Tab proposes in a real bash and a real zsh that loaded the script of `mintproc completion`.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommand } from './captured-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-completion-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'a file.yaml'), '');

/** The last word is the one that is completed. `path` stands for the only file of the folder. */
const cases: readonly [name: string, words: readonly string[], proposed: readonly string[] | 'path'][] = [
  ['commands', ['v'], ['validate', 'verify', 'version']],
  ['commands of help', ['help', 'com'], ['compare', 'completion']],
  ['codes of help', ['help', 'keys.unus'], ['keys.unused', 'keys.unused-passphrase']],
  ['options', ['gen', 'envoy', '--ca'], ['--caller-header']],
  ['options of a command that takes words', ['schema', '--'], ['--help']],
  ['formats of the command', ['validate', '--format', ''], ['text', 'json', 'junit', 'github']],
  ['formats of another command', ['mint', '--format', ''], ['text', 'json', 'token']],
  ['a value after =', ['validate', '--format', '=', 'j'], ['json', 'junit']],
  ['a value right after =', ['explain', '--format', '='], ['text', 'json']],
  ['proxies', ['import', 'export.zip', '--proxy', 'e'], ['envoy', 'envoy-gateway']],
  ['platforms', ['gen', ''], ['envoy', 'istio', 'envoy-gateway', 'kgateway']],
  ['schemas', ['schema', ''], ['configuration', 'test', 'request', 'flex']],
  ['languages', ['eval', '--profile', ''], ['flex', 'dataweave']],
  ['shells', ['completion', ''], ['bash', 'zsh']],
  ['files', ['validate', 'a'], 'path'],
  ['files of an option', ['mint', '--config', 'a'], 'path'],
  ['files of an option with =', ['mint', '--config', '=', 'a'], 'path'],
];

const scripts = new Map<string, string>();
before(async () => {
  for (const shell of ['bash', 'zsh']) {
    const { code, out, errors } = await runCommand(['completion', shell]);
    assert.deepEqual([code, errors], [0, '']);
    writeFileSync(join(folder, `_mintproc.${shell}`), out);
    scripts.set(shell, join(folder, `_mintproc.${shell}`));
  }
});

/** As readline calls the function, in all versions of bash. */
const bash = `
source "$1"; shift
COMP_WORDS=(mintproc "$@"); COMP_CWORD=$#
_mintproc
printf '%s\\n' "\${COMPREPLY[@]}"
`;

for (const [name, words, proposed] of cases) {
  test(`bash: ${name}`, () => {
    const line = ['--noprofile', '--norc', '-c', bash, 'bash', scripts.get('bash') ?? '', ...words];
    const { stdout, stderr, status } = spawnSync('bash', line, { cwd: folder, encoding: 'utf8' });
    assert.deepEqual([stderr, status], ['', 0]);
    // bash itself completes a path where the function finds no word (`-o default`).
    const found = stdout.split('\n').filter((word) => word !== '');
    assert.deepEqual(found, proposed === 'path' ? [] : proposed);
  });
}

test('bash: Tab on a terminal completes a word, and a path with its space', () => {
  const keys = ['source _mintproc.bash', 'PS1=', 'mintproc() { printf "[%s]" "$@"; }', 'mintproc vali\ta\t', 'exit'];
  const { stdout } = spawnSync('bash', ['--noprofile', '--norc', '-i'], {
    cwd: folder,
    encoding: 'utf8',
    input: `${keys.join('\n')}\n`,
    env: { ...process.env, TERM: 'dumb', INPUTRC: '/dev/null' },
  });
  assert.match(stdout, /\[validate\]\[a file\.yaml\]/);
});

/** What is typed, and the arguments that the command then gets. */
const typed: readonly [line: string, args: readonly string[]][] = [
  ['vali\t', ['validate']],
  ['help completi\t', ['help', 'completion']],
  ['help keys.none-\t', ['help', 'keys.none-active']],
  ['gen envoy --caller\t', ['gen', 'envoy', '--caller-header']],
  ['validate --format ju\t', ['validate', '--format', 'junit']],
  ['mint --format ju\t', ['mint', '--format', 'ju']],
  ['mint --format=js\t', ['mint', '--format=json']],
  ['import e.zip --proxy is\t', ['import', 'e.zip', '--proxy', 'istio']],
  ['gen ist\t', ['gen', 'istio']],
  ['schema conf\t', ['schema', 'configuration']],
  ['completion ba\t', ['completion', 'bash']],
  ['validate a\t', ['validate', 'a file.yaml']],
  ['mint --config a\t', ['mint', '--config', 'a file.yaml']],
];

/** Types the lines, one at a time, into an interactive zsh on a terminal of its own. */
const zsh = `
zmodload zsh/zpty
zpty shell "zsh -f -i"
say() { zpty -w -n shell "$1"$'\\r'; zpty -r shell seen "*MARK-$2*"; }
say 'PS1= ; autoload -Uz compinit; compinit -u -D; source ./_mintproc.zsh; print MAR""K-0' 0
say 'mintproc() { print -rN -- "$@" "" >> typed.txt; print MAR""K-$(( ++count )); }; print MAR""K-ready' ready
integer number=0
for line; do say "mintproc $line" $(( ++number )); done
zpty -d shell
`;

const hasZsh = spawnSync('zsh', ['--version']).status === 0;

test('zsh: Tab on a terminal', { skip: hasZsh ? false : 'zsh is not installed' }, () => {
  const line = ['-f', '-c', zsh, 'zsh', ...typed.map(([text]) => text)];
  const { status, stderr } = spawnSync('zsh', line, { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  assert.deepEqual([stderr, status], ['', 0]);
  const got = readFileSync(join(folder, 'typed.txt'), 'utf8').split('\0\0').slice(0, -1);
  assert.deepEqual(
    got.map((args) => args.split('\0')),
    typed.map(([, args]) => args),
  );
});

for (const names of [[], ['fish'], ['toString'], ['bash', 'zsh']]) {
  test(`a wrong command line: completion ${names.join(' ')}`, async () => {
    const { code, errors } = await runCommand(['completion', ...names]);
    assert.equal(code, 2);
    assert.match(errors, /One shell is required: bash or zsh\./);
  });
}
