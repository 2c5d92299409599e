import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileRules } from '../../src/decision/request-rules.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { maxAlternatives } from '../../src/expressions/pattern-beginnings.ts';
import { compileTextPattern, type TextPattern } from '../../src/expressions/text-pattern.ts';
import { excludeEachOther, maxPairs, type RequestRules } from '../../src/plan/request-rules.ts';
import { HeaderList } from '../../src/request/header-fields.ts';

interface Written {
  readonly path?: string | undefined;
  readonly method?: string | undefined;
}

function pattern(source: string | undefined): TextPattern | undefined {
  if (source === undefined) return undefined;
  const compiled = compileTextPattern(source);
  assert.ok(!('problem' in compiled), source);
  return compiled;
}

function rulesOf(written: readonly Written[], basePaths: readonly string[] = []): RequestRules {
  const rules = written.map(({ path, method }) => ({ path: pattern(path), method: pattern(method), headers: [] }));
  return { rules, basePaths };
}

const pairs: [a: Written[], b: Written[], expected: boolean][] = [
  [[{ method: 'GET|HEAD' }], [{ method: 'POST' }], true],
  [[{ method: '(GET|HEAD)' }], [{ method: '(?:POST|PUT)' }], true],
  [[{ method: 'GET|HEAD' }], [{ method: 'head|POST' }], false],
  [[{ method: 'GET' }], [{ method: '.*' }], false],
  [[{ method: 'GET' }], [{ method: '[GH]ET' }], false],
  [[{ method: 'GET' }], [{}], false],
  [[{ method: 'GET' }], [], true],
  [[{ path: '/a' }], [{ path: '/b' }], true],
  [[{ path: '/a' }], [{ path: '/A' }], false],
  [[{ path: '/a' }], [{ path: '/a/' }], true],
  [[{ path: '/a/.*' }], [{ path: '/b/.*' }], true],
  [[{ path: '/a(/.*)?' }], [{ path: '^/b(/.*)$' }], true],
  [[{ path: '/a.*' }], [{ path: '/a' }], false],
  [[{ path: '/a.*' }], [{ path: '/ab/.*' }], false],
  [[{ path: '/ab' }], [{ path: '/ab?' }], false],
  [[{ path: '/ab' }], [{ path: '/ab*c' }], false],
  [[{ path: '/ab' }], [{ path: '/a{0,1}b' }], false],
  [[{ path: '/a\\.b' }], [{ path: '/a\\.c/[0-9]+' }], true],
  [[{ path: '/a.b' }], [{ path: '/acb' }], false],
  [[{ path: '/a|.*' }], [{ path: '/b' }], false],
  [[{ path: '/a|/b+' }], [{ path: '/c' }], false],
  [[{ path: '/a/x|/c/.*' }], [{ path: '/b/.*|/a' }], true],
  [[{ path: '(?i)/a' }], [{ path: '/b' }], false],
  [[{ path: '\\Q/a\\E' }], [{ path: '/b' }], false],
  [[{ path: '/a', method: 'GET' }], [{ path: '/a', method: 'PUT' }], true],
  [[{ path: '/a', method: 'GET' }], [{ path: '/b', method: 'GET' }], true],
  [[{ path: '/a', method: 'GET' }, { method: 'PUT' }], [{ path: '/b', method: 'GET' }], true],
  [[{ path: '/a', method: 'GET' }, { method: 'PUT' }], [{ path: '/b', method: 'PUT' }], false],
];
for (const [a, b, expected] of pairs) {
  test(`${JSON.stringify(a)} and ${JSON.stringify(b)} exclude each other: ${expected}`, () => {
    assert.equal(excludeEachOther(rulesOf(a), rulesOf(b)), expected);
    assert.equal(excludeEachOther(rulesOf(b), rulesOf(a)), expected);
  });
}

test('paths below other base paths, or below several, are not compared', () => {
  const [a, b] = [[{ path: '/a' }], [{ path: '/b' }]];
  assert.equal(excludeEachOther(rulesOf(a, ['/v1']), rulesOf(b, ['/v1'])), true);
  assert.equal(excludeEachOther(rulesOf(a, ['/v1']), rulesOf(b, ['/v2'])), false);
  assert.equal(excludeEachOther(rulesOf(a, ['/v1', '/v1/b']), rulesOf(b, ['/v1', '/v1/b'])), false);
});

test('a policy without rules is for every request', () => {
  assert.equal(excludeEachOther(undefined, rulesOf([{ method: 'GET' }])), false);
  assert.equal(excludeEachOther(rulesOf([{ method: 'GET' }]), undefined), false);
});

test('alternatives and rules are compared up to a number', () => {
  const alternatives = (count: number): Written[] => [
    { method: Array.from({ length: count }, (_, index) => `M${index}`).join('|') },
  ];
  const put = rulesOf([{ method: 'PUT' }]);
  assert.equal(excludeEachOther(rulesOf(alternatives(maxAlternatives)), put), true);
  assert.equal(excludeEachOther(rulesOf(alternatives(maxAlternatives + 1)), put), false);
  const many = (count: number, method: string): RequestRules => rulesOf(Array(count).fill({ method }));
  assert.equal(excludeEachOther(many(maxPairs, 'GET'), put), true);
  assert.equal(excludeEachOther(many(maxPairs + 1, 'GET'), put), false);
});

const methods = fc.constantFrom(
  undefined,
  'GET',
  'POST',
  'GET|HEAD',
  '(?:PUT|POST)',
  '.*',
  'P.*',
  'GE?T',
  '[GP]ET',
  '^PUT$',
);
const paths = fc.constantFrom(
  ...[undefined, '/a', '/A', '/b', '/a/', '/a/.*', '/b/.*', '/a(/.*)?', '/a.*', '/ab', '/a/b', '/a\\.b', '/a.b'],
  ...['/ab?', '/ab*', '/a+b', '/a{2}', '/a|/b', '/(a|b)', '.*', '.*/b', '/a/[a-z]', '(?i)/B', '/a%2Fb', '/a//b', '/..'],
);
const rules = fc.array(fc.record({ method: methods, path: paths }), { minLength: 1, maxLength: 3 });
const target = fc
  .array(fc.constantFrom('/', 'a', 'b', 'A', '.', '%2F', '%61', ';x', '//', '..', '/a', '/b', '%2e'), { maxLength: 6 })
  .map((pieces) => `/${pieces.join('')}`);

/** Whether a policy with these rules runs; a refused request runs none. */
function runs(written: readonly Written[], headers: HeaderList): boolean {
  try {
    return compileRules(rulesOf(written))?.(headers) ?? true;
  } catch (error) {
    assert.ok(error instanceof MintError);
    return false;
  }
}

test('no request is for two policies whose rules exclude each other', () => {
  let excluding = 0;
  fc.assert(
    fc.property(rules, rules, target, fc.constantFrom('GET', 'get', 'POST', 'PUT', 'HEAD'), (a, b, path, method) => {
      if (!excludeEachOther(rulesOf(a), rulesOf(b))) return;
      excluding++;
      const headers = new HeaderList([
        [':method', method],
        [':path', path],
      ]);
      assert.ok(!(runs(a, headers) && runs(b, headers)));
    }),
    { numRuns: 3000 },
  );
  assert.ok(excluding > 100, `${excluding}`);
});
