import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Form } from '../../../../src/cli/validate/formats/format.ts';
import { asGithub } from '../../../../src/cli/validate/formats/github.ts';
import { asJson, asJsonLine } from '../../../../src/cli/validate/formats/json.ts';
import { asJunit } from '../../../../src/cli/validate/formats/junit.ts';
import { asText, asTextLine } from '../../../../src/cli/validate/formats/text.ts';
import type { Findings } from '../../../../src/cli/validate/report.ts';
import { printable } from '../../../../src/diagnostics/printable.ts';
import { hostileFindings, tamed } from './hostile.ts';

const numRuns = 1_500;

function outputOf(form: Form, findings: Findings): string {
  return form({ findings, notes: true, folder: '/', time: new Date(0) });
}

function linesOf(text: string): readonly string[] {
  assert.ok(text.endsWith('\n'));
  return text.slice(0, -1).split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
}

/** Also after spaces, as GitHub reads it. */
const order = /^\s*::|##\w*\[/;
const control = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

const forPeople: readonly (readonly [name: string, form: Form])[] = [
  ['text', asText],
  ['the line of --watch', asTextLine],
];

for (const [name, form] of forPeople) {
  test(`no name or message breaks out of its line, or gives orders: ${name}`, () => {
    const property = fc.property(hostileFindings, (findings) => {
      const lines = linesOf(outputOf(form, findings));
      assert.equal(lines.length, linesOf(outputOf(form, tamed(findings))).length);
      for (const line of lines) {
        assert.doesNotMatch(line, order);
        assert.doesNotMatch(line, control);
      }
    });
    fc.assert(property, { numRuns });
  });
}

test('each line of github is one order, with the properties that were meant', () => {
  const property = fc.property(hostileFindings, (findings) => {
    const lines = linesOf(outputOf(asGithub, findings));
    assert.match(lines.at(-1) ?? '', /^\d+ files?: (?:not )?valid/);
    const problems = findings.reports.flatMap((report) => report.problems);
    assert.ok(lines.length <= problems.length + 1);
    for (const line of lines.slice(0, -1)) {
      assert.doesNotMatch(line, control);
      const order = readOrder(line);
      assert.deepEqual(Object.keys(order.properties), ['file', 'line', 'col', 'title']);
      assert.ok(problems.some(({ place }) => String(place.line) === order.properties['line']));
      assert.equal(order.properties['title'], 'policy.unknown-key');
    }
  });
  fc.assert(property, { numRuns });
});

/** As the runner of GitHub Actions reads an order: up to the first `::` behind its start, then by commas and `=`. */
function readOrder(line: string): { readonly properties: Readonly<Record<string, string>> } {
  const [, name = '', rest = ''] = /^::(\w+) (.*?)::/s.exec(line) ?? [];
  assert.match(name, /^(?:error|warning|notice)$/);
  const pairs = rest.split(',').map((pair) => pair.split('='));
  return { properties: Object.fromEntries(pairs.map(([key, ...value]) => [key, unescaped(value.join('='))])) };
}

function unescaped(text: string): string {
  const characters: Readonly<Record<string, string>> = { '0A': '\n', '0D': '\r', '3A': ':', '2C': ',', '25': '%' };
  return text.replace(/%(0A|0D|3A|2C|25)/g, (_all, code) => characters[code] ?? '');
}

test('json gives back every string as it was', () => {
  const property = fc.property(hostileFindings, (findings) => {
    assert.equal(linesOf(outputOf(asJsonLine, findings).replace(/[\u0085\u2028\u2029]/g, '')).length, 1);
    for (const form of [asJson, asJsonLine]) {
      const { files } = JSON.parse(outputOf(form, findings));
      assert.deepEqual(
        files.map(({ file }: { file: string }) => file),
        findings.reports.map(({ file }) => file),
      );
      assert.deepEqual(
        files.flatMap(({ problems }: { problems: object[] }) => problems),
        findings.reports.flatMap(({ problems }) =>
          problems.map(({ place, excerpt: _, ...problem }) => ({ ...problem, ...place })),
        ),
      );
    }
  });
  fc.assert(property, { numRuns });
});

/** Reads JUnit XML with Python's parser: the counts that it says, and the elements that it has. */
const reader = `
import json, sys, xml.etree.ElementTree as tree
answers = []
for text in json.load(sys.stdin):
    root = tree.fromstring(text.encode())
    assert root.tag == 'testsuites', root.tag
    for suite in root:
        assert suite.tag == 'testsuite', suite.tag
        assert int(suite.get('tests')) == len(suite), suite.attrib
        assert int(suite.get('failures')) == len(suite.findall('testcase/failure')), suite.attrib
        for case in suite:
            assert case.tag == 'testcase' and case.get('name') and case.get('classname'), case.attrib
            assert [part.tag for part in case] in ([], ['failure'], ['system-out'], ['failure', 'system-out'])
            for part in case:
                assert len(part) == 0
    for total, path in (('tests', 'testsuite/testcase'), ('failures', 'testsuite/testcase/failure')):
        assert int(root.get(total)) == len(root.findall(path)), root.attrib
    answers.append([suite.get('name') for suite in root])
json.dump(answers, sys.stdout)
`;

test('junit is XML with the elements that were meant', () => {
  const texts: string[] = [];
  const expected: string[][] = [];
  const property = fc.property(hostileFindings, (findings) => {
    texts.push(outputOf(asJunit, findings));
    expected.push(findings.reports.map(({ file }) => printable(file)));
    for (const line of linesOf(texts.at(-1) ?? '')) {
      assert.doesNotMatch(line, order);
      assert.doesNotMatch(line, control);
    }
  });
  fc.assert(property, { numRuns });
  const { stdout, stderr, status } = spawnSync('python3', ['-c', reader], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  assert.equal(status, 0, stderr);
  assert.equal(expected.length, numRuns);
  assert.deepEqual(JSON.parse(stdout), expected);
});
