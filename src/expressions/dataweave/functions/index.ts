/**
 * @module
 * All supported functions of DataWeave 2.x by module.
 */
import { arrayRows } from './arrays.ts';
import { byteRows } from './bytes.ts';
import { characterRows } from './characters.ts';
import { coercionRows } from './coercions.ts';
import { coreCollectionRows } from './core-collections.ts';
import { coreNumberRows } from './core-numbers.ts';
import { coreObjectRows } from './core-objects.ts';
import { orderingRows } from './core-ordering.ts';
import { coreTextRows } from './core-text.ts';
import { dateRows } from './dates.ts';
import { decimalRows } from './decimals.ts';
import { numberRows } from './numbers.ts';
import { objectRows } from './objects.ts';
import { pathRows } from './paths.ts';
import { randomRows } from './random.ts';
import { readWriteRows } from './read-write.ts';
import type { FunctionRow } from './row.ts';
import { runtimeRows } from './runtime.ts';
import { stringRows } from './strings.ts';
import { typeRows } from './type-functions.ts';
import { urlRows } from './url.ts';
import { wordRows } from './words.ts';

const allRows: readonly FunctionRow[] = [
  ...coreTextRows,
  ...randomRows,
  ...orderingRows,
  ...coreCollectionRows,
  ...coreObjectRows,
  ...readWriteRows,
  ...coreNumberRows,
  ...stringRows,
  ...characterRows,
  ...wordRows,
  ...arrayRows,
  ...objectRows,
  ...numberRows,
  ...decimalRows,
  ...dateRows,
  ...urlRows,
  ...byteRows,
  ...coercionRows,
  ...typeRows,
  ...pathRows,
  ...runtimeRows,
];

/** Rows with the same name and module are one function, such as `indexOf`, which two families of functions have. */
function byModule(): Map<string, ReadonlyMap<string, FunctionRow>> {
  const modules = new Map<string, Map<string, FunctionRow>>();
  for (const row of allRows) {
    const rows = modules.get(row.module) ?? new Map<string, FunctionRow>();
    const known = rows.get(row.name);
    rows.set(row.name, known === undefined ? row : { ...known, forms: [...known.forms, ...row.forms] });
    modules.set(row.module, rows);
  }
  return modules;
}

export const functionsByModule: ReadonlyMap<string, ReadonlyMap<string, FunctionRow>> = byModule();
