/**
 * @module
 * What may be said of an unexpected error: a message may quote a claim, a header or a key.
 */

/** An unexpected error, without its message, which might quote a value. */
export interface Defect {
  readonly name: string;
  /** Stack frames, one per line. */
  readonly stack: string;
}

export function describeDefect(error: unknown): Defect {
  if (!(error instanceof Error)) return { name: typeof error, stack: '' };
  // The stack begins with the message, which may contain line breaks.
  const head = error.message === '' ? error.name : `${error.name}: ${error.message}`;
  const stack = error.stack?.startsWith(head) === true ? error.stack.slice(head.length) : '';
  const places = stack.split('\n').map((line) => line.trim());
  return { name: error.name, stack: places.filter((line) => line !== '').join('\n') };
}
