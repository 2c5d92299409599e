/**
 * @module
 * Resolves names to functions and types: imports, names that need no import, and the error for an unknown name.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { inputNames } from '../bindings.ts';
import { insteadOfName } from '../habits.ts';
import type { Compiling } from './compiling.ts';
import { type Refusal, refusedModules, refusedNames } from './functions/refused.ts';
import { core, memberOf, membersOf, modules, modulesWith } from './modules.ts';
import { type Meaning, Scope } from './scope.ts';
import type { ImportedModule, NodeOf } from './syntax.ts';

/** The names that need no import: the members of `dw::Core`, and full names such as `dw::core::Strings::words`. */
export function outermostScope(): Scope {
  const scope = new Scope(undefined, fullyNamed);
  for (const [name, meaning] of membersOf(core)) scope.define(name, meaning);
  return scope;
}

function fullyNamed(name: string): Meaning | undefined {
  const at = name.lastIndexOf('::');
  return at === -1 ? undefined : memberOf(name.slice(0, at), name.slice(at + 2));
}

/**
 * Defines the imported names. If two imports define a name, the first one is used.
 *
 * @throws LocatedError `dataweave.unsupported`, `dataweave.unknown-name`
 */
export function requireImports(imports: readonly ImportedModule[], scope: Scope, compiling: Compiling): void {
  const found = new Map<string, Meaning>();
  for (const one of imports) {
    for (const [name, meaning] of importedBy(one, compiling)) if (!found.has(name)) found.set(name, meaning);
  }
  for (const [name, meaning] of found) scope.define(name, meaning);
}

function* importedBy(one: ImportedModule, compiling: Compiling): Generator<readonly [name: string, meaning: Meaning]> {
  requireModule(one, compiling);
  if (one.alias !== undefined) {
    for (const [name, meaning] of membersOf(one.module)) yield [`${one.alias}::${name}`, meaning];
  }
  for (const element of one.elements) {
    if (element.name === '*') yield* membersOf(one.module);
    else yield [element.alias, requireElement(one, element, compiling)];
  }
}

function requireModule({ module, start }: ImportedModule, compiling: Compiling): void {
  if (modules.includes(module)) return;
  const refusal = refusedModules.get(module) ?? refusedModules.get(module.split('!')[0] ?? '');
  if (refusal !== undefined) throw refused(compiling, start, `the module \`${module}\``, refusal);
  throw unknown(compiling, start, `There is no module \`${module}\`.`, nearest(module, modules));
}

function requireElement(
  { module }: ImportedModule,
  { name, start }: ImportedModule['elements'][number],
  compiling: Compiling,
): Meaning {
  const member = memberOf(module, name);
  if (member !== undefined) return member;
  const refusal = refusedNames.get(`${module}::${name}`);
  if (refusal !== undefined) throw refused(compiling, start, `the function \`${name}\``, refusal);
  const near = nearest(
    name,
    [...membersOf(module)].map(([known]) => known),
  );
  throw unknown(compiling, start, `The module \`${module}\` has no member \`${name}\`.`, near);
}

/** The error for an unknown name. */
export function explainUnknown(node: NodeOf<'name'>, scope: Scope, compiling: Compiling): LocatedError {
  const at = node.name.lastIndexOf('::');
  const module = at === -1 ? core : node.name.slice(0, at);
  const name = at === -1 ? node.name : node.name.slice(at + 2);
  return refusedCall(node, module, name, compiling) ?? notKnown(node, name, scope, compiling);
}

function refusedCall(
  { start, name: written }: NodeOf<'name'>,
  module: string,
  name: string,
  compiling: Compiling,
): LocatedError | undefined {
  const refusal = refusedModules.get(module) ?? refusedNames.get(`${module}::${name}`) ?? refusedAnywhere(written);
  return refusal === undefined ? undefined : refused(compiling, start, `the function \`${written}\``, refusal);
}

/** Looks in every module for a name without a module: its import may be an `import *`. */
function refusedAnywhere(name: string): Refusal | undefined {
  return [...refusedNames].find(([written]) => written.endsWith(`::${name}`))?.[1];
}

function notKnown(
  { name: written, start }: NodeOf<'name'>,
  name: string,
  scope: Scope,
  compiling: Compiling,
): LocatedError {
  if (written.startsWith('$')) {
    const message = `\`${written}\` is not defined here.`;
    const suggestion =
      'It is a parameter of the function on the right of `map`, `filter` and the like. In a string, write `\\$` for a dollar sign.';
    return new LocatedError(problemAt(compiling.source, start, 'dataweave.unknown-name', { message, suggestion }));
  }
  const [module] = modulesWith(name);
  if (module !== undefined) {
    const suggestion = `Write \`${module}::${name}\`, or put \`import ${name} from ${module}\` and \`---\` before the expression.`;
    const message = `The function \`${written}\` is not imported.`;
    return new LocatedError(problemAt(compiling.source, start, 'dataweave.unknown-name', { message, suggestion }));
  }
  const message = `\`${written}\` is not a known variable, input or function.`;
  const suggestion = insteadOfName(written) ?? didYouMean(nearest(name, [...inputNames, ...scope.names()]));
  return new LocatedError(problemAt(compiling.source, start, 'dataweave.unknown-name', { message, suggestion }));
}

function refused(compiling: Compiling, at: number, what: string, { because, instead }: Refusal): LocatedError {
  const message = `${what.charAt(0).toUpperCase()}${what.slice(1)} is not supported: ${because}.`;
  return new LocatedError(problemAt(compiling.source, at, 'dataweave.unsupported', { message, suggestion: instead }));
}

function unknown(compiling: Compiling, at: number, message: string, near: string | undefined): LocatedError {
  const suggestion = didYouMean(near);
  return new LocatedError(problemAt(compiling.source, at, 'dataweave.unknown-name', { message, suggestion }));
}

function didYouMean(near: string | undefined): string | undefined {
  return near === undefined ? undefined : `Did you mean \`${near}\`?`;
}
