/**
 * @module
 * What a night runs, in its order: searches, fuzzing, then what compares with other programs and other versions, and the
 * long scripts.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fuzzTargets } from '../fuzz/index.ts';
import { areas } from '../mutation/areas.ts';
import { searches } from '../search/index.ts';
import type { Item } from './item.ts';
import {
  dataweaveOracle,
  envoyVersion,
  flexOracle,
  h2spec,
  mutator,
  needPrometheus,
  newestNode,
  otherEnvoys,
} from './others.ts';

const root = join(import.meta.dirname, '..', '..');

/** Seconds that each fuzz target is tried, unless the whole night is shortened. */
const fuzzSeconds = 300;
/** Seconds for the mutants of an area. Measuring comes before, and the job of the workflow ends after 300 minutes. */
const mutationSeconds = 220 * 60;
/** Expressions of a comparison with a vendor's evaluator; about 500 take a second. */
const comparedPerSecond = 250;
const comparedSeconds = 600;

/** Other random inputs each night, which the night can be repeated with. */
const day = Math.floor(Date.now() / 86_400_000);

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

/** Hostile requests by each filter and codec: the search alone takes one of the filters by chance. */
function hostile(name: string, parity: 0 | 1, environment: Readonly<Record<string, string>> = {}): Item {
  return {
    name: `hostile/${name}`,
    isTimed: true,
    async prepare(seconds) {
      const time = seconds === undefined ? [] : ['--seconds', String(seconds)];
      const seed = String(2 * day + parity);
      return { arguments: ['--expose-gc', 'test/search/main.ts', 'hostile', '--seed', seed, ...time], environment };
    },
  };
}

function mutation(area: string): Item {
  return {
    name: `mutation/${area}`,
    isTimed: true,
    async prepare(seconds = mutationSeconds) {
      await mutator();
      const minutes = String(Math.max(1, Math.round(seconds / 60)));
      const program = ['--disable-warning=ExperimentalWarning', 'test/mutation/main.ts'];
      return { arguments: [...program, '--area', area, '--seed', String(day), '--minutes', minutes], leftCode: 3 };
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
      const first = 1_000 * (day % 100_000);
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

/** They start Envoy, a browser or the benchmark, judge the repository, or are no tests. */
const otherTests = ['architecture', 'bench', 'conformance', 'demo', 'deploy', 'docs', 'e2e', 'examples', 'playground'];

const nodeTests = globSync('*/', { cwd: join(root, 'test') })
  .filter((name) => !otherTests.includes(name))
  .map((name) => `test/${name}/`);

interface Script {
  readonly name: string;
  /** If it has an option `--minutes`: the fewest that show something. */
  readonly leastMinutes?: number;
  /** Fetches what it needs. @throws Left */
  fetch?(): Promise<void>;
}

/** Scripts of `package.json`; those that are searches, too, are items already. */
const scripts: readonly Script[] = [
  { name: 'alerts', fetch: needPrometheus },
  { name: 'rotate-under-load' },
  { name: 'faults' },
  // In its first minutes, the heap grows in every run.
  { name: 'soak', leastMinutes: 5 },
];

function script({ name, leastMinutes, fetch }: Script): Item {
  return {
    name,
    isTimed: leastMinutes !== undefined,
    async prepare(seconds) {
      await fetch?.();
      if (seconds === undefined || leastMinutes === undefined)
        return { file: 'npm', arguments: ['run', '--silent', name] };
      const minutes = String(Math.max(leastMinutes, Math.round(seconds / 60)));
      return { file: 'npm', arguments: ['run', '--silent', name, '--', '--minutes', minutes] };
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
  hostile('ext_proc', 0),
  hostile('ext_authz', 1),
  hostile('grpc-js', 0, { MINTPROC_E2E_TRANSPORT: 'grpc-js' }),
  ...scripts.map(script),
  ...Object.keys(areas).map(mutation),
];
