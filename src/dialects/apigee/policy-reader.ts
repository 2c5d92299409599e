/**
 * @module
 * What the parts of one policy need to be read: its settings, and where they report problems and variables.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { type ProblemDetails, type Problems, problemAt } from '../../diagnostics/problem.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { KnownCallers } from '../../expressions/caller-objects.ts';
import { type NamedNeed, type NamedValue, namedNeeds } from '../../plan/needs.ts';
import type { Computed } from '../../plan/token-plan.ts';
import type { DeclaredVariables, PolicySettings, VariableUse } from '../policy-file.ts';
import { type DeploymentError, deploymentErrors, otherNames } from './deployment-errors.ts';
import type { Edition } from './editions.ts';
import { TokenClaims } from './token-claims.ts';

/** The place of a problem: the name of an element, or the start of a text. */
export type Spot = XmlElement | SourceText;

export interface PolicyReaderInputs {
  readonly source: SourceText;
  readonly policy: string;
  readonly edition: Edition;
  readonly variables: DeclaredVariables | undefined;
  readonly given: PolicySettings['given'];
  /** What the sources of the caller know. */
  readonly callers: readonly KnownCallers[] | undefined;
  readonly ignoreUnresolved: boolean;
  readonly problems: Problems;
  readonly verifiedBy: string | undefined;
}

export class PolicyReader {
  readonly policy: string;
  readonly edition: Edition;
  /** Undefined if the policy is read without a configuration. */
  readonly declared: DeclaredVariables | undefined;
  /** Keys that the command line gives, by the names of their variables. */
  readonly given: PolicySettings['given'];
  readonly callers: readonly KnownCallers[] | undefined;
  readonly ignoreUnresolved: boolean;
  readonly problems: Problems;
  readonly #source: SourceText;
  readonly #uses: VariableUse[] = [];
  readonly #values: NamedValue[] = [];
  readonly tokens: TokenClaims;

  constructor(inputs: PolicyReaderInputs) {
    this.policy = inputs.policy;
    this.edition = inputs.edition;
    this.declared = inputs.variables;
    this.given = inputs.given;
    this.callers = inputs.callers;
    this.ignoreUnresolved = inputs.ignoreUnresolved;
    this.problems = inputs.problems;
    this.#source = inputs.source;
    this.tokens = new TokenClaims('policy', inputs.verifiedBy);
  }

  /** Reports what Apigee itself refuses when the policy is deployed. @param message a sentence without its full stop */
  refuse(name: DeploymentError, at: Spot, message: string, suggestion?: string): void {
    const others = otherNames[name];
    const vendor = others === undefined ? name : `${name}; also ${others}`;
    this.report(deploymentErrors[name], at, { message: `${message} (Apigee: ${vendor}).`, suggestion });
  }

  report(code: Code, at: Spot, details: ProblemDetails): void {
    this.problems.add(
      at instanceof SourceText ? problemAt(at, 0, code, details) : problemAt(this.#source, at.offset, code, details),
    );
  }

  /** Whether the grammar has the name, at any place. */
  knows(name: string): boolean {
    return this.#source.knows(name);
  }

  /** @param value what the request has, if the variable is not a secret */
  noteUse(name: SourceText, use: VariableUse['use'], origin: VariableUse['origin'], value: Computed | undefined): void {
    this.#uses.push({ name: name.text, place: name.placeAt(0), use, origin });
    if (value !== undefined) this.#values.push({ by: name.text, value });
  }

  /** What the variables need of Envoy. For use when the tokens are settled. */
  get needs(): readonly NamedNeed[] {
    return this.#values.flatMap(namedNeeds);
  }

  /** The variables of the policy. For use after the whole policy is read. */
  get uses(): readonly VariableUse[] {
    return this.#uses.map((use) => (this.tokens.isCallers(use.name) ? { ...use, origin: 'request' } : use));
  }
}
