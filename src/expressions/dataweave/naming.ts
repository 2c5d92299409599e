/**
 * @module
 * From names to functions: what is imported, what is known without import, and what to say of a name that is neither.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { inputNames } from '../bindings.ts';
import type { Compiling } from './compiling.ts';
import { type Refusal, refusedModules, refusedNames } from './functions/refused.ts';
import { core, memberOf, membersOf, modules, modulesWith } from './modules.ts';
import { type Meaning, Scope } from './scope.ts';
import type { ImportedModule, Node } from './syntax.ts';

/** The scope of what needs no import: the core by its names, everything else by its full name. */
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
 * Makes the imported names known. Where two modules have a name, the one that is imported first has it.
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
  throw unknown(compiling, start, `\`${module}\` has no \`${name}\`.`, near);
}

/** What to say of a name that stands for nothing. */
export function explainUnknown(node: Node & { kind: 'name' }, scope: Scope, compiling: Compiling): LocatedError {
  const at = node.name.lastIndexOf('::');
  const module = at === -1 ? core : node.name.slice(0, at);
  const name = at === -1 ? node.name : node.name.slice(at + 2);
  return refusedCall(node, module, name, compiling) ?? notKnown(node, name, scope, compiling);
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
  const [module] = modulesWith(name);
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
