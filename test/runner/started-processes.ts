/**
 * @module
 * Loaded before each test file whose coverage is measured (`--import`). The processes that the file starts have no
 * coverage, and they load code that an earlier process has compiled.
 *
 * Code from the cache has no counters for its blocks, so the test file itself does not use the cache.
 */
import { compileCache } from './compile-cache.ts';

delete process.env['NODE_V8_COVERAGE'];
process.env['NODE_COMPILE_CACHE'] = compileCache;
