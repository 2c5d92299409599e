/**
 * @module
 * The settings that docs/operations.md shows are those of envoy.yaml.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { EnvoyConfig } from '../../demo/envoy-config.ts';
import { blocksRunBy } from '../docs/run-pages/blocks-run-by.ts';

const project = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(project, 'docs', 'operations.md'), 'utf8');
const config = new EnvoyConfig(readFileSync(join(project, 'envoy.yaml'), 'utf8'));
const marked = blocksRunBy('docs/operations.md', import.meta.filename);
const blocks = marked.map(({ text }) => parse(text) as object);

test('the filter is the one of envoy.yaml', () => {
  const shown = blocks.find((block) => 'typed_config' in block);
  assert.deepEqual(shown, config.get(config.filter('envoy.filters.http.ext_proc')));
});

test('so are the circuit breakers', () => {
  const shown = blocks.find((block) => 'circuit_breakers' in block);
  assert.deepEqual(shown, { circuit_breakers: config.get([...config.cluster('mintproc'), 'circuit_breakers']) });
});

test('its links lead somewhere', () => {
  const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target);
  assert.deepEqual(
    links.filter((target) => !existsSync(join(project, 'docs', target))),
    [],
  );
});
