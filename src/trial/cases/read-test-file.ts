/**
 * @module
 * Reads a test file: its cases, with what its schema cannot check.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { codes } from '../../diagnostics/codes.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import { Problems } from '../../diagnostics/problem.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { exactValue } from '../../documents/exact-values.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import { readMoment } from '../moment.ts';
import { readDocument } from '../read-document.ts';
import type { ReadTrial, TrialReading } from '../read-trial.ts';
import { TrialError } from '../trial-error.ts';
import { type Expected, Patterns, readExpected } from './expected-value.ts';
import {
  type Expect,
  type TestKey,
  testFileSchema,
  type TestCase as WrittenCase,
  type WrittenKey,
} from './test-schema.ts';

export interface TestFile {
  readonly document: LocatedYaml;
  /** As it is written: relative to the test file. */
  readonly config: string;
  /** Files of keys that open encrypted tokens, as they are written; and how a secret is encoded. */
  readonly keys: readonly TestKey[];
  readonly cases: readonly TestCase[];
}

export interface TestCase {
  readonly name: string;
  readonly document: LocatedYaml;
  readonly path: YamlPath;
  /** Milliseconds since the epoch; undefined if neither the case nor the file says it. */
  readonly at: number | undefined;
  readonly request: ReadTrial;
  readonly expect: Expectations;
}

export type ExpectedMembers = ReadonlyMap<string, Expected>;

export interface Expectations extends Pick<Expect, 'route' | 'policy' | 'header'> {
  readonly refused?: Exclude<Expect['refused'], true> | undefined;
  readonly withoutToken?: Exclude<Expect['withoutToken'], true> | undefined;
  readonly sameAs?: { readonly token: string; readonly ignore: ReadonlySet<string> } | undefined;
  readonly jwt?: JwtExpectations | undefined;
  /** Whether the token must have no claims but those of `jwt`. */
  readonly exact: boolean;
}

export interface JwtExpectations {
  readonly header: ExpectedMembers;
  readonly enclosedHeader: ExpectedMembers;
  readonly claims: ExpectedMembers;
}

/** @param file names the text in problems */
export function readTestFile(file: string, text: string): TrialReading<TestFile> {
  const problems = new Problems();
  const read = readDocument({ file, text, what: 'cases' }, testFileSchema, problems);
  if (read === undefined) return { ok: false, problems: problems.all };
  const { document, value } = read;
  const reader = new CaseReader(document, problems);
  const at = momentOf(value.at);
  const cases = value.cases.map((written, index) => reader.read(written, index, at));
  if (problems.hasErrors) return { ok: false, problems: problems.all };
  return { ok: true, value: { document, config: value.config, keys: value.keys.map(keyOf), cases } };
}

function keyOf(key: WrittenKey): TestKey {
  return typeof key === 'string' ? { file: key, encoding: 'utf8' } : key;
}

function momentOf(written: string | number | undefined): number | undefined {
  return written === undefined ? undefined : readMoment(written);
}

class CaseReader {
  readonly #document: LocatedYaml;
  readonly #problems: Problems;
  readonly #patterns = new Patterns();

  constructor(document: LocatedYaml, problems: Problems) {
    this.#document = document;
    this.#problems = problems;
  }

  /** @param at of the file */
  read(written: WrittenCase, index: number, at: number | undefined): TestCase {
    const path = ['cases', index];
    const { name, at: own, expect, ...trial } = written;
    this.#check(expect, [...path, 'expect']);
    return {
      name,
      document: this.#document,
      path,
      at: momentOf(own) ?? at,
      request: { trial, document: this.#document, path },
      expect: this.#expectations(expect, [...path, 'expect']),
    };
  }

  #expectations(expect: Expect, path: YamlPath): Expectations {
    const { route, policy, header, jwt, exact = false, refused, withoutToken, sameAs } = expect;
    return {
      ...{ route, policy, header, exact },
      refused: refused === true ? {} : refused,
      withoutToken: withoutToken === true ? {} : withoutToken,
      sameAs: sameAs === undefined ? undefined : sameAsOf(sameAs),
      jwt: jwt && {
        header: this.#members(jwt.header, [...path, 'jwt', 'header']),
        enclosedHeader: this.#members(jwt.enclosedHeader, [...path, 'jwt', 'enclosedHeader']),
        claims: this.#members(jwt.claims, [...path, 'jwt', 'claims']),
      },
    };
  }

  #members(members: Readonly<Record<string, unknown>> = {}, path: YamlPath): ExpectedMembers {
    const all = Object.entries(members as Readonly<Record<string, JsonValue>>);
    return new Map(
      all.flatMap(([name, member]) => {
        const at = [...path, name];
        try {
          return [[name, readExpected(exactValue(this.#document, at, member), this.#patterns)] as const];
        } catch (error) {
          if (!(error instanceof TrialError)) throw error;
          const { message, suggestion } = error;
          this.#report([...at, ...error.path], message, suggestion);
          return [];
        }
      }),
    );
  }

  /** Reports expectations that exclude each other, and those that say nothing. */
  #check(expect: Expect, path: YamlPath): void {
    const { refused, withoutToken, exact, jwt } = expect;
    for (const [one, others, message] of exclusive) {
      const other = expect[one] === undefined ? undefined : others.find((name) => expect[name] !== undefined);
      if (other !== undefined) this.#report([...path, other], message, `Remove \`${one}\` or \`${other}\`.`);
    }
    if (exact === true && jwt?.claims === undefined) {
      const suggestion = 'Write `claims: {}` for a token without claims.';
      this.#report([...path, 'exact'], '`exact` needs `jwt` with `claims`: the token may have no others.', suggestion);
    }
    if (typeof refused === 'object') this.#checkCode(refused.code, [...path, 'refused', 'code']);
    if (typeof withoutToken !== 'object') return;
    this.#checkCode(withoutToken.code, [...path, 'withoutToken', 'code']);
    const { because = 'error', code } = withoutToken;
    if (code !== undefined && because !== 'error') {
      const message = 'Only `because: error` has a code.';
      this.#report([...path, 'withoutToken', 'code'], message, 'Remove `code`.');
    }
  }

  #checkCode(code: string | undefined, path: YamlPath): void {
    if (code === undefined || Object.hasOwn(codes, code)) return;
    const near = nearest(code, Object.keys(codes));
    const suggestion = near === undefined ? 'docs/errors.md lists all codes.' : `Did you mean \`${near as Code}\`?`;
    this.#report(path, 'This is not the code of an error.', suggestion);
  }

  #report(path: YamlPath, message: string, suggestion: string | undefined): void {
    this.#document.report(this.#problems, path, 'trial.invalid-value', { message, suggestion });
  }
}

type Named = keyof Expect & string;

const ofTokens: readonly Named[] = ['header', 'jwt', 'exact', 'sameAs'];

const exclusive: readonly (readonly [one: Named, others: readonly Named[], message: string])[] = [
  ['refused', [...ofTokens, 'withoutToken'], 'A request that is refused does not go on, with or without a token.'],
  ['withoutToken', ofTokens, 'A request that goes on without a token has none to compare.'],
];

function sameAsOf(sameAs: NonNullable<Expect['sameAs']>): Expectations['sameAs'] {
  if (typeof sameAs === 'string') return { token: sameAs, ignore: new Set() };
  return { token: sameAs.token, ignore: new Set(sameAs.ignore) };
}
