/**
 * @module
 * What a night runs, in its order: searches, fuzzing, then what compares with other programs and other versions, and the
 * long scripts.
 */
import { fuzzTargets } from '../fuzz/index.ts';
import { searches } from '../search/index.ts';
import type { Item } from './item.ts';
import {
  dataweaveOracle,
  envoyVersion,
  fetchInstrumenter,
  flexOracle,
  h2spec,
  needPrometheus,
  newestNode,
  otherEnvoys,
} from './others.ts';

/** Seconds that each fuzz target is tried, unless the whole night is shortened. */
const fuzzSeconds = 300;
/** Expressions of a comparison with a vendor's evaluator; about 500 take a second. */
const comparedPerSecond = 250;
const comparedSeconds = 600;

function search(name: string): Item {
  return {
    name: `search/${name}`,
    isTimed: true,
    async prepare(seconds) {
      const time = seconds === undefined ? [] : ['--seconds', String(seconds)];
      return { arguments: ['--expose-gc', 'test/search/main.ts', name, ...time] };
    },
  };
}

function fuzzing(name: string): Item {
  return {
    name: `fuzz/${name}`,
    isTimed: true,
    async prepare(seconds = fuzzSeconds) {
      return { arguments: ['test/fuzz/main.ts', name, '--seconds', String(seconds)], leftCode: 3 };
    },
  };
}

type Generated = 'everything' | 'strings' | 'times' | 'arguments';

/**
 * Our engines and the vendor's evaluator, with generated expressions.
 *
 * @param allowed differences in 1000 expressions that are meant
 */
function differential(
  name: string,
  oracle: () => Promise<string>,
  profile: 'flex' | 'dataweave',
  kind: Generated,
  allowed = 0,
): Item {
  return {
    name: `differential/${name}`,
    isTimed: true,
    async prepare(seconds = comparedSeconds) {
      const seeds = Math.max(1, Math.round((seconds * comparedPerSecond) / 1000));
      // Another part of the expressions each day.
      const first = 1_000 * (Math.floor(Date.now() / 86_400_000) % 100_000);
      const numbers = [
        '--seed',
        String(first),
        '--seeds',
        String(seeds),
        '--count',
        '1000',
        '--allowed',
        String(allowed),
      ];
      const what = ['--profile', profile, '--of', kind, '--oracle', await oracle()];
      return { arguments: ['test/expressions/differential.ts', ...what, ...numbers] };
    },
  };
}

/** What of the end-to-end tests says most about a version of Envoy. */
const envoyTests = ['same-token', 'fail-closed', 'spoofing', 'trailers', 'modes', 'ext-authz', 'request-attributes'];

const envoys: readonly Item[] = otherEnvoys.map((version) => ({
  name: `envoy/${version}`,
  isTimed: false,
  async prepare() {
    const environment = { ENVOY: await envoyVersion(version) };
    return { arguments: ['test/run.ts', ...envoyTests.map((name) => `e2e/${name}`)], environment };
  },
}));

/** The tests that do not start Envoy, a browser or the benchmark. */
const nodeTests = [
  ...['configuration', 'decision', 'diagnostics', 'dialects', 'documents', 'expressions', 'extproc', 'identity'],
  ...['jose', 'keys', 'mint', 'net', 'observe', 'plan', 'publishing', 'request', 'routing', 'serving', 'trial'],
].map((room) => `test/${room}/`);

interface Script {
  readonly name: string;
  /** Whether it has an option `--minutes`. */
  readonly isTimed?: boolean;
  /** Fetches what it needs. @throws Left */
  fetch?(): Promise<void>;
}

/** Scripts of `package.json`; those that are searches, too, are items already. */
const scripts: readonly Script[] = [
  { name: 'alerts', fetch: needPrometheus },
  { name: 'rotate-under-load' },
  { name: 'faults' },
  { name: 'soak', isTimed: true },
  { name: 'mutation', isTimed: true, fetch: fetchInstrumenter },
];

function script({ name, isTimed = false, fetch }: Script): Item {
  return {
    name,
    isTimed,
    async prepare(seconds) {
      await fetch?.();
      const minutes = seconds === undefined ? [] : ['--', '--minutes', String(Math.max(1, Math.round(seconds / 60)))];
      return { file: 'npm', arguments: ['run', '--silent', name, ...(isTimed ? minutes : [])] };
    },
  };
}

export const items: readonly Item[] = [
  ...Object.keys(searches).map(search),
  ...Object.keys(fuzzTargets).map(fuzzing),
  {
    name: 'h2spec',
    isTimed: false,
    prepare: async () => ({
      arguments: ['test/extproc/transports/native/h2spec.ts', '--h2spec', await h2spec()],
    }),
  },
  differential('flex', flexOracle, 'flex', 'everything'),
  differential('flex-strings', flexOracle, 'flex', 'strings'),
  differential('dataweave', dataweaveOracle, 'dataweave', 'everything', 5),
  differential('dataweave-times', dataweaveOracle, 'dataweave', 'times'),
  differential('dataweave-arguments', dataweaveOracle, 'dataweave', 'arguments', 5),
  {
    name: 'tokens',
    isTimed: false,
    prepare: async () => ({
      arguments: [
        'test/run.ts',
        'test/jose/',
        'e2e/vendor-examples',
        'e2e/peers',
        'apigee-examples',
        'datapower-examples',
      ],
    }),
  },
  {
    name: 'node/newest',
    isTimed: false,
    prepare: async () => ({ file: await newestNode(), arguments: ['test/run.ts', ...nodeTests] }),
  },
  ...envoys,
  ...scripts.map(script),
];
