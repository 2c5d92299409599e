/**
 * @module
 * Every code an error can carry, `room.reason`, with what it means. Codes are stable: users alert on them.
 * `docs/errors.md` is compared with this table by a test.
 */
export const codes = {
  // dataweave: expressions
  'dataweave.unexpected-token': 'The expression is not well formed at this place.',
} as const satisfies Record<`${string}.${string}`, string>;

export type Code = keyof typeof codes;
