import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { refusedModules, refusedNames } from '../../../src/expressions/dataweave/functions/refused.ts';
import { memberOf } from '../../../src/expressions/dataweave/modules.ts';
import { readJson } from '../conformance-files.ts';

const engine: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(readJson<Record<string, string>>('full-names.json')).map(([module, names]) => [
    module,
    names.split(' '),
  ]),
);

suite('every name of DataWeave is either supported or refused', () => {
  for (const [module, names] of engine) {
    test(module, () => {
      const isSupported = (name: string): boolean => memberOf(module, name) !== undefined;
      const isRefused = (name: string): boolean => refusedModules.has(module) || refusedNames.has(`${module}::${name}`);
      assert.deepEqual(
        names.filter((name) => isSupported(name) === isRefused(name)),
        [],
      );
    });
  }

  test('every refused name exists in the engine', () => {
    const strange = [...refusedNames.keys()].filter((full) => {
      const at = full.lastIndexOf('::');
      return engine.get(full.slice(0, at))?.includes(full.slice(at + 2)) !== true;
    });
    assert.deepEqual(strange, []);
  });
});
