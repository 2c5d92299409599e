/**
 * @module
 * What is mutated and which tests judge it, a row for each area. Only tests that run in the process that holds the
 * mutants can judge: those that start processes see the code as it is written.
 */

export interface Area {
  /** Patterns of source files. */
  readonly sources: readonly string[];
  /** Patterns of test files. */
  readonly tests: readonly string[];
  /** How many mutants are tried, if not all. */
  readonly sample?: number;
  /** Percent of the tried mutants, without the equivalent ones, that must be detected. */
  readonly minimum: number;
}

/** Of an area whose survivors were all looked at. */
const whole = 95;

const named = {
  'reuse-key': {
    minimum: whole,
    sources: ['src/mint/{reuse,reuse-memory,values}.ts'],
    tests: ['test/mint/*.test.ts', 'test/configuration/reuse-bytes.test.ts'],
  },
  identity: {
    minimum: whole,
    sources: ['src/identity/*.ts'],
    tests: [
      'test/identity/*.test.ts',
      'test/decision/decide.test.ts',
      'test/dialects/flex/callers.test.ts',
      'test/cli/schema-files.test.ts',
    ],
  },
  routing: {
    minimum: whole,
    sources: ['src/routing/*.ts'],
    tests: ['test/routing/*.test.ts', 'test/decision/decide.test.ts'],
  },
  codec: {
    minimum: whole,
    sources: ['src/extproc/codec/*.ts', 'src/extproc/authz/{wire-check,encode-check}.ts'],
    tests: [
      'test/extproc/codec/*.test.ts',
      'test/extproc/authz/check-{codec,examples}.test.ts',
      'test/extproc/{exchange,headers,member-order,respond,struct,wire}.test.ts',
    ],
  },
  rotation: {
    minimum: whole,
    sources: [
      'src/keys/{rotation,ring-state,generations,successor-key,dated-name}.ts',
      'src/mint/rotating.ts',
      'src/configuration/keys/key-rings.ts',
    ],
    tests: [
      'test/keys/{rotation,ring-state,terms,dated-name,generations,successor-key}.test.ts',
      'test/mint/{rotating,minter}.test.ts',
      'test/configuration/{key-rings,rotation,declared-keys,shown-keys,jwks-documents}.test.ts',
      'test/configuration/{without-keys,outside-keys,certificate-ends}.test.ts',
      'test/cli/keys.test.ts',
    ],
  },
} as const satisfies Readonly<Record<string, Area>>;

export const areas: Readonly<Record<string, Area>> = {
  ...named,
  rest: {
    // Each sample is a new one: the survivors of none but the first two have been looked at.
    minimum: 75,
    sources: [
      'src/{decision,diagnostics,dialects,documents,expressions,jose,keys,mint,plan,request}/**/*.ts',
      'src/{configuration,extproc,verification}/**/*.ts',
      ...Object.values(named).flatMap(({ sources }) => sources.map((pattern) => `!${pattern}`)),
    ],
    tests: [
      'test/{decision,diagnostics,dialects,documents,expressions,jose,keys,mint,plan,request}/**/*.test.ts',
      'test/{configuration,extproc,verification,identity,routing}/**/*.test.ts',
      'test/observe/missing-reads.test.ts',
      'test/publishing/state-document.test.ts',
      // What the code says of itself: the tables of the documentation, and the schemas.
      'test/docs/pages.test.ts',
      'test/playground/language/language-tables.test.ts',
      'test/cli/schema-files.test.ts',
      // They start processes, or take longer than all that they could judge is worth.
      '!test/configuration/{checker,envoy-reads}.test.ts',
      '!test/expressions/hostile/growth.test.ts',
      '!test/extproc/{codec/**,authz/check-codec.test.ts}',
      '!test/extproc/transports/{peers/**,native/memory.test.ts,{client-names,deadlines,listen,resets}.test.ts}',
      '!test/keys/outside/moto.test.ts',
    ],
    sample: 1500,
  },
};
