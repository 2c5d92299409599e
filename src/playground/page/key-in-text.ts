/**
 * @module
 * Whether a text has a key in it, so that no link carries one. A text that only looks like a key counts as one.
 */
import type { FileKind } from '../interface.ts';
import type { Subject } from './subject.ts';

export interface KeyPlace {
  readonly file: string;
  readonly line: number;
}

/** In any file. */
const anywhere: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  // Members of a private or secret JWK, in JSON or YAML.
  /["']?(?<![\w$])(?:d|k|p|q|dp|dq|qi)["']?\s*:\s*["']?[A-Za-z0-9_-]{16,}/,
];

/** By kind of file: members whose value is the key itself. */
const members: Readonly<Record<FileKind, RegExp | undefined>> = {
  configuration: /["']?(?<![\w$])(?:text|password|pin|secret)["']?\s*:\s*(?![\s{]|$)/,
  // A reference is a map; `${NAME}` and the like stand for a key that is elsewhere.
  flex: /["']?(?<![\w$])privateKey["']?\s*:\s*(?!\s*(?:[\s{]|$|["']?(?:\$\{|\$\(|\{\{|#\[)))/,
  apigee: /<(?:SecretKey|PrivateKey|Value|Password)>\s*(?!\{)[^\s<]/,
  datapower: undefined,
};

/** The first place that has a key. */
export function keyInSubject(subject: Subject): KeyPlace | undefined {
  const texts =
    subject.kind === 'workspace'
      ? [...subject.files, { name: 'case', text: subject.case, kind: undefined }]
      : [
          { name: 'expression', text: subject.expression, kind: undefined },
          { name: 'context', text: subject.context, kind: undefined },
        ];
  for (const { name, text, kind } of texts) {
    const line = lineWithKey(text, kind);
    if (line !== undefined) return { file: name, line };
  }
  return undefined;
}

/** The number of the first line that has a key, from 1. @internal Exported for the tests of each form. */
export function lineWithKey(text: string, kind: FileKind | undefined): number | undefined {
  const own = kind === undefined ? undefined : members[kind];
  const patterns = own === undefined ? anywhere : [...anywhere, own];
  const index = text.split('\n').findIndex((line) => patterns.some((pattern) => pattern.test(line)));
  return index === -1 ? undefined : index + 1;
}
