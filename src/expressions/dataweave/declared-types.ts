/**
 * @module
 * Types that an expression declares with `type`, in any order. They may refer to each other and to themselves, and may
 * have type parameters.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { type Meaning, Scope } from './scope.ts';
import type { Declaration, TypeNode } from './syntax.ts';
import { memberType, type NamedType, typeFrom } from './type-building.ts';
import { anyType, namedTypes } from './type-values.ts';
import type { FieldType, ObjectValue, Signature, TypeBase, TypeValue, Value } from './values.ts';

/** A named type that is resolved on first use, so that it may occur in its own declaration. */
export class DeclaredType implements TypeValue {
  readonly kind = 'type';
  readonly name: string;
  readonly isReference: boolean;
  readonly #resolve: () => TypeValue;

  constructor(name: string, resolve: () => TypeValue, isReference = false) {
    this.name = name;
    this.#resolve = resolve;
    this.isReference = isReference;
  }

  /** The type that the name refers to, which may be another name. */
  get target(): TypeValue {
    return this.#resolve();
  }

  get base(): TypeBase {
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
 * Defines the declared types in a scope.
 *
 * @throws LocatedError `dataweave.unknown-name`, `dataweave.circular-type`
 */
export function defineTypes(declarations: readonly Declaration[], scope: Scope, source: SourceText): void {
  const types = declarations.filter((one) => one.kind === 'type');
  for (const one of types) {
    refuseBuiltInName(one, source);
    scope.define(one.name, one.parameters.length === 0 ? single(one, scope, source) : generic(one, scope, source));
  }
  for (const { name, start } of types) {
    const type = namedType({ name, start, of: [], path: [] }, scope, source);
    if (!terminates(type)) throw circular(name, start, source);
  }
}

/** A built-in type cannot be redefined. */
function refuseBuiltInName({ name, start }: TypeDeclaration, source: SourceText): void {
  if (!namedTypes.has(name)) return;
  const message = `\`${name}\` is a built-in type.`;
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

/** `type Pair<L, R> = …`: a type for each list of type arguments. */
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
        if (depth >= maxUnionDepth) throw circular(one.name, one.start, source);
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

/** A chain of names, unions and intersections that is longer is circular. */
const maxUnionDepth = 50;

/**
 * Whether testing a value against this type terminates. A type may occur in its own fields, but not among its own
 * alternatives.
 */
function terminates(type: TypeValue, depth = 0): boolean {
  if (depth > maxUnionDepth) return false;
  if (type instanceof DeclaredType) return terminates(type.target, depth + 1);
  if (type.base !== 'Union' && type.base !== 'Intersection') return true;
  return type.items.every((item) => terminates(item, depth + 1));
}

function circular(name: string, start: number, source: SourceText): LocatedError {
  const message = `The type \`${name}\` is defined only in terms of itself.`;
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
  // The engine ignores the type of an array's items.
  if (meaning?.kind === 'type') return of.length === 0 ? meaning.type : { ...meaning.type, items: of };
  const near = nearest(name, [...typesKnownIn(scope)]);
  throw new LocatedError(
    problemAt(source, start, 'dataweave.unknown-name', {
      message: `The type \`${name}\` is not defined.`,
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
