/**
 * @module
 * The rules of a policy: only a request that matches one of them gets a token. Every part is a regular expression that
 * must match the whole text, as in the vendor's examples (`GET|POST`, `/orders(/.*)`).
 *
 * Local mode writes `rules: [{ path, methods, host, headers }]`, API Manager `pointcutData: [{ methodRegex,
 * uriTemplateRegex }]`.
 */
import * as z from 'zod';
import type { ProblemDetails, Problems } from '../../diagnostics/problem.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import { readShape } from '../../documents/shape.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import { compileTextPattern, type TextPattern } from '../../expressions/text-pattern.ts';
import type { RequestRule, RequestRules } from '../../plan/request-rules.ts';
import { policyShapeCodes } from '../policy-file.ts';
import { readBasePaths } from './base-paths.ts';
import { type CarriedPolicy, field } from './carriers.ts';

/** The most rules of a policy. */
export const maxRules = 50;
/** @internal Exported for the test of the limits. */
export const maxHeaders = 20;

const pattern = z.string();

/** The vendor writes methods as one expression; files also have a list. */
export const localRule = z.strictObject({
  path: pattern.optional().describe('The path after the base path of the API, such as /orders(/.*).'),
  methods: z
    .union([pattern, z.array(pattern)])
    .optional()
    .describe('The method, such as GET|POST, or a list.'),
  host: pattern.optional().describe('The host.'),
  headers: z.record(z.string(), pattern).optional().describe('The values of headers, by name.'),
});

export const managedRule = z.looseObject({
  methodRegex: pattern.nullish().describe('The method, such as GET|POST.'),
  uriTemplateRegex: pattern.nullish().describe('The path after the base path of the API, such as /orders(/.*).'),
});

/**
 * Undefined if the policy is for every request; `invalid` if an error was reported.
 *
 * @param said the base paths in the entry of the policy
 */
export function readRules(
  carried: CarriedPolicy,
  said: readonly string[] | undefined,
  document: LocatedYaml,
  problems: Problems,
): RequestRules | undefined | 'invalid' {
  const key = carried.managed ? 'pointcutData' : 'rules';
  const path = [...carried.item, key];
  const written = valueAt(document.value, path);
  if (written === undefined || written === null) return undefined;
  const reader = new RulesReader(document, problems);
  // API Manager accepts a single object too.
  const isSingle = carried.managed && !Array.isArray(written);
  const rules = isSingle ? [reader.managedRule(path)] : reader.list(path, carried.managed);
  if (rules === undefined || rules.some((rule) => rule === undefined)) return 'invalid';
  if (rules.length === 0) return undefined;
  const read = rules.filter((rule) => rule !== undefined);
  if (read.every((rule) => rule.path === undefined)) return { rules: read, basePaths: [] };
  const basePaths = readBasePaths(carried, said, document, problems);
  return basePaths === undefined ? 'invalid' : { rules: read, basePaths };
}

class RulesReader {
  readonly #document: LocatedYaml;
  readonly #problems: Problems;

  constructor(document: LocatedYaml, problems: Problems) {
    this.#document = document;
    this.#problems = problems;
  }

  list(path: YamlPath, managed: boolean): (RequestRule | undefined)[] | undefined {
    const list = this.#read(z.array(z.unknown()).max(maxRules), path);
    return list?.map((_, index) => {
      const at = [...path, index];
      return managed ? this.managedRule(at) : this.localRule(at);
    });
  }

  managedRule(path: YamlPath): RequestRule | undefined {
    const rule = this.#read(managedRule, path);
    if (rule === undefined) return undefined;
    const method = this.#pattern(rule.methodRegex ?? undefined, [...path, 'methodRegex']);
    const uri = this.#pattern(rule.uriTemplateRegex ?? undefined, [...path, 'uriTemplateRegex']);
    return method === 'invalid' || uri === 'invalid' ? undefined : { path: uri, method, headers: [] };
  }

  localRule(path: YamlPath): RequestRule | undefined {
    const rule = this.#read(localRule, path);
    if (rule === undefined) return undefined;
    const { methods } = rule;
    const compiled = {
      path: this.#pattern(rule.path, [...path, 'path']),
      method: this.#pattern(Array.isArray(methods) ? methods.join('|') : methods, [...path, 'methods']),
      host: this.#pattern(rule.host, [...path, 'host']),
    };
    const headers = this.#headers(rule.headers ?? {}, [...path, 'headers']);
    const { path: where, method, host } = compiled;
    if (where === 'invalid' || method === 'invalid' || host === 'invalid' || headers === undefined) return undefined;
    return { path: where, method, host, headers };
  }

  #headers(written: Readonly<Record<string, string>>, path: YamlPath): RequestRule['headers'] | undefined {
    const names = Object.keys(written);
    if (names.length > maxHeaders) {
      this.#document.report(this.#problems, path, 'policy.invalid-value', {
        message: `A rule can have at most ${maxHeaders} headers.`,
      });
      return undefined;
    }
    const headers = names.flatMap((name) => {
      const value = this.#pattern(written[name], [...path, name]);
      return value === undefined || value === 'invalid' ? [] : [{ name: name.toLowerCase(), value }];
    });
    return headers.length === names.length ? headers : undefined;
  }

  #pattern(source: string | undefined, at: YamlPath): TextPattern | undefined | 'invalid' {
    if (source === undefined) return undefined;
    if (source === '') {
      this.#document.report(this.#problems, at, 'flex.invalid-rule', empty);
      return 'invalid';
    }
    const compiled = compileTextPattern(source);
    if (!('problem' in compiled)) return compiled;
    const { problem, suggestion } = compiled;
    this.#document.report(this.#problems, at, 'flex.invalid-rule', { message: problem, suggestion });
    return 'invalid';
  }

  #read<T extends z.ZodType>(schema: T, path: YamlPath): z.output<T> | undefined {
    return readShape(schema, this.#document, path, this.#problems, policyShapeCodes);
  }
}

const empty: ProblemDetails = {
  message: 'This part is empty, so the rule would match no request, and no request would get a token.',
  suggestion: 'Leave it out, or write `.*`, if the rule is for every value.',
};

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(field, value);
}
