/**
 * @module
 * `type`: types that an expression declares, in any order, of each other and of themselves, with or without parameters.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { type Meaning, Scope } from './scope.ts';
import type { Declaration, TypeNode } from './syntax.ts';
import { memberType, type NamedType, typeFrom } from './type-building.ts';
import { anyType, namedTypes } from './type-values.ts';
import type { FieldType, ObjectValue, Signature, TypeValue, Value } from './values.ts';

/** A type under a name, read when it is asked for: so one may stand in its own declaration. */
class DeclaredType implements TypeValue {
  readonly kind = 'type';
  readonly name: string;
  readonly isReference: boolean;
  readonly #resolve: () => TypeValue;

  constructor(name: string, resolve: () => TypeValue, isReference = false) {
    this.name = name;
    this.#resolve = resolve;
    this.isReference = isReference;
  }

  /** What the name stands for; another name, perhaps. */
  get target(): TypeValue {
    return this.#resolve();
  }

  get base(): string {
    return this.#resolve().base;
  }

  get items(): readonly TypeValue[] {
    return this.#resolve().items;
  }

  get literal(): TypeValue['literal'] {
    return this.#resolve().literal;
  }

  get fields(): readonly FieldType[] | undefined {
    return this.#resolve().fields;
  }

  get signature(): Signature | undefined {
    return this.#resolve().signature;
  }

  get metadata(): ObjectValue | undefined {
    return this.#resolve().metadata;
  }

  get accepts(): (value: Value) => boolean {
    return this.#resolve().accepts;
  }
}

type TypeDeclaration = Declaration & { kind: 'type' };

/**
 * Makes the types among the declarations known in a scope.
 *
 * @throws LocatedError `dataweave.unknown-name`, `dataweave.circular-type`
 */
export function defineTypes(declarations: readonly Declaration[], scope: Scope, source: SourceText): void {
  const types = declarations.filter((one) => one.kind === 'type');
  for (const one of types) {
    requireFree(one, source);
    scope.define(one.name, one.parameters.length === 0 ? single(one, scope, source) : generic(one, scope, source));
  }
  for (const { name, start } of types) {
    const type = namedType({ name, start, of: [], path: [] }, scope, source);
    if (!hasEnd(type)) throw circular(name, start, source);
  }
}

/** The types of the language keep their names. */
function requireFree({ name, start }: TypeDeclaration, source: SourceText): void {
  if (!namedTypes.has(name)) return;
  const message = `\`${name}\` is a type of the language.`;
  const suggestion = 'Give the type another name.';
  throw new LocatedError(problemAt(source, start, 'dataweave.unexpected-token', { message, suggestion }));
}

function single(one: TypeDeclaration, scope: Scope, source: SourceText): Meaning {
  let found: TypeValue | undefined;
  let isBusy = false;
  const resolve = (): TypeValue => {
    if (found !== undefined) return found;
    if (isBusy) throw circular(one.name, one.start, source);
    isBusy = true;
    found = typeIn(one.type, scope, source);
    isBusy = false;
    return found;
  };
  return { kind: 'declared', type: () => new DeclaredType(one.name, resolve, isBusy) };
}

/** `type Pair<L, R> = …`: a type for each list of types that stands in for the parameters. */
function generic(one: TypeDeclaration, outer: Scope, source: SourceText): Meaning {
  let depth = 0;
  return {
    kind: 'declared',
    type: (given) => {
      const scope = new Scope(outer);
      one.parameters.forEach(({ name }, i) => {
        const type = given[i] ?? anyType;
        scope.define(name, { kind: 'type', type: new DeclaredType(name, () => type) });
      });
      let found: TypeValue | undefined;
      const resolve = (): TypeValue => {
        if (found !== undefined) return found;
        if (depth >= deepestUnion) throw circular(one.name, one.start, source);
        depth += 1;
        try {
          found = typeIn(one.type, scope, source);
        } finally {
          depth -= 1;
        }
        return found;
      };
      return new DeclaredType(one.name, resolve);
    },
  };
}

/** How many names and unions may lead to a type, before it is certain that they lead to themselves. */
const deepestUnion = 50;

/** Whether asking a value for this type comes to an end: a type may be inside its own members, and no alternative of its own. */
function hasEnd(type: TypeValue, depth = 0): boolean {
  if (depth > deepestUnion) return false;
  if (type instanceof DeclaredType) return hasEnd(type.target, depth + 1);
  if (type.base !== 'Union' && type.base !== 'Intersection') return true;
  return type.items.every((item) => hasEnd(item, depth + 1));
}

function circular(name: string, start: number, source: SourceText): LocatedError {
  const message = `The type \`${name}\` is declared by itself: no value could be asked whether it is one.`;
  return new LocatedError(problemAt(source, start, 'dataweave.circular-type', { message }));
}

/** @throws LocatedError `dataweave.unknown-name` */
export function typeIn(node: TypeNode, scope: Scope, source: SourceText): TypeValue {
  return typeFrom(node, (one) => namedType(one, scope, source));
}

function namedType(named: NamedType, scope: Scope, source: SourceText): TypeValue {
  return named.path.reduce(
    (type, member) => {
      const found = memberType(type, member);
      if (found !== undefined) return found;
      const message = `The type \`${type.name}\` has no member \`${member}\`.`;
      throw new LocatedError(problemAt(source, named.start, 'dataweave.unknown-name', { message }));
    },
    typeByName(named, scope, source),
  );
}

function typeByName({ name, start, of }: NamedType, scope: Scope, source: SourceText): TypeValue {
  const meaning = scope.find(name);
  if (meaning?.kind === 'declared') return meaning.type(of);
  // The engine does not look at the items of an array.
  if (meaning?.kind === 'type') return of.length === 0 ? meaning.type : { ...meaning.type, items: of };
  const near = nearest(name, [...typesKnownIn(scope)]);
  throw new LocatedError(
    problemAt(source, start, 'dataweave.unknown-name', {
      message: `There is no type \`${name}\` here.`,
      suggestion: near === undefined ? undefined : `Did you mean \`${near}\`?`,
    }),
  );
}

function* typesKnownIn(scope: Scope): Generator<string> {
  for (const name of scope.names()) {
    const kind = scope.find(name)?.kind;
    if (kind === 'type' || kind === 'declared') yield name;
  }
}
