/**
 * @module
 * One policy while it is being read: what its parts need to know, and where they report.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { type ProblemDetails, type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { LocatedYaml, YamlPath } from '../located-yaml.ts';
import type { DeclaredVariables, VariableUse } from '../policy-file.ts';
import type { Api } from './api.ts';
import type { Assignments } from './assignments.ts';
import type { TextProperty } from './schema.ts';
import type { Version } from './version.ts';

export interface ReadingInputs {
  readonly document: LocatedYaml;
  /** The way to the policy's properties. */
  readonly path: YamlPath;
  readonly api: Api;
  readonly version: Version;
  readonly before: Assignments;
  readonly declared: DeclaredVariables | undefined;
  readonly problems: Problems;
}

export class Reading {
  readonly document: LocatedYaml;
  readonly path: YamlPath;
  readonly api: Api;
  readonly version: Version;
  readonly before: Assignments;
  /** Undefined where the policy is read without a configuration. */
  readonly declared: DeclaredVariables | undefined;
  readonly problems: Problems;
  readonly #uses: VariableUse[] = [];

  constructor(inputs: ReadingInputs) {
    this.document = inputs.document;
    this.path = inputs.path;
    this.api = inputs.api;
    this.version = inputs.version;
    this.before = inputs.before;
    this.declared = inputs.declared;
    this.problems = inputs.problems;
  }

  /** The text of a property as it stands in the file. */
  textAt(property: TextProperty): SourceText {
    return this.document.scalarAt([...this.path, property]);
  }

  report(code: Code, at: SourceText, details: ProblemDetails): void {
    this.problems.add(problemAt(at, 0, code, details));
  }

  reportProperty(code: Code, property: string, details: ProblemDetails): void {
    this.document.report(this.problems, [...this.path, property], code, details);
  }

  noteUse(name: SourceText, origin: VariableUse['origin'], use: VariableUse['use'] = 'value'): void {
    this.#uses.push({ name: name.text, place: name.placeAt(0), use, origin });
  }

  get uses(): readonly VariableUse[] {
    return this.#uses;
  }
}
