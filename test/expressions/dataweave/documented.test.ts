import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { functionsByModule } from '../../../src/expressions/dataweave/functions/index.ts';
import { refusedNames } from '../../../src/expressions/dataweave/functions/refused.ts';
import { conformanceFiles } from '../conformance-files.ts';
import { readCases } from './cases.ts';

/** The file with the examples of a module's pages. */
function fileOf(module: string): string {
  return `documented/${module.split('::').at(-1)?.toLowerCase()}.jsonl`;
}

function mentions(expr: string, name: string): boolean {
  return new RegExp(`(?<!\\w)${RegExp.escape(name)}(?!\\w)`).test(expr);
}

const files = new Set(conformanceFiles(/^documented\//));

const ownCases = conformanceFiles(/^full-(?!differences).*\.jsonl$/).flatMap(readCases);

function isOwnCase(expr: string, module: string, name: string): boolean {
  return mentions(expr, name) && (module === 'dw::Core' || mentions(expr, module) || expr.includes(`${module}::`));
}

for (const [module, rows] of functionsByModule) {
  suite(`cases of ${module}`, () => {
    const cases = files.has(fileOf(module)) ? readCases(fileOf(module)) : [];
    for (const name of rows.keys()) {
      test(name, () => {
        const isShown = cases.some(({ page, expr }) => page === name && mentions(expr, name));
        assert.ok(isShown || ownCases.some(({ expr }) => isOwnCase(expr, module, name)));
      });
    }

    test('belong to existing functions', () => {
      const strangers = cases.filter(({ page = '' }) => !rows.has(page) && !refusedNames.has(`${module}::${page}`));
      assert.deepEqual(strangers, []);
    });
  });
}
