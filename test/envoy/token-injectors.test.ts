/**
 * @module
 * The filters of tokens in files, over random parts: whatever the names, each route that has a token enables exactly
 * its filter, and mintproc is not asked there. `test/e2e/token-files.test.ts` shows that Envoy runs it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { envoyPlatform } from '../../src/envoy/envoy.ts';
import { defaultsOf, envoyPart, injectedTokens } from './envoy-parts.ts';

interface Filter {
  readonly name: string;
  readonly disabled?: boolean;
}

test('any tokens are written as YAML: disabled filters, and the route without a name enables its own', () => {
  fc.assert(
    fc.property(envoyPart, injectedTokens, (part, injected) => {
      const values = defaultsOf(envoyPlatform);
      const [file] = envoyPlatform.generate({ ...part, injected }, values).files;
      const [{ filter_chains }] = parse(file?.text ?? '').static_resources.listeners;
      const { http_filters, route_config } = filter_chains[0].filters[0].typed_config;
      const filters = (http_filters as readonly Filter[]).filter(({ name }) => name.startsWith('mintproc.token.'));
      const policies = [...new Set(injected.map(({ policy }) => `mintproc.token.${policy}`))];
      assert.deepEqual(
        filters.map(({ name }) => name),
        policies,
      );
      assert.ok(filters.every(({ disabled }) => disabled === true));
      const all = route_config.virtual_hosts[0].routes.at(-1);
      const own = injected.find(({ routeName }) => routeName === undefined);
      const enabled = Object.keys(all.typed_per_filter_config ?? {});
      const expected = own === undefined ? [] : [`mintproc.token.${own.policy}`, 'envoy.filters.http.ext_proc'];
      assert.deepEqual(enabled, expected);
    }),
  );
});
