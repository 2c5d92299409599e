/**
 * @module
 * Compiles `match`, which evaluates the first case whose pattern and guard match. In a case, `$` is the value, or after
 * `matches` the groups of the match.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { isSimilar } from './compare.ts';
import type { Compiling } from './compiling.ts';
import { refuseMetadata } from './construction.ts';
import { textOf } from './conversion.ts';
import { chargeType } from './cost.ts';
import type { Frame, Run } from './evaluation.ts';
import { requireCondition } from './operators.ts';
import { matchWhole, patternOf } from './regex.ts';
import { Scope } from './scope.ts';
import type { MatchCase, Node, NodeOf, Pattern } from './syntax.ts';
import { isArray, Key, ObjectValue, Range, RegexValue, type Value } from './values.ts';

/** The values for the names of a pattern in the order of their slots; undefined if the value does not match. */
type Bind = (value: Value, frame: Frame) => readonly Value[] | undefined;

/** The result of a case; undefined if the subject does not match. */
type Case = (subject: Value, parent: Frame) => Value | undefined;

export function compileMatch(node: NodeOf<'match'>, scope: Scope, compiling: Compiling): Run {
  const subject = compiling.compile(node.subject, scope);
  const cases = node.cases.map((one) => compileCase(one, scope, compiling));
  return (frame) => {
    const value = subject(frame);
    for (const one of cases) {
      const found = one(value, frame);
      if (found !== undefined) return found;
    }
    throw new MintError('dataweave.no-match', 'No case of the `match` takes the value.');
  };
}

function compileCase(one: MatchCase, outer: Scope, compiling: Compiling): Case {
  const bind = compilePattern(one.pattern, outer, compiling);
  const scope = new Scope(outer);
  scope.declare('$');
  for (const name of namesOf(one.pattern, one.name)) scope.declare(name);
  const guard = one.guard && compiling.compile(one.guard, scope);
  const result = compiling.compile(one.result, scope);
  return (subject, parent) => {
    const bound = bind(subject, parent);
    if (bound === undefined) return undefined;
    const frame = { slots: [...bound], parent };
    if (guard !== undefined && !requireCondition(guard(frame))) return undefined;
    return result(frame);
  };
}

/** The names after `$`, in the order of their values in `Bind`. */
function namesOf(pattern: Pattern, name: string | undefined): readonly string[] {
  switch (pattern.kind) {
    case 'list':
      return [pattern.head, pattern.tail];
    case 'member':
      return [pattern.key, pattern.value, pattern.tail];
    case 'any':
    case 'value':
    case 'type':
    case 'matches':
    case 'empty':
      return name === undefined ? [] : [name];
  }
}

function compilePattern(pattern: Pattern, scope: Scope, compiling: Compiling): Bind {
  switch (pattern.kind) {
    case 'any':
      return (value) => [value, value];
    case 'value':
      return compileValuePattern(pattern.value, scope, compiling);
    case 'type': {
      const type = compiling.type(pattern.type, scope);
      refuseMetadata(type, pattern.start, compiling);
      const { meter } = compiling.evaluation;
      return (value) => {
        chargeType(value, type, meter);
        return type.accepts(value) ? [value, value] : undefined;
      };
    }
    case 'matches':
      return compileRegexPattern(pattern.regex, scope, compiling);
    case 'empty':
      return pattern.of === 'Array'
        ? (value) => (isArray(value) && value.length === 0 ? [value, value] : undefined)
        : (value) => (value instanceof ObjectValue && value.size === 0 ? [value, value] : undefined);
    case 'list':
      return (value) => listParts(value, compiling);
    case 'member':
      return (value) => memberParts(value, compiling);
  }
}

/** Compares as `~=` does: a key equals the string of its name, and a string of digits equals a number. */
function compileValuePattern(node: Node, scope: Scope, compiling: Compiling): Bind {
  const wanted = compiling.compile(node, scope);
  const { meter } = compiling.evaluation;
  return (value, frame) => (isSimilar(value, wanted(frame), meter) ? [value, value] : undefined);
}

function compileRegexPattern(node: Node, scope: Scope, compiling: Compiling): Bind {
  const pattern = compiling.compile(node, scope);
  const { meter } = compiling.evaluation;
  return (value, frame) => {
    const text = value === null || isArray(value) || value instanceof ObjectValue ? undefined : textOf(value);
    if (text === undefined) return undefined;
    const regex = pattern(frame);
    const groups = matchWhole(
      regex instanceof RegexValue ? regex : patternOf(String(regex), meter),
      text,
      meter,
    )?.groups;
    return groups === undefined ? undefined : [groups, groups];
  };
}

function listParts(value: Value, { evaluation }: Compiling): readonly Value[] | undefined {
  if (!isArray(value) || value instanceof Range) return undefined;
  const [head, ...tail] = evaluation.meter.items(value);
  return head === undefined ? undefined : [value, head, tail];
}

function memberParts(value: Value, { evaluation }: Compiling): readonly Value[] | undefined {
  if (!(value instanceof ObjectValue) || value.size === 0) return undefined;
  evaluation.meter.charge(value.size);
  const [key = ''] = value.keys;
  return [value, new Key(key), value.values[0] ?? null, new ObjectValue(value.keys.slice(1), value.values.slice(1))];
}
