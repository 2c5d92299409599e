/**
 * @module
 * An entry with the name `__proto__` is refused at its place in every map of a configuration and of a policy: as a
 * property of an object it would be lost silently.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles, secret } from './memory-files.ts';

const configuration = {
  variables: { a: 'x', b: { value: { c: { d: 1 } } }, e: { header: 'x-e' }, 'private.f': { file: 'key' } },
  keys: { k: { jwk: { kty: 'oct', k: 'c2VjcmV0' } }, l: { versions: [{ file: 'key', passphrase: { env: 'P' } }] } },
  authentication: { sources: [{ from: 'headers', headers: { principal: 'x-p', properties: { role: 'x-r' } } }] },
  log: { audit: { subjectKey: { file: 'key' } } },
  policies: [{ name: 'p', file: 'p.yaml', output: { header: 'x-t' }, key: { text: secret } }],
  routes: [{ match: { host: 'a.example' }, policies: ['p'] }],
};
const datapower = [{ 'jwt-generate': { title: 't', 'iss-claim': 'request.headers.h', 'jws-alg': 'HS256' } }];

const mark = 'REPLACED';

/** The value as JSON, once with an entry `__proto__` in each of its maps. */
function* spoiled(value: unknown, whole: (inner: string) => string = (inner) => inner): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) {
    const more = JSON.stringify({ ...value, [mark]: {} });
    yield whole(more.replace(mark, '__proto__'));
  }
  for (const [name, inner] of Object.entries(value)) {
    const copy = Array.isArray(value) ? Object.assign([...value], { [name]: mark }) : { ...value, [name]: mark };
    yield* spoiled(inner, (text) => whole(JSON.stringify(copy).replace(`"${mark}"`, () => text)));
  }
}

const usual = { 'p.yaml': flexPolicy({ iss: 'a' }), key: secret, 'mintproc.yaml': JSON.stringify(configuration) };
const documents: readonly [name: string, file: string, code: string, texts: readonly string[]][] = [
  ['a configuration', 'mintproc.yaml', 'config.syntax', [...spoiled(configuration)]],
  ['a Flex policy', 'p.yaml', 'policy.syntax', [...spoiled(JSON.parse(flexPolicy({ iss: 'a' })))]],
  ['a DataPower policy', 'p.yaml', 'policy.syntax', [...spoiled(datapower)]],
];

for (const [name, file, code, texts] of documents) {
  test(`${name}: __proto__ is refused at its place in each of ${texts.length} maps`, () => {
    for (const text of texts) {
      const { problems } = loadConfiguration('mintproc.yaml', { files: memoryFiles({ ...usual, [file]: text }) });
      const found = problems.find((problem) => problem.code === code);
      assert.deepEqual([found?.place.file, found?.place.column], [file, text.indexOf('"__proto__"') + 1], text);
    }
  });
}

test('__proto__ in the entry of block YAML, quoted or not', () => {
  for (const key of ['__proto__', "'__proto__'", '"__proto__"', '"__proto\\u005f_"', '? __proto__\n  ']) {
    const rest = Object.entries(configuration).filter(([name]) => name !== 'variables');
    const lines = rest.map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
    const text = `variables:\n  ${key}: a\n${lines.join('')}`;
    const { problems } = loadConfiguration('mintproc.yaml', {
      files: memoryFiles({ ...usual, 'mintproc.yaml': text }),
    });
    assert.ok(
      problems.some(({ code, place }) => code === 'config.syntax' && place.line === 2),
      key,
    );
  }
});
