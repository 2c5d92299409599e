/**
 * @module
 * What is written for each platform, over random parts: it parses, asks for exactly what is read, fails closed, and is
 * the same each time. `test/e2e/generated-envoy.test.ts` shows that Envoy runs it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import type { EnvoyPart } from '../../src/envoy/envoy-part.ts';
import type { Platform } from '../../src/envoy/platform.ts';
import { type PlatformName, platforms } from '../../src/envoy/platforms.ts';
import { defaultsOf, envoyPart, withinKgateway } from './envoy-parts.ts';

/** The names by which the platforms say the same. */
interface Words {
  readonly attributes: string;
  readonly forwarded: readonly string[];
  readonly received: readonly string[];
  readonly fails: readonly [key: string, value: unknown];
  /** The limit of requests in flight. */
  readonly limit: string;
  /** What keeps trailers from the upstream. */
  readonly trailers: readonly [key: string, value: unknown];
  /** The part without what the platform refuses. */
  possible(part: EnvoyPart): EnvoyPart;
}

const removesTrailers = [
  'request_trailers_mutations',
  [{ remove_on_match: { key_matcher: { safe_regex: { regex: '.*' } } } }],
] as const;
const anyPart = (part: EnvoyPart): EnvoyPart => part;

const ofEnvoy: Words = {
  attributes: 'request_attributes',
  forwarded: ['forwarding_namespaces', 'untyped'],
  received: ['receiving_namespaces', 'untyped'],
  fails: ['failure_mode_allow', false],
  limit: 'max_requests',
  trailers: removesTrailers,
  possible: anyPart,
};
const words: Readonly<Record<PlatformName, Words>> = {
  envoy: ofEnvoy,
  istio: ofEnvoy,
  'envoy-gateway': {
    attributes: 'attributes',
    forwarded: ['accessibleNamespaces'],
    received: ['writableNamespaces'],
    fails: ['failOpen', false],
    limit: 'maxParallelRequests',
    trailers: removesTrailers,
    possible: anyPart,
  },
  kgateway: {
    attributes: 'attributes',
    forwarded: ['forwarding', 'untyped'],
    received: ['receiving'],
    fails: ['failOpen', false],
    limit: 'maxRequests',
    trailers: ['requestTrailerMode', 'SEND'],
    possible: withinKgateway,
  },
};

function documentsOf(platform: Platform, part: EnvoyPart): readonly unknown[] {
  const { files } = platform.generate(part, defaultsOf(platform));
  return files.flatMap(({ text }) =>
    parseAllDocuments(text).map((document) => {
      assert.deepEqual(document.errors, [], text);
      assert.deepEqual(document.warnings, [], text);
      return document.toJS() as unknown;
    }),
  );
}

/** The values of all keys with these names, one below the other. */
function valuesAt(data: unknown, [first = '', ...rest]: readonly string[]): readonly unknown[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    const found = key !== first ? [] : rest.length === 0 ? [value as unknown] : valuesAt(value, rest);
    return [...found, ...valuesAt(value, [first, ...rest])];
  });
}

/** Each header as a matcher of the platform names it. */
function removedIn(data: unknown, part: EnvoyPart): readonly string[] {
  const texts = [
    ...valuesAt(data, ['early_header_mutation_extensions', 'remove']),
    ...valuesAt(data, ['early_header_mutation_extensions', 'regex']),
    ...valuesAt(data, ['earlyRequestHeaders', 'value']),
    ...valuesAt(data, ['earlyRequestHeaderModifier', 'remove']).flat(),
  ].map(String);
  const names = [...part.copies.removed, ...part.copies.kept, ...part.copies.uncertain];
  return [...new Set(names)].filter((name) =>
    texts.some((text) => text === name || new RegExp(`^${text}$`).test(name)),
  );
}

const names = Object.keys(platforms) as PlatformName[];
for (const name of names) {
  const [platform, say] = [platforms[name], words[name]];

  test(`${name}: any part is written as YAML with exactly what is read`, () => {
    fc.assert(
      fc.property(envoyPart.map(say.possible), (part) => {
        assert.deepEqual(platform.refusals(part, defaultsOf(platform)), []);
        const data = documentsOf(platform, part);
        const sorted = (read: ReadonlyMap<string, unknown>): unknown[] =>
          read.size === 0 ? [] : [[...read.keys()].sort()];
        assert.deepEqual(valuesAt(data, [say.attributes]), sorted(part.reads.attributes));
        assert.deepEqual(valuesAt(data, say.forwarded), sorted(part.reads.namespaces));
        assert.deepEqual(valuesAt(data, say.received), part.publishesVariables ? [['mintproc']] : []);
        assert.deepEqual(valuesAt(data, [say.fails[0]]), [say.fails[1]]);
        for (const limit of valuesAt(data, [say.limit])) assert.equal(limit, 100_000);
        assert.ok(valuesAt(data, [say.limit]).length > 0);
        assert.deepEqual(valuesAt(data, [say.trailers[0]]), [say.trailers[1]]);
        const removed = removedIn(data, part);
        assert.deepEqual(
          part.copies.removed.filter((header) => !removed.includes(header)),
          [],
        );
      }),
      { numRuns: 150 },
    );
  });

  test(`${name}: the same part is written in the same way, in whatever order it was read`, () => {
    fc.assert(
      fc.property(envoyPart.map(say.possible), (part) => {
        const { attributes, namespaces } = part.reads;
        const turned = (read: typeof attributes): typeof attributes => new Map([...read].reverse());
        const again = { ...part, reads: { attributes: turned(attributes), namespaces: turned(namespaces) } };
        const values = defaultsOf(platform);
        assert.deepEqual(platform.generate(again, values), platform.generate(part, values));
      }),
      { numRuns: 50 },
    );
  });
}
