/**
 * @module
 * The options of `output` that change the result of a script.
 */
import { type Meter, requireDepth } from './bounds.ts';
import type { Evaluation } from './evaluation.ts';
import type { OutputOptions } from './syntax.ts';
import { isArray, ObjectBuilder, ObjectValue, type Value } from './values.ts';

/** The result of a script with the options of its `output` applied. */
export function withOutputOptions(
  options: OutputOptions | undefined,
  run: () => Value,
  { meter }: Evaluation,
): () => Value {
  if (options === undefined || Object.values(options).every((option) => !option)) return run;
  return () => applied(run(), options, meter, 0);
}

/** @throws MintError `dataweave.too-deep`, `dataweave.too-many-steps` */
function applied(value: Value, options: OutputOptions, meter: Meter, depth: number): Value {
  requireDepth(depth);
  if (isArray(value)) {
    const items = options.skipsNullInArrays ? value.filter((item) => item !== null) : value;
    return meter.items(items).map((item) => applied(item, options, meter, depth + 1));
  }
  if (!(value instanceof ObjectValue)) return value;
  meter.charge(value.size);
  const made = new ObjectBuilder();
  value.keys.forEach((key, i) => {
    const member = value.values[i] ?? null;
    if (member !== null || !options.skipsNullInObjects) made.add(key, applied(member, options, meter, depth + 1));
  });
  return options.repeatedKeysAreArrays ? withoutRepeatedKeys(made.build()) : made.build();
}

/** Each key once, at its first place. The value of a repeated key is an array of its values. */
function withoutRepeatedKeys({ keys, values }: ObjectValue): ObjectValue {
  const byKey = new Map<string, Value[]>();
  keys.forEach((key, i) => {
    const known = byKey.get(key);
    const value = values[i] ?? null;
    if (known === undefined) byKey.set(key, [value]);
    else known.push(value);
  });
  const made = new ObjectBuilder();
  for (const [key, all] of byKey) made.add(key, all.length === 1 ? (all[0] ?? null) : all);
  return made.build();
}
