/**
 * @module
 * From names to functions: what is imported, what is known without import, and what to say of a name that is neither.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { inputNames } from '../bindings.ts';
import type { Compiling } from './compiling.ts';
import { functionsByModule } from './functions/index.ts';
import { type Refusal, refusedModules, refusedNames } from './functions/refused.ts';
import type { FullRow } from './functions/row.ts';
import type { Meaning, Scope } from './scope.ts';
import type { ImportedModule, Node } from './syntax.ts';
import { namedTypes } from './type-values.ts';

const core = 'dw::Core';

/**
 * Makes the imported names known.
 *
 * @throws LocatedError `dataweave.unsupported`, `dataweave.unknown-name`
 */
export function requireImports(imports: readonly ImportedModule[], scope: Scope, compiling: Compiling): void {
  for (const row of functionsByModule.get(core)?.values() ?? []) scope.define(row.name, { kind: 'row', row });
  for (const one of imports) {
    const rows = requireModule(one, compiling);
    if (one.alias !== undefined) defineAll(rows, `${one.alias}::`, scope);
    for (const element of one.elements) {
      if (element.name === '*') defineAll(rows, '', scope);
      else scope.define(element.alias, requireElement(one, element, rows, compiling));
    }
  }
}

function defineAll(rows: ReadonlyMap<string, FullRow>, prefix: string, scope: Scope): void {
  for (const row of rows.values()) scope.define(prefix + row.name, { kind: 'row', row });
}

function requireModule({ module, start }: ImportedModule, compiling: Compiling): ReadonlyMap<string, FullRow> {
  const rows = functionsByModule.get(module);
  if (rows !== undefined) return rows;
  const refusal = refusedModules.get(module);
  if (refusal !== undefined) throw refused(compiling, start, `the module \`${module}\``, refusal);
  const near = nearest(module, [...functionsByModule.keys()]);
  throw unknown(compiling, start, `There is no module \`${module}\`.`, near);
}

function requireElement(
  { module }: ImportedModule,
  { name, start }: ImportedModule['elements'][number],
  rows: ReadonlyMap<string, FullRow>,
  compiling: Compiling,
): Meaning {
  const row = rows.get(name);
  if (row !== undefined) return { kind: 'row', row };
  const refusal = refusedNames.get(`${module}::${name}`);
  if (refusal !== undefined) throw refused(compiling, start, `the function \`${name}\``, refusal);
  throw unknown(compiling, start, `\`${module}\` has no function \`${name}\`.`, nearest(name, [...rows.keys()]));
}

/**
 * A name that nothing declares: a type, or a function by its full name.
 *
 * @throws LocatedError `dataweave.unknown-name`, `dataweave.unsupported`
 */
export function explainUnknown(
  node: Node & { kind: 'name' },
  scope: Scope,
  compiling: Compiling,
): Exclude<Meaning, { kind: 'slot' }> {
  const type = namedTypes.get(node.name);
  if (type !== undefined && node.name !== 'Function') return { kind: 'type', type };
  const at = node.name.lastIndexOf('::');
  const module = at === -1 ? core : node.name.slice(0, at);
  const name = at === -1 ? node.name : node.name.slice(at + 2);
  const row = functionsByModule.get(module)?.get(name);
  if (row !== undefined) return { kind: 'row', row };
  throw refusedCall(node, module, name, compiling) ?? notKnown(node, name, scope, compiling);
}

function refusedCall(
  { start, name: written }: Node & { kind: 'name' },
  module: string,
  name: string,
  compiling: Compiling,
): LocatedError | undefined {
  const refusal = refusedModules.get(module) ?? refusedNames.get(`${module}::${name}`) ?? refusedAnywhere(written);
  return refusal === undefined ? undefined : refused(compiling, start, `the function \`${written}\``, refusal);
}

/** What is refused in some module, for a name without one: it may be imported with all others. */
function refusedAnywhere(name: string): Refusal | undefined {
  return [...refusedNames].find(([written]) => written.endsWith(`::${name}`))?.[1];
}

function notKnown(
  { name: written, start }: Node & { kind: 'name' },
  name: string,
  scope: Scope,
  compiling: Compiling,
): LocatedError {
  if (written.startsWith('$')) {
    const message = `\`${written}\` stands for nothing here.`;
    const suggestion =
      'It is what a function on the right of `map`, `filter` and the like is handed; in a string, a dollar sign is `\\$`.';
    return new LocatedError(problemAt(compiling.source, start, 'dataweave.unknown-name', { message, suggestion }));
  }
  const elsewhere = [...functionsByModule].filter(([, rows]) => rows.has(name)).map(([module]) => module);
  const [module] = elsewhere;
  if (module !== undefined) {
    const suggestion = `Write \`${module}::${name}\`, or \`import ${name} from ${module}\` and \`---\` before the expression.`;
    const message = `The function \`${written}\` is not imported.`;
    return new LocatedError(problemAt(compiling.source, start, 'dataweave.unknown-name', { message, suggestion }));
  }
  return unknown(
    compiling,
    start,
    `\`${written}\` is neither a variable, an input nor a function.`,
    nearest(name, [...inputNames, ...scope.names()]),
  );
}

function refused(compiling: Compiling, at: number, what: string, { because, instead }: Refusal): LocatedError {
  const message = `${what.charAt(0).toUpperCase()}${what.slice(1)} is not supported: ${because}.`;
  return new LocatedError(problemAt(compiling.source, at, 'dataweave.unsupported', { message, suggestion: instead }));
}

function unknown(compiling: Compiling, at: number, message: string, near: string | undefined): LocatedError {
  const suggestion = near === undefined ? undefined : `Did you mean \`${near}\`?`;
  return new LocatedError(problemAt(compiling.source, at, 'dataweave.unknown-name', { message, suggestion }));
}
