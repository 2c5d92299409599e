/**
 * Each format of `mintproc test`, read back by a reader of its own.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parse } from 'yaml';
import { runCommand, writeFiles } from '../captured-terminal.ts';
import { type Change, tested } from './world.ts';

const failing: readonly Change[] = [
  ['partner.yaml', 'urn:a', 'urn:b'],
  [
    'orders.test.yaml',
    'name: elsewhere',
    'name: "elsewhere # TODO \\\\ <b> & ::error::, \\nok 9 - x\\n::stop:: \\u001b[31m"',
  ],
  ['orders.test.yaml', 'because: unmatched', 'because: disabled'],
];

interface Point {
  readonly ok: boolean;
  readonly description: string;
  readonly directive: string | undefined;
  readonly diagnostic: unknown;
}

/** The rules of TAP 14 for what we write: a version, a plan, comments, and test points with YAML blocks. */
function readTap(text: string): readonly Point[] {
  const lines = text.split('\n');
  assert.equal(lines.pop(), '', 'the last line ends');
  assert.equal(lines.shift(), 'TAP version 14');
  const [, count] = /^1\.\.(\d+)$/.exec(lines.shift() ?? '') ?? assert.fail('there is no plan');
  const points: Point[] = [];
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    if (line.startsWith('#')) continue;
    const [, not, number, rest = ''] = /^(not )?ok (\d+) - (.*)$/.exec(line) ?? assert.fail(`not of TAP: ${line}`);
    assert.equal(Number(number), points.length + 1);
    const [, description = '', directive] = /^((?:[^\\#]|\\[\\#])*)(?:# *(.*))?$/.exec(rest) ?? assert.fail(rest);
    let diagnostic: unknown;
    if (lines[0] === '  ---') {
      const end = lines.indexOf('  ...');
      assert.ok(end > 0, 'the YAML block ends');
      diagnostic = parse(
        lines
          .splice(0, end + 1)
          .slice(1, -1)
          .join('\n'),
      );
    }
    points.push({ ok: not === undefined, description: description.replace(/\\(.)/g, '$1'), directive, diagnostic });
  }
  assert.equal(points.length, Number(count), 'the plan');
  return points;
}

test('--format tap is version 14 of the protocol', async () => {
  const { out, code } = await tested(failing, '--format', 'tap');
  const points = readTap(out);
  assert.deepEqual(
    points.map(({ ok }) => ok),
    [false, true, false, true, true, false, true],
  );
  assert.ok(points.every(({ directive }) => directive === undefined));
  const [first] = points;
  assert.match(first?.description ?? '', /orders\.test\.yaml: an order$/);
  assert.match(
    points[5]?.description ?? '',
    /orders\.test\.yaml: elsewhere # TODO \\ <b> & ::error::, ␊ok 9 - x␊::stop:: ␛\[31m$/,
  );
  assert.match(
    JSON.stringify(first?.diagnostic),
    /"message":"jwt\.claims\.iss: The texts are different\.".*"details":\["expected \\"urn:a\\"","actual {3}\\"urn:b\\"","the same for every request: urn:b \(\S+partner\.yaml:9:29\)"\]/,
  );
  assert.equal(code, 1);
});

test('--format text keeps what others wrote on its line', async () => {
  const { out } = await tested(failing);
  assert.match(out, /^failed elsewhere # TODO \\ <b> & ::error::, ␊ok 9 - x␊::stop:: ␛\[31m \(\S+\)$/m);
  assert.doesNotMatch(out, /^\s*::/m);
  assert.ok(!out.includes('\u001b'));
});

test('--format tap has a failed test for a file that cannot be used', async () => {
  const { out } = await tested([['orders.test.yaml', 'config: mintproc', 'config: mintprock']], '--format', 'tap');
  const [point, second] = readTap(out);
  assert.equal(second, undefined);
  assert.equal(point?.ok, false);
  assert.match(
    JSON.stringify(point?.diagnostic),
    /The file cannot be used\..*The file does not exist\..*The folder has a file/,
  );
});

const junitReader = `
import sys, json, xml.etree.ElementTree as tree
root = tree.parse(sys.stdin).getroot()
case = lambda c: [c.get('name'), c.get('line'), [[f.get('type'), f.get('message'), f.text] for f in c.findall('failure')]]
print(json.dumps([root.tag, root.get('name'), root.get('tests'), root.get('failures'), [[case(c) for c in s.findall('testcase')] for s in root.findall('testsuite')], [s.findtext('system-out') for s in root.findall('testsuite')]]))
`;

function readJunit(text: string): unknown[] {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', junitReader], { input: text, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

test('--format junit is read by the XML parser of Python', async () => {
  const { out } = await tested(failing, '--format', 'junit');
  const [tag, name, tests, failures, suites] = readJunit(out);
  assert.deepEqual([tag, name, tests, failures], ['testsuites', 'mintproc test', '7', '3']);
  const [cases] = suites as [[string, string, [string, string, string][]][]];
  assert.deepEqual(cases[1], ['nobody', '15', []]);
  const [first, line, [failure]] = cases[0] ?? assert.fail();
  assert.deepEqual(
    [first, line, failure?.slice(0, 2)],
    ['an order', '4', ['jwt.claims.iss', 'jwt.claims.iss: The texts are different.']],
  );
  assert.match(
    failure?.[2] ?? '',
    /^\S+orders\.test\.yaml:13:\d+: jwt\.claims\.iss: .*\n {2}expected "urn:a"\n {2}actual {3}"urn:b"\n/,
  );
  assert.match(cases[5]?.[0] ?? '', /^elsewhere # TODO \\ <b> & ::/);
});

test('--format github has an annotation for each failure, at its line', async () => {
  const { out } = await tested(failing, '--format', 'github');
  const lines = out.trimEnd().split('\n');
  assert.equal(lines.length, 4);
  assert.match(
    lines[0] ?? '',
    /^::error file=\S+orders\.test\.yaml,line=13,col=\d+,title=an order::jwt\.claims\.iss: The texts are different\.%0Aexpected "urn:a"%0A/,
  );
  assert.match(
    lines[2] ?? '',
    /,title=elsewhere # TODO \\ <b> & %3A%3Aerror%3A%3A%2C ␊ok 9 - x␊%3A%3Astop%3A%3A ␛\[31m::withoutToken\.because: /,
  );
  assert.equal(lines[3], '4 passed, 3 failed');
});

test('--format json has each failure with its member', async () => {
  const { out } = await tested(failing, '--format', 'json');
  const { ok, passed, failed, unusable, files } = JSON.parse(out);
  assert.deepEqual([ok, passed, failed, unusable, files.length], [false, 4, 3, 0, 1]);
  const [{ config, cases, problems, standInKeys }] = files;
  assert.match(config, /mintproc\.yaml$/);
  assert.deepEqual([problems, standInKeys], [[], []]);
  assert.deepEqual(cases[0], {
    ...{ name: 'an order', line: 4, column: 5, ok: false },
    failures: [
      {
        ...{ what: 'jwt.claims.iss', line: 13, column: 58, message: 'The texts are different.' },
        ...{ expected: 'urn:a', actual: 'urn:b' },
        member: {
          ...{ name: 'iss', comes: 'the same for every request', value: 'urn:b', type: 'string' },
          ...{ expression: 'urn:b', file: cases[0]?.failures[0]?.member.file, line: 9, column: 29 },
        },
      },
    ],
  });
  assert.deepEqual(cases[1], { name: 'nobody', line: 15, column: 5, ok: true, failures: [] });
});

const alone = {
  'policy.yaml':
    '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: ES256, exp: 60, customClaims: [{ name: sub, value: a }] }\n',
  'mintproc.yaml':
    'policies: [{ name: a, file: policy.yaml, key: { file: elsewhere.pem } }]\nroutes: [{ match: {}, policies: [a] }]\n',
  'a.test.yaml':
    'config: mintproc.yaml\ncases: [{ name: a, expect: { jwt: { header: { alg: ES256 }, claims: { sub: a } } } }]\n',
  'b.test.yaml': 'config: ./mintproc.yaml\ncases: [{ name: b, expect: { policy: a } }]\n',
} as const;

const said: readonly (readonly [format: string, made: RegExp])[] = [
  [
    'text',
    /^note: A key to sign with \(ES256\) was made for this run: the one of \S+mintproc\.yaml:1:\d+ is not at hand\.$/gm,
  ],
  ['tap', /^# note: A key to sign with \(ES256\) was made for this run/gm],
  ['junit', /^<system-out>note: A key to sign with \(ES256\) was made for this run/gm],
  ['github', /^::notice file=\S+mintproc\.yaml,line=1,col=\d+,title=a key was made::note: A key to sign with/gm],
  ['json', /"role": "key",\n +"algorithm": "ES256",\n/g],
];

for (const [format, made] of said) {
  test(`a key that is made for the run is named once for a configuration: ${format}`, async () => {
    const files = writeFiles(alone);
    const line = ['test', files['a.test.yaml'], files['b.test.yaml'], '--format', format];
    const { code, out, errors } = await runCommand(line);
    assert.equal(out.match(made)?.length, 1, out);
    assert.ok(!out.includes('elsewhere'));
    assert.equal(code, 0, out + errors);
  });
}

test('--format github has a problem of a configuration once, with what to write instead', async () => {
  const files = writeFiles({ ...alone, 'mintproc.yaml': alone['mintproc.yaml'].replace('routes:', 'rotes:') });
  const { code, out } = await runCommand(['test', files['a.test.yaml'], files['b.test.yaml'], '--format', 'github']);
  assert.equal(out.match(/^::error .*title=config\.unknown-key::.*Did you mean `routes`/gm)?.length, 1, out);
  assert.equal(code, 1);
});
