/**
 * What completion and hover know is what the code runs: nothing is missing, and nothing is made up.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  attributeSentences,
  elementSentences,
  flowVariableSentences,
  templateFunctionSentences,
} from '../../../src/dialects/apigee/documentation.ts';
import { grammarPlaces } from '../../../src/dialects/apigee/elements.ts';
import { flowVariable, flowVariablePatterns } from '../../../src/dialects/apigee/flow-variables.ts';
import { templateFunctions } from '../../../src/dialects/apigee/template-functions.ts';
import { contextVariable, contextVariablePatterns } from '../../../src/dialects/datapower/context-variables.ts';
import { requestVariableSentences } from '../../../src/dialects/datapower/documentation.ts';
import { propertiesSchema } from '../../../src/dialects/datapower/schema.ts';
import { canonicalName } from '../../../src/dialects/datapower/variable-names.ts';
import { functionsByModule } from '../../../src/expressions/dataweave/functions/index.ts';
import { functionRows } from '../../../src/expressions/flex/functions/index.ts';
import type { FileKind, KeyWord, ProfileName, Word } from '../../../src/playground/interface.ts';
import { languageTables } from '../../../src/playground/language/language-tables.ts';
import { schemaWords } from '../../../src/playground/language/schema-words.ts';
import { checkRequestObjects } from '../../../src/trial/request-objects.ts';

const tables = languageTables();

const allWords: [table: string, words: readonly Word[]][] = [
  ...Object.entries(tables.profiles).flatMap(
    ([profile, { functions, members, keywords }]): [string, readonly Word[]][] => [
      [`functions of ${profile}`, functions],
      [`members of ${profile}`, members],
      [`keywords of ${profile}`, keywords],
    ],
  ),
  ...Object.entries(tables.files),
  ...Object.entries(tables.variables).map(([dialect, words]): [string, readonly Word[]] => [
    `variables of ${dialect}`,
    words,
  ]),
];

suite('each word has a sentence', () => {
  for (const [table, words] of allWords) {
    test(table, () => {
      assert.ok(words.length > 0);
      assert.deepEqual(
        words.filter(({ documentation }) => !/\S{2}.*[.:]$/s.test(documentation)),
        [],
      );
    });
  }
});

suite('each word is in its table once', () => {
  for (const [table, words] of allWords) {
    test(table, () => {
      const names = words.map((word) => ('path' in word ? `${word.path} ${word.name}` : word.name));
      assert.deepEqual(
        names.filter((name, i) => names.indexOf(name) !== i),
        [],
      );
    });
  }
});

const functionCounts: [profile: ProfileName, count: number][] = [
  ['flex', functionRows.length],
  ['dataweave', [...functionsByModule.values()].reduce((count, rows) => count + rows.size, 0)],
];

for (const [profile, count] of functionCounts) {
  test(`each function of ${profile} has a signature and an example`, () => {
    const { functions } = tables.profiles[profile];
    assert.equal(functions.length, count);
    assert.deepEqual(
      functions.filter(({ signature, example }) => signature === '' || example === undefined),
      [],
    );
  });
}

const keys: [file: FileKind, path: string, name: string, values: string | undefined][] = [
  ['configuration', '', 'policies', undefined],
  ['configuration', 'policies[].key', 'file', undefined],
  ['configuration', 'policies[]', 'expressions', 'dataweave'],
  ['configuration', 'routes[].match', 'pathPrefix', undefined],
  ['configuration', 'authentication.sources[]', 'from', 'peer'],
  ['configuration', 'variables.*', 'template', undefined],
  ['flex', '[]', 'policyRef', undefined],
  ['flex', '[].policyRef', 'name', 'jwt-generation-flex'],
  ['flex', '**.config', 'signingMethod', 'ES256'],
  ['flex', '**.config.customClaims[]', 'value', undefined],
  ['flex', '**.config', 'iat', 'false'],
  ['apigee', 'GenerateJWT', 'Issuer', undefined],
  ['apigee', 'GenerateJWT/AdditionalClaims/Claim', '@type', 'map'],
  ['apigee', 'GenerateJWT', '@continueOnError', 'true'],
  ['datapower', '**.jwt-generate', 'jws-alg', 'PS512'],
  ['datapower', '**.execute[]', 'jwt-generate', undefined],
  ['datapower', '**.actions[]', 'set', undefined],
];

suite('keys', () => {
  for (const [file, path, name, value] of keys) {
    test(`${file}: ${name} at ${path || 'the top'}${value === undefined ? '' : `, with the value ${value}`}`, () => {
      const found = tables.files[file].find((word) => word.path === path && word.name === name);
      assert.ok(found, 'not in the table');
      assert.ok(value === undefined || found.values.includes(value), `values: ${found.values.join(', ')}`);
    });
  }

  test('of a context can be in one', () => {
    const sections = Object.groupBy(tables.files.context, ({ path }) => path);
    const inside = (name: string) => Object.fromEntries((sections[name] ?? []).map((word) => [word.name, null]));
    const context = Object.fromEntries((sections[''] ?? []).map(({ name }) => [name, inside(name)]));
    assert.deepEqual(Object.keys(inside('authentication')), ['principal', 'clientId', 'clientName', 'properties']);
    checkRequestObjects(context, 'The context', ['payload', 'vars']);
  });

  test('of jwt-generate are those of its schema', () => {
    const found = tables.files.datapower.filter(({ path }) => path === '**.jwt-generate').map(({ name }) => name);
    assert.deepEqual(found, Object.keys(propertiesSchema.shape));
  });
});

test('a schema that contains itself has an end, and its keys are found at any depth', () => {
  const node = {
    properties: { name: { description: 'A name.' }, inner: { description: 'One.', $ref: '#/definitions/node' } },
  };
  const words = schemaWords({ $ref: '#/definitions/node', definitions: { node } });
  assert.deepEqual(
    words.map(({ path, name }: KeyWord) => `${path} ${name}`),
    [' name', ' inner', '**.inner name', '**.inner inner'],
  );
});

suite('Apigee', () => {
  test('sentences are of every element, and of no other', () => {
    const elements = [...grammarPlaces()].filter(({ name }) => !name.startsWith('@'));
    const paths = elements.map(({ path, name }) => (path === '' ? name : `${path}/${name}`));
    assert.deepEqual(Object.keys(elementSentences).sort(), paths.sort());
  });

  test('each sentence of an attribute is shown', () => {
    const shown = new Set(tables.files.apigee.map(({ documentation }) => documentation));
    assert.deepEqual(
      Object.values(attributeSentences).filter((sentence) => !shown.has(sentence)),
      [],
    );
  });

  for (const name of Object.keys(flowVariableSentences)) {
    test(`the flow variable ${name} exists`, () => {
      assert.ok(flowVariable(name.replace(/\bN\b/, '1')));
    });
  }

  test('each kind of flow variable has a sentence', () => {
    const names = Object.keys(flowVariableSentences).map((name) =>
      name.replace(/^request\./, '').replace(/\bN\b/, '1'),
    );
    const unnamed = flowVariablePatterns.filter((pattern) => !names.some((name) => pattern.test(name)));
    assert.deepEqual(unnamed, []);
  });

  test('each function of templates has a sentence', () => {
    assert.deepEqual(Object.keys(templateFunctionSentences).sort(), [...templateFunctions.keys()].sort());
  });
});

suite('API Connect', () => {
  for (const name of Object.keys(requestVariableSentences)) {
    test(`the context variable ${name} exists`, () => {
      assert.ok(contextVariable(canonicalName(name), []));
    });
  }

  test('each kind of context variable has a sentence', () => {
    const names = Object.keys(requestVariableSentences);
    const unnamed = contextVariablePatterns.filter((pattern) => !names.some((name) => pattern.test(name)));
    assert.deepEqual(unnamed, []);
  });
});
