/**
 * @module
 * YAML values that are not what they look like, because readers of YAML 1.1 and 1.2 take them for different things:
 * `0300`, `yes`, `1_000`. Here they are what YAML 1.2 says. Nothing of a value is repeated: it may be a secret.
 */
import { isMap, isScalar, isSeq, type Scalar } from 'yaml';
import { nameOf } from './plain-yaml.ts';
import type { UnclearScalar, YamlPath } from './yaml-places.ts';

interface Row {
  /** How the value is written. */
  readonly form: RegExp;
  /** What YAML 1.2 reads. */
  readonly type: 'number' | 'string';
  readonly message: string;
  readonly suggestion: string;
  /** Whether `mintproc.yaml` has such values, where only one reader matters. */
  readonly isUsual?: true;
}

const rows: readonly Row[] = [
  {
    form: /^[-+]?0\d+$/,
    type: 'number',
    message: 'A number that begins with 0 is decimal here. Readers of YAML 1.1 take it for octal.',
    suggestion: 'Write it without the 0, or in quotes if it is text.',
  },
  {
    form: /^[-+]?0(?:o[0-7]+|x[0-9a-fA-F]+)$/,
    type: 'number',
    message: 'This is an octal or hexadecimal number here. Other readers of YAML take some of these for text.',
    suggestion: 'Write it in decimal, or in quotes if it is text.',
  },
  {
    form: /^[-+]?[\d.]+[eE][-+]?\d+$/,
    type: 'number',
    message: 'This is a number with an exponent here. Some readers of YAML take it for text.',
    suggestion: 'Write all its digits, or put it in quotes if it is text.',
  },
  {
    form: /^[-+]?\d[\d.]*_[\d_.]*$/,
    type: 'string',
    message: 'Digits with `_` are text here. Readers of YAML 1.1 take them for a number.',
    suggestion: 'Write the digits alone, or in quotes if it is text.',
  },
  {
    form: /^(?:yes|no|on|off)$/i,
    type: 'string',
    message: 'The words yes, no, on and off are text here. Readers of YAML 1.1 take them for true and false.',
    suggestion: 'Write true or false, or put the word in quotes.',
  },
  {
    form: /^[-+]?\d+(?::[0-5]?\d)+$/,
    type: 'string',
    message: 'Numbers with colons between them are text here. Readers of YAML 1.1 take them for one number in base 60.',
    suggestion: 'Put them in quotes.',
  },
  {
    form: /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ].{0,40})?$/,
    type: 'string',
    message: 'A date is text here. Some readers of YAML write it in another form.',
    suggestion: 'Put it in quotes.',
    isUsual: true,
  },
  {
    form: /^[\u2018-\u201F\u00AB\u00BB]/,
    type: 'string',
    message: 'This value begins with a typographic quote, which is a part of it.',
    suggestion: 'Write straight quotes, `"` or `\'`.',
  },
];

/** More are not reported: an author mends the first ones. */
const maxUnclear = 100;

/** Longer text is none of these. */
const longest = 64;

/** @param ours whether the file is read by mintproc only */
export function unclearScalars(node: unknown, path: YamlPath, ours: boolean): readonly UnclearScalar[] {
  const walk = new Walk(ours);
  walk.visit(node, path);
  return walk.found;
}

class Walk {
  readonly found: UnclearScalar[] = [];
  readonly #ours: boolean;

  constructor(ours: boolean) {
    this.#ours = ours;
  }

  /** Aliases are not followed: what they repeat is visited itself. */
  visit(node: unknown, path: YamlPath): void {
    if (this.found.length >= maxUnclear) return;
    if (isScalar(node)) this.#visitScalar(node, path);
    else if (isSeq(node)) for (const [index, item] of node.items.entries()) this.visit(item, [...path, index]);
    else if (isMap(node)) for (const { key, value } of node.items) this.visit(value, [...path, nameOf(key)]);
  }

  #visitScalar({ type, source = '', value }: Scalar, path: YamlPath): void {
    if (type !== 'PLAIN' || source.length > longest) return;
    const row = rows.find((one) => typeof value === one.type && one.form.test(source));
    if (row === undefined || (this.#ours && row.isUsual)) return;
    const { message, suggestion } = row;
    this.found.push({ path, message, suggestion });
  }
}
