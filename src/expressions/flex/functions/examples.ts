/**
 * @module
 * An example of each function, for documentation. `serve` does not load it.
 */
import type { FunctionExample } from '../../documentation.ts';

/** By the function's name. */
export const functionExamples: Readonly<Record<string, FunctionExample>> = {
  '++': ["'user-' ++ 7", '"user-7"'],
  '--': ["['a', 'b', 'c'] -- ['b']", '["a","c"]'],
  contains: ["['dev', 'ops'] contains 'dev'", 'true'],
  lower: ["lower('ANA')", '"ana"'],
  upper: ["upper('ana')", '"ANA"'],
  trim: ["trim('  ana ')", '"ana"'],
  splitBy: ["'read write' splitBy ' '", '["read","write"]'],
  uuid: ['sizeOf(uuid())', '36'],
  sizeOf: ["sizeOf('ana')", '3'],
  isEmpty: ['isEmpty([])', 'true'],
  substringBefore: ["dw::core::Strings::substringBefore('ana@example.com', '@')", '"ana"'],
  substringAfter: ["dw::core::Strings::substringAfter('Bearer abc', 'Bearer ')", '"abc"'],
  substringBeforeLast: ["dw::core::Strings::substringBeforeLast('a.b.c', '.')", '"a.b"'],
  substringAfterLast: ["dw::core::Strings::substringAfterLast('a.b.c', '.')", '"c"'],
  toBase64: ["dw::core::Binaries::toBase64('ana')", '"YW5h"'],
  fromBase64: ["upper(dw::core::Binaries::fromBase64('YW5h'))", '"ANA"'],
  // Without `as const` the checker takes it for the method of every object.
  toString: ["dw::util::Coercions::toString(dw::core::Binaries::fromBase64('YW5h'), 'UTF-8')", '"ana"'] as const,
  toBinary: ["dw::core::Binaries::toBase64(dw::util::Coercions::toBinary('ana', 'UTF-8'))", '"YW5h"'],
};
