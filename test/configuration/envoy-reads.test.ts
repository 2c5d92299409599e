import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { JsonObject } from '../../src/diagnostics/json.ts';
import * as apigee from '../dialects/apigee/conformance-case.ts';
import * as datapower from '../dialects/datapower/conformance-case.ts';
import { checkAll, checkWithoutKeys, type Files } from './check-reads.ts';
import { flexPolicy, memoryFiles, secret } from './memory-files.ts';

function cases<T>(suite: string): readonly T[] {
  const folder = new URL(`../conformance/${suite}/`, import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.flatMap((name) => parse(readFileSync(new URL(name, folder), 'utf8')) as T[]);
}

/** The expressions of a corpus that name an input of the request. */
function expressionsIn(name: string): readonly string[] {
  const file = new URL(`../conformance/dataweave/${name}`, import.meta.url);
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && /attributes|authentication/.test(line))
    .map((line) => (JSON.parse(line) as { readonly expr: string }).expr);
}

/** Files of expressions, and the entry of a policy that has one. */
const corpora: readonly (readonly [file: string, entry: JsonObject])[] = [
  ...['inputs', 'selection', 'values', 'strings', 'functions', 'grammar', 'names', 'load', 'corpus'].map(
    (name) => [`${name}.jsonl`, {}] as const,
  ),
  ...['arguments', 'core', 'declarations', 'differences', 'quotes', 'selectors', 'type-functions'].map(
    (name) => [`full-${name}.jsonl`, { expressions: 'dataweave' }] as const,
  ),
];

function alone(policy: string, entry: JsonObject = {}): Files {
  const configuration = {
    policies: [{ name: 'policy', file: 'policy.yaml', key: { text: secret }, ...entry }],
    routes: [{ match: {}, policies: ['policy'] }],
  };
  return { 'mintproc.yaml': JSON.stringify(configuration), 'policy.yaml': policy };
}

/** By suite: the configuration of each case, and how many of them load at least. */
const suites: readonly (readonly [suite: string, loaded: number, files: () => readonly Files[]])[] = [
  ['apigee', 290, () => cases<apigee.Case>('apigee').map(apigee.filesOf)],
  ['datapower', 190, () => cases<datapower.Case>('datapower').map(datapower.filesOf)],
  [
    'flex',
    25,
    () =>
      cases<{ readonly policy?: string }>('flex').flatMap(({ policy }) =>
        policy === undefined ? [] : [alone(policy)],
      ),
  ],
  [
    'expressions',
    170,
    () =>
      corpora.flatMap(([name, entry]) =>
        expressionsIn(name).map((expression) => alone(flexPolicy({ value: `#[${expression}]` }, ''), entry)),
      ),
  ],
];

for (const [suite, atLeast, filesOf] of suites) {
  test(`the conformance policies read no more of Envoy than they say: ${suite}`, () => {
    let loaded = 0;
    for (const files of filesOf()) {
      const { environment } = apigee;
      const { snapshot } = loadConfiguration('mintproc.yaml', { files: memoryFiles(files), environment });
      if (snapshot === undefined) continue;
      loaded++;
      checkWithoutKeys(files, snapshot);
      checkAll(files, snapshot);
    }
    assert.ok(loaded >= atLeast, `${loaded} loaded`);
  });
}
