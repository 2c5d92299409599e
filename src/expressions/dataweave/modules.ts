/**
 * @module
 * The members of each module: functions, types and constants.
 */
import { functionsByModule } from './functions/index.ts';
import { refusedNames } from './functions/refused.ts';
import { typesOfModule } from './module-types.ts';
import type { Meaning } from './scope.ts';
import { namedTypes } from './type-values.ts';

export const core = 'dw::Core';

/** The member of a module by its name; undefined if there is none. */
export function memberOf(module: string, name: string): Meaning | undefined {
  const row = functionsByModule.get(module)?.get(name);
  if (row !== undefined) return { kind: 'row', row };
  const type = module === core ? namedTypes.get(name) : undefined;
  return type === undefined ? typesOfModule(module).get(name) : { kind: 'type', type };
}

/** All members of a module. */
export function* membersOf(module: string): Generator<readonly [name: string, meaning: Meaning]> {
  for (const [name, row] of functionsByModule.get(module) ?? []) yield [name, { kind: 'row', row }];
  if (module === core) for (const [name, type] of namedTypes) yield [name, { kind: 'type', type }];
  yield* typesOfModule(module);
}

/** The modules that have a member of this name. */
export function modulesWith(name: string): readonly string[] {
  return [...functionsByModule.keys()].filter((module) => memberOf(module, name) !== undefined);
}

export const modules: readonly string[] = [...functionsByModule.keys()];

const functionNames: ReadonlySet<string> = new Set([
  ...[...functionsByModule.values()].flatMap((rows) => [...rows.keys()]),
  ...[...refusedNames.keys()].map((name) => name.slice(name.lastIndexOf(':') + 1)),
]);

/** Whether a module has a function of this name, including those that are refused here. */
export function isFunctionName(name: string): boolean {
  return functionNames.has(name);
}
