import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { circles } from './architecture/circles.ts';
import { duplicates } from './architecture/duplicates.ts';
import { rooms } from './architecture/rooms.ts';
import { findings, longestFile, outsideFindings, widestComment } from './architecture/rules.ts';
import { importsOf, roomOf, type SourceFile } from './architecture/source-file.ts';
import { holdsCode } from './runner/coverage.ts';

const root = join(import.meta.dirname, '..');

function read(pattern: string): SourceFile[] {
  return globSync(pattern, { cwd: root }).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const sources = read('src/**/*.{ts,tsx}');
const roomNames = Object.keys(rooms);

test('src/ keeps the rules', () => {
  assert.ok(sources.length > 0);
  assert.deepEqual(sources.flatMap(findings), []);
});

test('test/, demo/, bench/ and site/ keep the rules on names and length', () => {
  const others = [...read('{test,demo,bench}/**/*.ts'), ...read('site/{.vitepress/,.vitepress/theme/,}*.ts')];
  assert.ok(others.some((file) => file.path === 'test/architecture.test.ts'));
  assert.deepEqual(others.flatMap(outsideFindings), []);
});

test('no code is in two places', () => {
  assert.deepEqual(duplicates([...sources, ...read('{test,demo,bench}/**/*.ts'), ...read('site/*.ts')]), []);
});

test('no files import each other in a circle, for types either', () => {
  assert.deepEqual(circles(sources), []);
});

const circular: [name: string, files: Record<string, string>, expected: readonly (readonly string[])[]][] = [
  ['two files', { a: `import { b } from './b.ts';`, b: `import { a } from './a.ts';` }, [['src/a.ts', 'src/b.ts']]],
  ['a type', { a: `import type { B } from './b.ts';`, b: `import { a } from './a.ts';` }, [['src/a.ts', 'src/b.ts']]],
  [
    'an import within a function',
    { a: `const b = await import('./b.ts');`, b: `import { a } from './a.ts';` },
    [['src/a.ts', 'src/b.ts']],
  ],
  [
    'around a corner, and a file outside',
    { a: `import './b.ts';`, b: `import './c.ts';`, c: `import './a.ts';`, d: `import './a.ts';` },
    [['src/a.ts', 'src/b.ts', 'src/c.ts']],
  ],
  [
    'two circles, one above the other',
    { a: `import './b.ts';`, b: `import './a.ts';\nimport './c.ts';`, c: `import './d.ts';`, d: `import './c.ts';` },
    [
      ['src/a.ts', 'src/b.ts'],
      ['src/c.ts', 'src/d.ts'],
    ],
  ],
  [
    'two ways to one file',
    { a: `import './b.ts';\nimport './c.ts';`, b: `import './d.ts';`, c: `import './d.ts';`, d: '' },
    [],
  ],
];

for (const [name, files, expected] of circular) {
  test(`circles: ${name}`, () => {
    const all = Object.entries(files).map(([file, text]) => ({ path: `src/${file}.ts`, text }));
    assert.deepEqual(circles(all), expected);
  });
}

for (const room of roomNames) {
  test(`test/ mirrors src/${room}`, () => {
    const files = sources.filter((file) => roomOf(file.path) === room);
    assert.notEqual(files.length, 0, `src/${room} holds nothing`);
    // A room of types alone has nothing to run.
    const tested = globSync(`test/${room}/**/*.test.ts`, { cwd: root }).length > 0;
    assert.ok(tested || !files.some((file) => holdsCode(file.text)), `test/${room} holds no test`);
  });
}

test('a room may import those of its row in the table, and no other', () => {
  for (const from of roomNames) {
    for (const to of roomNames) {
      const allowed = from === to || rooms[from]?.imports.includes(to) === true;
      const finding = `src/${from}/one.ts:5: imports src/${to}/other.ts: ${from} may not import ${to}`;
      const seen = examine(`src/${from}/one.ts`, `import { a } from '../${to}/other.ts';`);
      assert.deepEqual(seen, allowed ? [] : [finding]);
    }
  }
});

test('the table of rooms has none that a room does without', () => {
  const used = new Set(
    sources.flatMap((file) => importsOf(file).map(({ target }) => `${roomOf(file.path)} ${target.split('/')[1]}`)),
  );
  const unused = roomNames.flatMap((from) =>
    (rooms[from]?.imports ?? []).map((to) => `${from} ${to}`).filter((pair) => !used.has(pair)),
  );
  assert.deepEqual(unused, []);
});

test('the table of rooms has no package that a room does without', () => {
  const used = new Set(
    sources.flatMap((file) => importsOf(file).map(({ target }) => `${roomOf(file.path)} ${target}`)),
  );
  const isUsed = (room: string, name: string): boolean =>
    used.values().some((one) => one === `${room} ${name}` || one.startsWith(`${room} ${name}/`));
  assert.deepEqual(
    roomNames.flatMap((room) => (rooms[room]?.packages ?? []).filter((name) => !isUsed(room, name))),
    [],
  );
});

test('a room imports only those above it in the table', () => {
  for (const [index, from] of roomNames.entries()) {
    assert.deepEqual(
      rooms[from]?.imports.filter((to) => roomNames.indexOf(to) >= index),
      [],
      from,
    );
  }
});

const refused: [name: string, path: string, code: string, finding: string][] = [
  [
    'a type-only import',
    'src/jose/a.ts',
    `import type { B } from '../mint/b.ts';`,
    '5: imports src/mint/b.ts: jose may not import mint',
  ],
  ['a side effect', 'src/jose/a.ts', `import '../mint/b.ts';`, '5: imports src/mint/b.ts: jose may not import mint'],
  [
    'a namespace',
    'src/jose/a.ts',
    `import * as b from '../mint/b.ts';`,
    '5: imports src/mint/b.ts: jose may not import mint',
  ],
  [
    'a re-export',
    'src/jose/a.ts',
    `export { b } from '../mint/b.ts';`,
    '5: imports src/mint/b.ts: jose may not import mint',
  ],
  [
    'everything re-exported',
    'src/jose/a.ts',
    `export * from '../mint/b.ts';`,
    '5: imports src/mint/b.ts: jose may not import mint',
  ],
  [
    'several lines',
    'src/jose/a.ts',
    `import {\n  b,\n  c,\n} from '../mint/b.ts';`,
    '5: imports src/mint/b.ts: jose may not import mint',
  ],
  [
    'a dynamic import',
    'src/jose/a.ts',
    `const b = await import('../mint/b.ts');`,
    '5: imports src/mint/b.ts: jose may not import mint',
  ],
  [
    'an import in a type',
    'src/jose/a.ts',
    `let b: import('../mint/b.ts').B;`,
    '5: imports src/mint/b.ts: jose may not import mint',
  ],
  ['a computed import', 'src/jose/a.ts', 'await import(name);', '5: imports a computed name'],
  [
    'the second import',
    'src/jose/a.ts',
    `import './c.ts';\nimport '../mint/b.ts';`,
    '6: imports src/mint/b.ts: jose may not import mint',
  ],
  [
    'deep into another room',
    'src/keys/sources/a.ts',
    `import { b } from '../../mint/b.ts';`,
    '5: imports src/mint/b.ts: keys may not import mint',
  ],
  [
    'the composition root',
    'src/cli/a.ts',
    `import { b } from '../main.ts';`,
    '5: imports src/main.ts: nobody imports the composition root',
  ],
  [
    'out of src',
    'src/cli/a.ts',
    `import { b } from '../../test/run.ts';`,
    '5: imports test/run.ts, which is not under src/',
  ],
  ['a room that is not in the table', 'src/cellar/a.ts', '', '1: cellar is not a room'],
  ['a loose file', 'src/a.ts', '', '1: a.ts is not a room'],
  [
    'one dialect from another',
    'src/dialects/flex/a.ts',
    `import { b } from '../apigee/b.ts';`,
    '5: imports src/dialects/apigee/b.ts: the dialects flex and apigee are apart',
  ],
  [
    'a dialect from what they share',
    'src/dialects/yaml.ts',
    `import { b } from './flex/b.ts';`,
    '5: imports src/dialects/flex/b.ts: what the dialects share knows no dialect',
  ],
  [
    'the inside of a dialect from another room',
    'src/configuration/a.ts',
    `import { b } from '../dialects/apigee/b.ts';`,
    '5: imports src/dialects/apigee/b.ts: a dialect is entered by dialects/index.ts',
  ],
  ['jose outside jose', 'src/mint/a.ts', `import { SignJWT } from 'jose';`, '5: imports jose, which belongs to jose'],
  [
    'a subpath of jose',
    'src/mint/a.ts',
    `import { SignJWT } from 'jose/jwt/sign';`,
    '5: imports jose/jwt/sign, which belongs to jose',
  ],
  [
    'yaml outside its rooms',
    'src/cli/a.ts',
    `import { parse } from 'yaml';`,
    '5: imports yaml, which belongs to documents and configuration and playground',
  ],
  [
    'zod outside its rooms',
    'src/keys/a.ts',
    `import type { z } from 'zod';`,
    '5: imports zod, which belongs to documents and dialects and identity and configuration and trial and playground',
  ],
  [
    'saxes outside documents',
    'src/configuration/a.ts',
    `import { SaxesParser } from 'saxes';`,
    '5: imports saxes, which belongs to documents',
  ],
  ['pino outside observe', 'src/cli/a.ts', `import { pino } from 'pino';`, '5: imports pino, which belongs to observe'],
  [
    'prom-client outside observe',
    'src/configuration/a.ts',
    `import { Counter } from 'prom-client';`,
    '5: imports prom-client, which belongs to observe',
  ],
  [
    'grpc outside extproc',
    'src/main.ts',
    `import { Server } from '@grpc/grpc-js';`,
    '5: imports @grpc/grpc-js, which belongs to extproc',
  ],
  [
    'a package without owner',
    'src/mint/a.ts',
    `import { a } from 'left-pad';`,
    '5: imports left-pad, which no room owns',
  ],
  ['a built-in without node:', 'src/cli/a.ts', `import { a } from 'fs';`, '5: imports fs, which no room owns'],
  [
    'files in a pure room',
    'src/dialects/a.ts',
    `import { readFileSync } from 'node:fs';`,
    '5: imports node:fs in a pure room',
  ],
  [
    'file promises in a pure room',
    'src/mint/a.ts',
    `import { readFile } from 'node:fs/promises';`,
    '5: imports node:fs/promises in a pure room',
  ],
  [
    'sockets in a pure room',
    'src/plan/a.ts',
    `import { connect } from 'node:net';`,
    '5: imports node:net in a pure room',
  ],
  ['the clock in a pure room', 'src/mint/a.ts', 'const now = Date.now();', '5: uses Date.now in a pure room'],
  [
    'a date of now in a pure room',
    'src/expressions/a.ts',
    'const now = new Date();',
    '5: uses new Date() in a pure room',
  ],
  ['the clock of Temporal', 'src/mint/a.ts', 'f(Temporal.Now);', '5: uses Temporal.Now in a pure room'],
  ['chance in a pure room', 'src/expressions/a.ts', 'const n = Math.random();', '5: uses Math.random in a pure room'],
  [
    'a random id in a pure room',
    'src/mint/a.ts',
    `import { randomUUID } from 'node:crypto';`,
    '5: uses random ids in a pure room',
  ],
  [
    'random bytes in a pure room',
    'src/mint/a.ts',
    'const id = crypto.getRandomValues(bytes);',
    '5: uses random ids in a pure room',
  ],
  ['a timer in a pure room', 'src/mint/a.ts', 'setTimeout(f, 1);', '5: uses timers in a pure room'],
  ['the process in a pure room', 'src/diagnostics/a.ts', 'process.exit(1);', '5: uses process in a pure room'],
  ['the arguments', 'src/cli/a.ts', 'const given = process.argv.slice(2);', '5: uses process.argv outside src/main.ts'],
  ['the environment', 'src/keys/a.ts', `const given = process.env['KEY'];`, '5: uses process.env outside src/main.ts'],
  [
    'the environment, imported',
    'src/keys/a.ts',
    `import { env } from 'node:process';`,
    '5: uses process.env outside src/main.ts',
  ],
  [
    'the environment, taken apart',
    'src/keys/a.ts',
    'const { env } = process;',
    '5: uses process.env outside src/main.ts',
  ],
  ['a file name', 'src/jose/utils.ts', '', '1: the name utils says nothing'],
  ['a folder name', 'src/jose/common/a.ts', '', '1: the name common says nothing'],
  [
    'one line too many',
    'src/jose/a.ts',
    'f();\n'.repeat(longestFile - 3),
    `${longestFile + 1}: has ${longestFile + 1} lines, more than ${longestFile}`,
  ],
];

for (const [name, path, code, finding] of refused) {
  test(`refused: ${name}`, () => assert.deepEqual(examine(path, code), [`${path}:${finding}`]));
}

for (const [comment, found] of [
  ['/** The maximum. @internal */', ['src/jose/a.ts:5: @internal without its reason, "Exported for …"']],
  ['/** The maximum. @internal Exported for the test at the limit. */', []],
] as const) {
  test(`an export for tests: ${comment}`, () =>
    assert.deepEqual(examine('src/jose/a.ts', `${comment}\nexport const max = 1;`), found));
}

test('refused: a comment of one column too many', () => {
  const comment = `// ${'a'.repeat(widestComment - 3)}`;
  assert.deepEqual(examine('src/jose/a.ts', comment), []);
  assert.deepEqual(examine('src/jose/a.ts', `${comment}a`), [
    `src/jose/a.ts:5: a comment of ${widestComment + 1} columns, more than ${widestComment}`,
  ]);
});

const accepted: [name: string, path: string, code: string][] = [
  ['the composition root may import every room', 'src/main.ts', `import { b } from './cli/b.ts';`],
  ['the composition root may read arguments and environment', 'src/main.ts', 'run(process.argv, process.env);'],
  ['a dialect may use what they share', 'src/dialects/flex/a.ts', `import { b } from '../yaml.ts';`],
  ['a dialect may use its own files', 'src/dialects/flex/a.ts', `import { b } from './b.ts';`],
  ['the index of the dialects may name them', 'src/dialects/index.ts', `import { b } from './flex/b.ts';`],
  [
    'a comment may name what the code may not',
    'src/mint/a.ts',
    `// import { b } from '../cli/b.ts';\n/* Date.now() */`,
  ],
  ['a given date in a pure room', 'src/mint/a.ts', 'const at = new Date(now);'],
  ['the word process in a sentence', 'src/mint/a.ts', `const sentence = 'cannot process this';`],
  ['the name of a function in a pure room', 'src/expressions/a.ts', `const names = ['randomInt'];`],
  ['hashes in a pure room', 'src/expressions/a.ts', `import { createHash } from 'node:crypto';`],
  ['as long as allowed', 'src/jose/a.ts', 'f();\n'.repeat(longestFile - 4)],
];

for (const [name, path, code] of accepted) {
  test(`accepted: ${name}`, () => assert.deepEqual(examine(path, code), []));
}

test('refused: a file without its @module comment', () => {
  assert.deepEqual(findings({ path: 'src/jose/a.ts', text: '/** Signs. */\n' }), [
    'src/jose/a.ts:1: begins without a @module comment',
  ]);
});

test('refused outside src/: a long file and an empty name', () => {
  assert.deepEqual(outsideFindings({ path: 'test/helpers.ts', text: 'f();\n'.repeat(longestFile + 1) }), [
    'test/helpers.ts:1: the name helpers says nothing',
    `test/helpers.ts:${longestFile + 1}: has ${longestFile + 1} lines, more than ${longestFile}`,
  ]);
});

/** The findings on `code` below a module comment: on line 5. */
function examine(path: string, code: string): string[] {
  return findings({ path, text: `/**\n * @module\n * A file.\n */\n${code}` });
}
