/**
 * @module
 * One thing that a verifier checks of a token, and how it went.
 */

export interface Check {
  /** What is checked: a header parameter, a claim, or a step such as `signature`. */
  readonly name: string;
  /** `note`: nothing was decided; the message says why, or what is worth knowing. */
  readonly result: 'pass' | 'fail' | 'note';
  /** Never has the value of a claim other than a time, nor a part of a key. */
  readonly message: string;
}

export function pass(name: string, message: string): Check {
  return { name, result: 'pass', message };
}

export function fail(name: string, message: string): Check {
  return { name, result: 'fail', message };
}

export function note(name: string, message: string): Check {
  return { name, result: 'note', message };
}
