/**
 * @module
 * What a policy reads of each request, by name: for tests and examples that must say it.
 */
export interface RequestInputs {
  /** Claims of the caller, each as a path of names. Empty if the policy reads none, or may read any. */
  readonly claims: readonly (readonly string[])[];
  /** Whether it reads or requires a caller at all. */
  readonly needsCaller: boolean;
  /** Names of headers, in lower case. Some may be read only through a variable of the configuration. */
  readonly headers: readonly string[];
}
