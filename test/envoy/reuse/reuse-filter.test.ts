/**
 * @module
 * What `gen envoy` writes so that Envoy keeps tokens, over random parts and keys. `test/e2e/kept-tokens/` shows that
 * Envoy runs it.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { EnvoyPart } from '../../../src/envoy/envoy-part.ts';
import { platforms } from '../../../src/envoy/platforms.ts';
import type { KeptByEnvoy, KeyCaller, KeyPart } from '../../../src/request/envoy-reuse.ts';
import { defaultsOf, envoyPart, injectedTokens } from '../envoy-parts.ts';
import { LuaEnvoy } from './lua-envoy.ts';

const payload = fc.oneof(fc.constantFrom('payload', 'a"b', '\\', ']]', '\n', 'é'), fc.string({ minLength: 1 }));
const caller: fc.Arbitrary<KeyCaller> = fc.oneof(
  fc.constantFrom<KeyCaller>({ kind: 'none' }, { kind: 'certificate' }),
  fc.record({ kind: fc.constant('token' as const), header: fc.constant('authorization'), payload }),
);
const keyPart: fc.Arbitrary<KeyPart> = fc.oneof(
  fc.constantFrom<KeyPart>({ kind: 'path' }, { kind: 'query' }),
  fc.record({ kind: fc.constant('header' as const), name: fc.stringMatching(/^:?[a-z][a-z0-9_.~"'\\-]{0,20}$/) }),
);
const kept: fc.Arbitrary<KeptByEnvoy> = fc.record({
  key: fc.record({ caller, parts: fc.array(keyPart, { maxLength: 4 }) }),
  digest: fc.base64String({ minLength: 1 }),
  policies: fc.constant(['partner']),
  notKept: fc.subarray(['others']),
  conditions: fc.subarray(['x-region', 'tenant']),
});

/** Some with tokens in files. */
const partWithFiles = fc
  .tuple(envoyPart, fc.option(injectedTokens, { nil: [] }))
  .map(([part, injected]) => ({ ...part, injected }));

interface Filter {
  readonly name: string;
  readonly typed_config: Readonly<Record<string, unknown>>;
}

interface Manager {
  readonly http_filters: readonly Filter[];
  readonly early_header_mutation_extensions?: unknown;
  readonly route_config: {
    readonly request_headers_to_remove?: readonly string[];
    readonly virtual_hosts: readonly [{ readonly routes: readonly { readonly typed_per_filter_config?: object }[] }];
  };
}

function generated(part: EnvoyPart): { readonly manager: Manager; readonly notes: readonly string[] } {
  const platform = platforms.envoy;
  const { files, notes } = platform.generate(part, defaultsOf(platform));
  const root = parse(files[0]?.text ?? '') as {
    static_resources: { listeners: [{ filter_chains: [{ filters: [{ typed_config: Manager }] }] }] };
  };
  const [{ filter_chains: chains }] = root.static_resources.listeners;
  return { manager: chains[0].filters[0].typed_config, notes };
}

const configOf = ({ http_filters: filters }: Manager, name: string): Filter['typed_config'] =>
  filters.find((filter) => filter.name === name)?.typed_config ?? {};

