/**
 * @module
 * What options of the output make of a value before it is written.
 */
import { type Meter, requireDepth } from './bounds.ts';
import type { Evaluation } from './evaluation.ts';
import type { OutputOptions } from './syntax.ts';
import { isArray, ObjectBuilder, ObjectValue, type Value } from './values.ts';

/** The value of a script, in the shape that its `output` asks for. */
export function shaping(options: OutputOptions | undefined, run: () => Value, { meter }: Evaluation): () => Value {
  if (options === undefined || Object.values(options).every((option) => !option)) return run;
  return () => shaped(run(), options, meter, 0);
}

/** @throws MintError `dataweave.too-deep`, `dataweave.too-many-steps` */
function shaped(value: Value, options: OutputOptions, meter: Meter, depth: number): Value {
  requireDepth(depth);
  if (isArray(value)) {
    const items = options.skipsNullInArrays ? value.filter((item) => item !== null) : value;
    return meter.items(items).map((item) => shaped(item, options, meter, depth + 1));
  }
  if (!(value instanceof ObjectValue)) return value;
  meter.charge(value.size);
  const made = new ObjectBuilder();
  value.keys.forEach((key, i) => {
    const member = value.values[i] ?? null;
    if (member !== null || !options.skipsNullInObjects) made.add(key, shaped(member, options, meter, depth + 1));
  });
  return options.repeatedKeysAreArrays ? gathered(made.build()) : made.build();
}

/** Each key once, at its first place; the values of a repeated one as an array. */
function gathered({ keys, values }: ObjectValue): ObjectValue {
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
