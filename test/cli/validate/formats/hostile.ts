/**
 * Findings whose names and messages try to end a line, a string or an element, and to give orders to a terminal or to a
 * CI system; and the same findings with harmless words in their place.
 */
import fc from 'fast-check';
import type { Findings, Report } from '../../../../src/cli/validate/report.ts';
import type { CompiledPolicy } from '../../../../src/configuration/policy/policy-loader.ts';
import type { Problem } from '../../../../src/diagnostics/problem.ts';

const pieces = [
  ...['\n', '\r', '\r\n', '\u0085', '\u2028', '\u2029', '\v', '\f', '\0', '\t', ' ', '\u00a0'],
  ...['::', '::error::', '\n::add-mask::x', '::error file=a,line=1::', '##[error]', '##vso[task.complete]', '##', '['],
  ...[
    '\u001b[31m',
    '\u001b]0;x\u0007',
    '\u009b2J',
    '\u202e',
    '\u200b',
    '\ufeff',
    '\ud800',
    '\udc00',
    '\uffff',
    '\ufffe',
  ],
  ...['<', '>', '&', '"', "'", ']]>', '<!--', '-->', '&#10;', '<failure>', '</testcase>', '<?xml?>'],
  ...['%', '%0A', '%25', '%3A', ',', ':', '=', '/', '\\', '$(x)', '`x`', 'é', '語', '😀'],
];

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '');

const problem: fc.Arbitrary<Problem> = fc
  .record({
    severity: fc.constantFrom('error', 'warning', 'note'),
    message: hostile,
    suggestion: fc.option(hostile, { nil: undefined }),
    excerpt: fc.option(hostile, { nil: undefined }),
    place: fc.record({ file: hostile, line: fc.nat(), column: fc.integer({ min: 1, max: 300 }) }),
  })
  .map(({ suggestion, excerpt, ...rest }) => ({
    ...rest,
    code: 'policy.unknown-key',
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(excerpt === undefined ? {} : { excerpt }),
  }));

const report: fc.Arbitrary<Report> = fc.record({
  file: hostile,
  dialect: fc.constantFrom('flex', null),
  problems: fc.array(problem, { maxLength: 3 }),
  policies: fc.array(hostile.map(policyNamed), { maxLength: 2 }),
});

/** What the formats read of a policy. */
function policyNamed(name: string): CompiledPolicy {
  const shown: Pick<CompiledPolicy, 'name' | 'dialect' | 'requiresCaller' | 'reuse'> = {
    name,
    dialect: 'flex',
    requiresCaller: true,
    reuse: { kind: 'off', because: 'it is switched off' },
  };
  return shown as CompiledPolicy;
}

const unchanged = { added: [], removed: [], changed: [] };

export const hostileFindings: fc.Arbitrary<Findings> = fc
  .record({ reports: fc.array(report, { maxLength: 3 }), path: hostile, folder: hostile, name: hostile })
  .map(({ reports, path, folder, name }) => ({
    reports,
    files: [],
    bundles: [{ path, proxies: [bundleOf(folder, name)] }],
    comparison: {
      against: path,
      errors: 1,
      newErrors: 0,
      changes: {
        ...{ policies: unchanged, keys: unchanged, routes: unchanged, variables: unchanged, settings: unchanged },
        reordered: false,
      },
    },
  }));

type Proxy = Findings['bundles'][number]['proxies'][number];

/** What the formats read of a proxy. */
function bundleOf(folder: string, name: string): Proxy {
  const policy: Pick<Proxy['policies'][number], 'file' | 'name' | 'isEnabled' | 'calls'> = {
    file: name,
    name,
    isEnabled: true,
    calls: [],
  };
  const shown: Pick<Proxy, 'folder' | 'variables' | 'runtime' | 'unnamed'> = {
    folder,
    variables: [],
    runtime: { known: {}, unknown: [], variables: [] },
    unnamed: 0,
  };
  return { ...shown, policies: [policy] } as object as Proxy;
}

/** The same findings with a word in place of each string that others write. */
export function tamed(findings: Findings): Findings {
  return {
    ...findings,
    reports: findings.reports.map((one) => ({
      ...one,
      file: 'x',
      problems: one.problems.map(tamedProblem),
      policies: one.policies?.map(() => policyNamed('x')) ?? [],
    })),
    bundles: findings.bundles.map(() => ({ path: 'x', proxies: [bundleOf('x', 'x')] })),
  };
}

/** An excerpt of spaces is not shown. */
function tamedProblem({ excerpt, ...problem }: Problem): Problem {
  return {
    ...problem,
    message: 'x',
    place: { ...problem.place, file: 'x' },
    ...(problem.suggestion === undefined ? {} : { suggestion: 'x' }),
    ...(excerpt === undefined || excerpt.trim() === '' ? {} : { excerpt: 'x' }),
  };
}