suite('the part of an Envoy that keeps tokens', () => {
  test('has the filter directly before mintproc, a rule that skips mintproc, and a route that opts in', () => {
    fc.assert(
      fc.property(partWithFiles, kept, (part, reuse) => {
        const { manager } = generated({ ...part, reuse });
        const names = manager.http_filters.map(({ name }) => name);
        assert.equal(names.indexOf('mintproc.reuse') + 1, names.indexOf('envoy.filters.http.ext_proc'));
        // Another route could have another key, or none.
        assert.equal(configOf(manager, 'mintproc.reuse')['clear_route_cache'], false);
        const wrapped = configOf(manager, 'envoy.filters.http.ext_proc');
        const { typed_config: own } = wrapped['extension_config'] as Filter;
        assert.equal(own['failure_mode_allow'], false);
        const { forwarding_namespaces: sent, receiving_namespaces: received } = own['metadata_options'] as Record<
          string,
          { readonly untyped: readonly string[] }
        >;
        assert.ok(sent?.untyped.includes('mintproc.reuse') && received?.untyped.includes('mintproc.reuse'));
        assert.match(JSON.stringify(wrapped['xds_matcher']), /"filter":"mintproc.reuse","path":\[\{"key":"hit"\}\]/);
        const routes = manager.route_config.virtual_hosts[0].routes;
        const hasFile = part.injected.some(({ routeName }) => routeName === undefined);
        const route = JSON.stringify(routes.at(-1));
        assert.equal(/"mintproc.reuse":\{.*"filter_context":\{"route":"all"\}/.test(route), !hasFile);
      }),
      { numRuns: 100 },
    );
  });

  test('has a script that Lua reads, whatever the names are', () => {
    fc.assert(
      fc.property(envoyPart, kept, (part, reuse) => {
        const { default_source_code: code } = configOf(generated({ ...part, reuse }).manager, 'mintproc.reuse');
        const envoy = new LuaEnvoy((code as { readonly inline_string: string }).inline_string);
        const { asks } = envoy.request({ fields: [[':path', '/']], route: 'all', certificate: 'aa' });
        assert.equal(asks, reuse.key.caller.kind === 'token' ? undefined : reuse.digest);
      }),
      { numRuns: 50 },
    );
  });

  test('lets no client send the header of the claims, if there is one', () => {
    fc.assert(
      fc.property(envoyPart, kept, (part, reuse) => {
        const { early_header_mutation_extensions: early } = generated({ ...part, reuse }).manager;
        const isRemoved = JSON.stringify(early ?? '').includes('x[^a-z0-9:]mintproc[^a-z0-9:]caller');
        assert.equal(isRemoved, reuse.key.caller.kind === 'token');
      }),
      { numRuns: 50 },
    );
  });

  test('lets no upstream get the claims, also from a route where the filter is disabled', () => {
    fc.assert(
      fc.property(envoyPart, kept, (part, reuse) => {
        const { request_headers_to_remove: removed } = generated({ ...part, reuse }).manager.route_config;
        assert.deepEqual(removed, reuse.key.caller.kind === 'token' ? ['x-mintproc-caller'] : undefined);
      }),
      { numRuns: 50 },
    );
  });

  test('leaves a request with another spelling of a condition to mintproc', () => {
    fc.assert(
      fc.property(envoyPart, kept, (part, reuse) => {
        const key = { ...reuse.key, caller: { kind: 'none' } as const };
        const { manager } = generated({ ...part, reuse: { ...reuse, key } });
        const { default_source_code: code } = configOf(manager, 'mintproc.reuse');
        const envoy = new LuaEnvoy((code as { readonly inline_string: string }).inline_string);
        for (const name of ['x.region', 'x~region']) {
          const { asks } = envoy.request({
            fields: [
              [':path', '/'],
              [name, 'eu'],
            ],
            route: 'all',
          });
          assert.equal(asks, reuse.conditions.includes('x-region') ? undefined : reuse.digest);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('leaves a request with another spelling of a header that Envoy does not remove to mintproc', () => {
    // The program of its regular expression would be too large for Envoy.
    const long = `${'x-'.repeat(24)}long-token`;
    const copies: [name: string, copies: Partial<EnvoyPart['copies']>, isLeft: boolean][] = [
      [long, { removed: [long] }, true],
      ['x-token', { kept: ['x-token'] }, true],
      ['x-token', { removed: ['x-token'] }, false],
    ];
    fc.assert(
      fc.property(envoyPart, kept, fc.constantFrom(...copies), (part, reuse, [name, changed, isLeft]) => {
        const key = { ...reuse.key, caller: { kind: 'none' } as const };
        const own = { removed: [], kept: [], uncertain: [], ...changed };
        const { manager } = generated({ ...part, copies: own, reuse: { ...reuse, key, conditions: [] } });
        const { default_source_code: code } = configOf(manager, 'mintproc.reuse');
        const envoy = new LuaEnvoy((code as { readonly inline_string: string }).inline_string);
        const fields: [string, string][] = [
          [':path', '/'],
          [name.replace(/-/, '.'), 'mine'],
        ];
        assert.equal(envoy.request({ fields, route: 'all' }).asks, isLeft ? undefined : reuse.digest);
      }),
      { numRuns: 50 },
    );
  });

  test('is said in the notes, with the policies', () => {
    fc.assert(
      fc.property(envoyPart, kept, (part, reuse) => {
        const [note] = generated({ ...part, reuse }).notes.filter((text) => text.startsWith('Envoy keeps'));
        assert.equal(note?.includes('partner'), true);
        assert.equal(note?.includes('others'), reuse.notKept.length > 0);
      }),
      { numRuns: 20 },
    );
  });
});
