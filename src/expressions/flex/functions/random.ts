/**
 * @module
 * The one function of `dw::Core` that does not depend on its arguments.
 */
import type { FunctionRow } from '../values.ts';

export const randomFunctions: readonly FunctionRow[] = [
  {
    module: 'dw::Core',
    name: 'uuid',
    signature: 'uuid(): String',
    summary: 'A random UUID, version 4; another one for every request.',
    arity: { exactly: 0 },
    random: true,
    profiles: { flex: (call) => call.randomId(), dataweave: undefined },
  },
];
