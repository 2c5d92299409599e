/**
 * @module
 * What the parts of one policy need to be read: its settings, and where they report problems and variables.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { type ProblemDetails, type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { Place, SourceText } from '../../diagnostics/source-text.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import type { KnownCallers } from '../../expressions/caller-objects.ts';
import { type NamedNeed, type NamedValue, namedNeeds } from '../../plan/needs.ts';
import type { Computed } from '../../plan/token-plan.ts';
import type { DeclaredVariables, VariableUse } from '../policy-file.ts';
import type { Api } from './api.ts';
import type { Assignments, OtherAction, OtherUse } from './assignments.ts';
import type { TextProperty } from './schema.ts';
import { VerifiedClaims } from './verified-claims.ts';
import type { Version } from './version.ts';

/** Variables may insert variables. No author nests them deeper, or has more of them in one policy. */
const maxVariableDepth = 32;
const maxInsertions = 256;

/** A variable that the policy reads and whose value is neither in the file nor part of a request. */
export interface Lack {
  readonly name: string;
  /** The place of the property or `$(…)` that reads it. */
  readonly place: Place;
  /** Whether it must be known when the policy loads. */
  readonly isConstant: boolean;
}

export interface PolicyReaderInputs {
  readonly document: LocatedYaml;
  /** The path to the policy's properties. */
  readonly path: YamlPath;
  readonly api: Api;
  readonly version: Version;
  readonly before: Assignments;
  readonly declared: DeclaredVariables | undefined;
  /** Whether the policy's entry names a key to encrypt to. */
  readonly hasRecipient: boolean;
  /** The variable with the claims of the caller; undefined if the entry names none. */
  readonly verifiedBy: string | undefined;
  /** What the sources of the caller know. */
  readonly callers: readonly KnownCallers[] | undefined;
  readonly problems: Problems;
}

export class PolicyReader {
  readonly document: LocatedYaml;
  readonly path: YamlPath;
  readonly api: Api;
  readonly version: Version;
  readonly before: Assignments;
  /** Undefined if the policy is read without a configuration. */
  readonly declared: DeclaredVariables | undefined;
  readonly hasRecipient: boolean;
  readonly callers: PolicyReaderInputs['callers'];
  readonly problems: Problems;
  readonly #uses: VariableUse[] = [];
  readonly #values: NamedValue[] = [];
  readonly claims: VerifiedClaims;
  readonly #used = new Set<string>();
  readonly #others = new Map<string, OtherUse>();
  readonly #lacks = new Map<string, Lack>();
  #use: 'value' | 'key-id' = 'value';
  #isOptional = false;
  #depth = 0;
  #insertions = 0;

  constructor(inputs: PolicyReaderInputs) {
    this.document = inputs.document;
    this.path = inputs.path;
    this.api = inputs.api;
    this.version = inputs.version;
    this.before = inputs.before;
    this.declared = inputs.declared;
    this.hasRecipient = inputs.hasRecipient;
    this.callers = inputs.callers;
    this.problems = inputs.problems;
    this.claims = new VerifiedClaims(inputs.verifiedBy);
  }

  /** The text of a property as written in the file. */
  textAt(property: TextProperty): SourceText {
    return this.document.scalarAt([...this.path, property]);
  }

  /** A default for a property that the file does not have, at the place of the policy. */
  atPolicy(text: string): SourceText {
    const { source } = this.document;
    const offset = this.document.keyOffsetOf(this.path);
    return source.slice(offset, offset).embed(text, new Array<number>(text.length + 1).fill(0));
  }

  /** Where the value of a property starts. */
  placeOf(property: string): Place {
    const { document, path } = this;
    return document.source.placeAt(document.offsetOf([...path, property]));
  }

  report(code: Code, at: SourceText, details: ProblemDetails): void {
    this.problems.add(problemAt(at, 0, code, details));
  }

  reportProperty(code: Code, property: string, details: ProblemDetails): void {
    this.document.report(this.problems, [...this.path, property], code, details);
  }

  reportAt(code: Code, path: YamlPath, details: ProblemDetails): void {
    this.problems.add(problemAt(this.document.source, this.document.offsetOf(path), code, details));
  }

  /** Reports a problem at the key that ends `path`. */
  reportKey(code: Code, path: YamlPath, details: ProblemDetails): void {
    this.problems.add(problemAt(this.document.source, this.document.keyOffsetOf(path), code, details));
  }

  /** Notes that the policy reads a variable that an action sets which mintproc does not run. */
  noteOther(action: OtherAction, variable: string, how: OtherUse['how']): void {
    const key = action.path.join('/');
    const use = this.#others.get(key) ?? { action, names: new Set(), how };
    use.names.add(variable);
    if (how === 'sets') use.how = how;
    this.#others.set(key, use);
  }

  /** Notes a variable that `mintproc.yaml` has to declare. */
  noteLack(name: SourceText, isConstant = false): void {
    if (this.#lacks.has(name.text)) return;
    this.#lacks.set(name.text, { name: name.text, place: name.placeAt(0), isConstant });
  }

  get lacks(): readonly Lack[] {
    return [...this.#lacks.values()];
  }

  get others(): Iterable<OtherUse> {
    return this.#others.values();
  }

  /** Whether `thing` is asked for the first time: each is reported once. */
  isFirstUse(thing: string): boolean {
    const isFirst = !this.#used.has(thing);
    this.#used.add(thing);
    return isFirst;
  }

  /** Whether a token is minted if the variable that is being read has no value. */
  get isOptional(): boolean {
    return this.#isOptional;
  }

  /** Reads the variables of a claim that is left out if they have no value. */
  asOptional<T>(read: () => T): T {
    this.#isOptional = true;
    try {
      return read();
    } finally {
      this.#isOptional = false;
    }
  }

  /** Notes a variable whose value the token shows. @param value undefined if nothing of the request sets it */
  noteUse(name: SourceText, origin: VariableUse['origin'], value: Computed | undefined): void {
    this.#uses.push({ name: name.text, place: name.placeAt(0), use: this.#use, origin });
    if (value !== undefined) this.#values.push({ by: name.text, value });
  }

  /** Notes a variable or an object that holds a key. */
  noteSecret(name: SourceText, origin: VariableUse['origin']): void {
    this.#uses.push({ name: name.text, place: name.placeAt(0), use: 'secret', origin });
  }

  /** What the variables need of Envoy. For use when the whole policy is read. */
  get needs(): readonly NamedNeed[] {
    return this.#values.flatMap(namedNeeds);
  }

  /** Notes the variables that `read` reads as parts of the identifier of a key. */
  asKeyId<T>(read: () => T): T {
    this.#use = 'key-id';
    try {
      return read();
    } finally {
      this.#use = 'value';
    }
  }

  /** Reads the value of the variable at `at`; undefined if a limit is exceeded, which is reported. */
  inside<T>(at: SourceText, read: () => T): T | undefined {
    if (this.#insertions > maxInsertions) return undefined;
    this.#insertions += 1;
    if (this.#depth >= maxVariableDepth || this.#insertions > maxInsertions) {
      // Report once: no other variable of this policy is read.
      this.#insertions = maxInsertions + 1;
      const message = `The variables of the policy insert each other more than ${maxVariableDepth} levels deep or more than ${maxInsertions} times.`;
      this.report('datapower.too-deep', at, { message });
      return undefined;
    }
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }

  get uses(): readonly VariableUse[] {
    return this.#uses;
  }
}
