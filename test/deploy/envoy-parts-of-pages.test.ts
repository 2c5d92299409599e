/**
 * @module
 * The parts of an Envoy configuration that pages show beside those of envoy.yaml: Envoy itself finds nothing wrong with
 * envoy.yaml and these.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { prepareCredentials } from '../../demo/credentials.ts';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { blocksRunBy } from '../docs/run-pages/blocks-run-by.ts';
import { findEnvoy } from '../e2e/harness/find-envoy.ts';
import { localEnvoy } from './samples/envoy-parts.ts';

const { file: envoy, skip } = await findEnvoy();

const folder = mkdtempSync(join(tmpdir(), 'mintproc-pages-'));
before(async () => {
  await prepareCredentials(folder);
});
after(() => rmSync(folder, { recursive: true }));

type Part = Readonly<Record<string, unknown>>;

const partsOf = (blocks: ReturnType<typeof blocksRunBy>): readonly Part[] => blocks.map(({ text }) => parse(text));

const pages: readonly (readonly [page: string, parts: readonly Part[]])[] = [
  ['docs/operations.md', partsOf(blocksRunBy('docs/operations.md', import.meta.filename))],
  ['docs/ext-authz.md', partsOf(blocksRunBy('docs/ext-authz.md', import.meta.filename))],
];

/** Where a part goes, by its first key. */
const places: Readonly<Record<string, (config: EnvoyConfig, part: Part) => void>> = {
  endpoint: (config, part) => {
    const endpoints = ['load_assignment', 'endpoints', 0, 'lb_endpoints', 0, 'endpoint'];
    config.set([...config.cluster('mintproc'), ...endpoints], part['endpoint']);
  },
  typed_per_filter_config: (config, part) =>
    config.set([...config.route, 'typed_per_filter_config'], part['typed_per_filter_config']),
  name: (config, part) => config.set(config.filter('envoy.filters.http.ext_proc'), part),
};

for (const [page, parts] of pages) {
  test(`${page}: Envoy takes ${parts.map((part) => Object.keys(part)[0]).join(' and ')}`, { skip }, () => {
    const config = localEnvoy();
    config.setCallerKeys(join(folder, 'caller.jwks.json'));
    for (const part of parts) {
      const place = places[Object.keys(part)[0] ?? ''];
      assert.ok(place, 'a part without a place');
      place(config, part);
    }
    const file = join(folder, 'envoy.yaml');
    writeFileSync(file, config.toString());
    const line = ['--mode', 'validate', '-c', file, '--log-level', 'error'];
    const { status, stderr } = spawnSync(envoy, line, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
}
